/** Asking for old files to be forgotten: once, and in the journal before anybody is told. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { forgetIn, type Receipt } from "../forget/index.ts";
import type { Intake, Offered } from "../intake/port.ts";
import { askToForget } from "./asking.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const BEFORE = "2026-02-01T00:00:00.000Z";
const fileOf = (path: string) => ({
  ...{ source: "claude-code", path, newest_at: "2025-01-01T00:00:00.000Z", entries: 1, bytes: 9 },
  ...{ after_days: 365, age_days: 400 },
});

function world(refused = false) {
  const handed: Offered[] = [];
  const receipts: Receipt[] = [];
  const hand: Intake["hand"] = async (batch) => {
    handed.push(...batch);
    return refused
      ? [{ status: "refused", code: "journal_full", message: "there is no room" }]
      : [{ status: "created", seq: 50 }];
  };
  const ports = {
    ...{ intake: { hand }, sha256, newId: () => crypto.randomUUID() },
    receipts: {
      list: async () => receipts,
      save: async (one: Receipt) => void receipts.unshift(one),
    },
    now: () => BEFORE,
  };
  return { handed, receipts, ports };
}

test("V33: files that wait to be forgotten are not asked for again, new ones are", async () => {
  const { handed, receipts, ports } = world();
  const first = await askToForget([fileOf("a"), fileOf("b")], BEFORE, ports);
  expect(await askToForget([fileOf("a"), fileOf("b")], BEFORE, ports)).toBe(first);
  expect(handed.length).toBe(1);
  const second = await askToForget([fileOf("b"), fileOf("c")], BEFORE, ports);
  expect(second).not.toBe(first);
  const asked = handed.map(({ raw }) => forgetIn(raw)?.what.files_sha256);
  expect(asked).toEqual([
    ["claude-code\na", "claude-code\nb"].map(sha256),
    [sha256("claude-code\nc")],
  ]);
  expect(receipts.map(({ seq, state }) => [seq, state])).toEqual([
    [50, "pending"],
    [50, "pending"],
  ]);
});

test("Y11: what asks for it names no file", async () => {
  const { handed, ports } = world();
  await askToForget([fileOf("-home-ada/diary.jsonl")], BEFORE, ports);
  expect(new TextDecoder().decode(handed[0]?.raw)).not.toContain("ada");
});

test("a journal that is full says so, and no receipt is written", async () => {
  const { receipts, ports } = world(true);
  await expect(askToForget([fileOf("a")], BEFORE, ports)).rejects.toThrow("there is no room");
  expect(receipts).toEqual([]);
});
