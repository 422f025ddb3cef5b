/** The log of looks: kept in order, across crashes and full files, and read newest first. */
import { afterAll, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditEntry, FILES, type Log } from "@verbatim/core";
import { openAuditLog, readAudit } from "./audit-log.ts";

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "vb-audit-"));
  homes.push(home);
  return home;
}

const told: string[] = [];
const log: Log = { info: () => {}, warn: () => {}, error: (event) => void told.push(event) };
const now = (): Date => new Date("2026-11-21T10:00:00.000Z");

function look(rows: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: `2026-11-21T10:00:00.${String(rows).padStart(3, "0")}Z`,
    key: "phone",
    tenant: "default",
    owner: null,
    method: "GET",
    route: "/v1/messages",
    user: null,
    session: null,
    status: 200,
    rows,
    request: "r",
    from: null,
    ...fields,
  };
}

async function noted(home: string, entries: readonly AuditEntry[], bytesMax?: number) {
  await using audit = openAuditLog(home, { log, now, ...(bytesMax ? { bytesMax } : {}) });
  for (const entry of entries) audit.note(entry);
}

test("D7: what was noted is there, in order, newest first, and after a torn line too", async () => {
  const home = newHome();
  await noted(home, [look(1), look(2)]);
  appendFileSync(join(home, FILES.audit), '{"at":"2026-11-21T1');
  await noted(home, [look(3), look(4)]);
  const rows = async (filter: Parameters<typeof readAudit>[1], limit = 10) =>
    (await readAudit(home, filter, limit)).map((one) => one.rows);
  expect(await rows({})).toEqual([4, 3, 2, 1]);
  expect(await rows({}, 3)).toEqual([4, 3, 2]);
  expect(await rows({ since: "2026-11-21T10:00:00.003Z" })).toEqual([4, 3]);
});

test("D7: without being stopped it is on the disk by itself", async () => {
  const home = newHome();
  const audit = openAuditLog(home, { log, now });
  audit.note(look(1));
  const seen = async (): Promise<number> => (await readAudit(home, {}, 10)).length;
  for (let tries = 0; tries < 400 && (await seen()) === 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await seen()).toBe(1);
  await audit[Symbol.asyncDispose]();
});

test("D7: a full file is put aside whole and kept, several in one second too", async () => {
  const home = newHome();
  for (let at = 1; at <= 13; at += 1) await noted(home, [look(at)], 100);
  const names = readdirSync(join(home, "logs")).toSorted();
  expect(names.length).toBe(13);
  expect(names).toContain("audit-20261121_100000-11.jsonl");
  const all = await readAudit(home, {}, 100);
  expect(all.map((one) => one.rows)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test("D7: a disk that refuses costs no look that fits in memory, and is told", async () => {
  const home = newHome();
  const path = join(home, FILES.audit);
  mkdirSync(path, { recursive: true });
  const audit = openAuditLog(home, { log, now });
  audit.note(look(1));
  const isTold = (): boolean => told.includes("audit_failed");
  for (let tries = 0; tries < 400 && !isTold(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isTold()).toBe(true);
  rmdirSync(path);
  audit.note(look(2));
  await audit[Symbol.asyncDispose]();
  expect((await readAudit(home, {}, 10)).map((one) => one.rows)).toEqual([2, 1]);
});

test("looks are found by key and by the user they were at, also by the owner of the key", async () => {
  const home = newHome();
  await noted(home, [
    look(1, { user: "ada" }),
    look(2, { owner: "ada", user: "bob", key: "adas" }),
    look(3, { user: "bob" }),
  ]);
  const rows = async (filter: Parameters<typeof readAudit>[1]) =>
    (await readAudit(home, filter, 10)).map((one) => one.rows);
  expect(await rows({ user: "ada" })).toEqual([2, 1]);
  expect(await rows({ user: "bob" })).toEqual([3, 2]);
  expect(await rows({ key: "adas" })).toEqual([2]);
  expect(await readAudit(newHome(), {}, 10)).toEqual([]);
});
