import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  type Entry,
  type JournalReader,
  type Log,
  makeSettle,
  openSettledReader,
  type Settled,
  VerbatimError,
} from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { currentOf } from "./current-json.ts";
import { type Consumer, catchUp, type Ports } from "./pipeline.ts";
import { settlerOf } from "./settler.ts";

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const never = new AbortController().signal;

function journalOf(entries: readonly Entry[]): JournalReader {
  return {
    read: async ({ from, to, entries: most }) =>
      entries.filter((one) => one.seq >= from && one.seq <= to).slice(0, most),
    last: async () => entries.at(-1)?.seq ?? 0,
    segments: async () => [],
    close: async () => {},
  };
}

/** A store in memory that refuses what `refuses` says. */
function storeOf(refuses: (stretch: readonly Settled[]) => Error | null = () => null) {
  const taken: Settled[] = [];
  const consumer: Consumer = {
    name: "store",
    cursor: async () => taken.at(-1)?.entry.seq ?? 0,
    newest: async () => null,
    take: async (stretch) => {
      const error = refuses(stretch);
      if (error !== null) throw error;
      taken.push(...stretch);
    },
  };
  return { taken, consumer };
}

const entries = Array.from({ length: 40 }, (_, one) => anEntry(one + 1));
const portsOf = (journal: JournalReader): Ports => ({
  settled: openSettledReader(journal, settle),
  log,
});
const seqs = (taken: readonly Settled[]) => taken.map((one) => one.entry.seq);

test("a store is brought to where the journal is safe, and no further", async () => {
  const { taken, consumer } = storeOf();
  expect(await catchUp(consumer, portsOf(journalOf(entries)), 30, never)).toBe(30);
  expect(seqs(taken)).toEqual(Array.from({ length: 30 }, (_, one) => one + 1));
});

test("W1: a store that is away is waited for, and nothing is set aside because of it", async () => {
  let away = 2;
  const { taken, consumer } = storeOf(() =>
    away-- > 0 ? new VerbatimError("postgres_unreachable", "away") : null,
  );
  let claims = 0;
  const settler = settlerOf({
    consumer,
    claim: async () => {
      claims += 1;
    },
    afterwards: async () => {},
    tell: () => {},
    journal: journalOf(entries),
    settling: async () => settle,
    log,
  });
  await settler.reach(40, never);
  expect(seqs(taken)).toEqual(entries.map((one) => one.seq));
  expect(taken.every((one) => one.aside === null)).toBe(true);
  expect(claims).toBe(3);
}, 20_000);

test("W4: while the taxonomy is broken nothing is settled and the store says why, and once it is mended it goes on", async () => {
  const { taken, consumer } = storeOf();
  let asked = 0;
  const told: (string | null)[] = [];
  const settler = settlerOf({
    consumer,
    claim: async () => {},
    afterwards: async () => {},
    tell: (problem) => void told.push(problem),
    journal: journalOf(entries),
    settling: async () => {
      asked += 1;
      if (asked === 1) throw new VerbatimError("config_invalid", "taxonomy.json is no taxonomy");
      return settle;
    },
    log,
  });
  await settler.reach(40, never);
  expect(told[0]).toBe("taxonomy.json is no taxonomy");
  expect(told.at(-1)).toBeNull();
  expect(taken).toHaveLength(40);
}, 20_000);

test("W2: an entry the store will not take is set aside alone, with the store's reason", async () => {
  const { taken, consumer } = storeOf((stretch) =>
    stretch.some((one) => one.entry.seq === 17 && one.messages.length > 0)
      ? new VerbatimError("postgres_rejected", "cannot be")
      : null,
  );
  await catchUp(consumer, portsOf(journalOf(entries)), 40, never);
  expect(seqs(taken)).toEqual(entries.map((one) => one.seq));
  const aside = taken.filter((one) => one.aside !== null);
  expect(aside.map((one) => [one.entry.seq, one.aside])).toEqual([
    [17, "store would not take it: cannot be"],
  ]);
});

test("seqs that were lost with damage are aside in their place, so that the sum still holds", async () => {
  const { taken, consumer } = storeOf();
  const holed = entries.filter((one) => one.seq !== 5 && one.seq !== 6);
  await catchUp(consumer, portsOf(journalOf(holed)), 10, never);
  expect(taken.filter((one) => one.aside !== null).map((one) => one.entry.seq)).toEqual([5, 6]);
  expect(seqs(taken)).toEqual(Array.from({ length: 10 }, (_, one) => one + 1));
});

test("current.json is oldest first with a separator where the session changes", () => {
  const window = entries
    .slice(0, 4)
    .flatMap((one) => settle(one).messages)
    .toReversed();
  const current = currentOf(window, "2026-01-02T00:00:00.000Z");
  expect(current.messages.map((one) => ("type" in one ? `- ${one.session_id}` : one.id))).toEqual([
    "- s-1",
    "k-1",
    "- s-2",
    "k-2",
    "- s-0",
    "k-3",
    "- s-1",
    "k-4",
  ]);
  expect(current).toMatchObject({ total: 4, sessions_included: ["s-1", "s-2", "s-0"] });
});
