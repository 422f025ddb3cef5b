/** Reading backwards, against reading everything forward: what `verbatim log` shows is the same. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EnrichedMessage, makeSettle, openSettledReader } from "@verbatim/core";
import { openJournal, openJournalReader } from "@verbatim/drivers/journal";
import type { Surface } from "../surface.ts";
import { log } from "./log.ts";

const ENTRIES = 1300;
/** Long texts: more than the log keeps in memory while it looks back. */
const LONG = { count: 18, chars: 1_000_000 };
const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex") });
let small: string;
let large: string;

/** Seldom eve, often ada; every third a tool's answer; times that go back now and then. */
function said(number: number, text: string) {
  const item = {
    id: `m-${number}`,
    session_id: `s-${Math.floor(number / 400)}`,
    author: { name: number % 350 === 7 ? "eve" : "ada", role: number % 3 === 2 ? "tool" : "user" },
    said_at: new Date(Date.UTC(2026, 0, 1) + ((number * 7) % 900) * 60_000).toISOString(),
    text,
  };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  return { source: "api", key: item.id, at: "2026-02-01T00:00:00.000Z", raw };
}

beforeAll(async () => {
  small = await mkdtemp(join(tmpdir(), "vb-back-"));
  const journal = await openJournal({ dir: join(small, "journal"), program: "test" });
  for (let number = 0; number < ENTRIES; number += 1) {
    await journal.append([said(number, number % 5 === 0 ? "Is the test done?" : "We wait.")]);
    if (number % 500 === 499) await journal.rotate();
  }
  await journal.close();
  large = await mkdtemp(join(tmpdir(), "vb-back-"));
  const long = await openJournal({ dir: join(large, "journal"), program: "test" });
  for (let number = 0; number < LONG.count; number += 1)
    await long.append([said(number, `${number} `.padEnd(LONG.chars, "."))]);
  await long.close();
});

afterAll(async () => {
  await rm(small, { recursive: true, force: true });
  await rm(large, { recursive: true, force: true });
});

type Options = Parameters<typeof log>[0];

async function shown(home: string, filters: Partial<Options>): Promise<readonly string[]> {
  const lines: string[] = [];
  const plain = (text: string): string => text;
  const names = ["bold", "dim", "red", "green", "yellow", "cyan", "magenta"] as const;
  const [bold, dim, red, green, yellow, cyan, magenta] = names.map(() => plain);
  if (!bold || !dim || !red || !green || !yellow || !cyan || !magenta)
    throw new Error("no colours");
  const surface: Surface = {
    out: (text) => void lines.push(text),
    terminal: false,
    width: 100,
    colours: { bold, dim, red, green, yellow, cyan, magenta },
    widthOf: (text) => text.length,
    screen: {
      line: () => {},
      bar: () => ({ update: () => {}, end: () => {} }),
      started: () => {},
      ready: () => {},
    },
    signal: new AbortController().signal,
    env: {},
  };
  await log({ home, limit: 50, format: "jsonl", ...filters }, surface);
  return lines.map((line): string => JSON.parse(line).id);
}

async function all(home: string): Promise<readonly EnrichedMessage[]> {
  const journal = openJournalReader(join(home, "journal"));
  const messages: EnrichedMessage[] = [];
  const to = await journal.last();
  const forward = openSettledReader(journal, settle);
  for (let at = 1; at <= to; at += 1) {
    const settled = await forward.read({ from: at, to: at, entries: 1, bytes: 1 });
    messages.push(...settled.flatMap((one) => one.messages));
  }
  return messages;
}

test("L2: every filter and limit shows what a reading from the beginning shows", async () => {
  const messages = await all(small);
  const until = "2026-01-01T05:00:00.000Z";
  const cases: readonly [Partial<Options>, (one: EnrichedMessage) => boolean][] = [
    [{}, () => true],
    [{ sender: "eve" }, (one) => one.author.name === "eve"],
    [{ sender: "ada" }, (one) => one.author.name === "ada"],
    [{ session: "s-1" }, (one) => one.session_id === "s-1"],
    [{ session: "s-" }, () => true],
    [{ until }, (one) => one.said_at < until],
    [{ since: until, sender: "eve" }, (one) => one.said_at >= until && one.author.name === "eve"],
    [{ chain: "testing_validation" }, (one) => one.enrichment.chain_type === "testing_validation"],
    [{ source: "api", tier: "unclassified" }, (one) => one.enrichment.ace_tier === "unclassified"],
  ];
  for (const [filters, isWanted] of cases)
    for (const limit of [1, 2, 17, 50, 501, 5000]) {
      const wanted = messages.filter(isWanted).map((one) => one.id);
      const expected = wanted.slice(-limit);
      expect(expected.length).toBeGreaterThan(0);
      expect(await shown(small, { ...filters, limit })).toEqual(expected);
      const reversed = await shown(small, { ...filters, limit, reverse: true });
      expect(reversed).toEqual(expected.toReversed());
    }
}, 60_000);

test("L2: more than is kept in memory is shown all the same", async () => {
  const messages = (await all(large)).map((one) => one.id);
  expect(await shown(large, { limit: 1000 })).toEqual(messages);
  expect(await shown(large, { limit: 17 })).toEqual(messages.slice(-17));
}, 60_000);
