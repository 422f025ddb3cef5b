/** Settling a journal by stretches: what was said before each entry counts, however the journal is cut. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Stretch } from "../journal/port.ts";
import type { Entry } from "../message/heard.ts";
import { anEntry } from "../testing/samples.ts";
import type { Settled } from "./port.ts";
import { openSettledReader } from "./reader.ts";
import { NEIGHBOUR_ENTRIES, openRecent } from "./recent.ts";
import { makeSettle, openSettling } from "./settle.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });

type Line = {
  readonly session: string;
  readonly text: string;
  readonly role: string;
  readonly id?: string;
};

function entryOf(seq: number, { session, text, role, id }: Line): Entry {
  const item = {
    id: id ?? `m-${seq}`,
    session_id: session,
    author: { name: "ada", role },
    text,
  };
  return anEntry(seq, { raw: new TextEncoder().encode(JSON.stringify(item)) });
}

/** A journal in memory; `bytes` is kept as the files keep it. */
function journalOf(entries: readonly Entry[]) {
  const asked: Stretch[] = [];
  return {
    asked,
    read: async (stretch: Stretch): Promise<readonly Entry[]> => {
      asked.push(stretch);
      const fits = entries.filter(({ seq }) => seq >= stretch.from && seq <= stretch.to);
      let bytes = 0;
      const some = fits.filter(({ raw }, at) => {
        bytes += raw.length;
        return at === 0 || bytes <= stretch.bytes;
      });
      return some.slice(0, stretch.entries);
    },
  };
}

/** By the words of P3: an entry, after the NEIGHBOUR_ENTRIES places before it, all else forgotten. */
function byDefinition(entries: readonly Entry[]): readonly Settled[] {
  return entries.map((entry) => {
    const recent = openRecent();
    for (const before of entries)
      if (before.seq < entry.seq && before.seq >= entry.seq - NEIGHBOUR_ENTRIES)
        settle.remember(before, recent);
    return settle(entry, recent);
  });
}

const line: fc.Arbitrary<Line> = fc.record(
  {
    session: fc.constantFrom("s", "t"),
    text: fc.constantFrom(
      "Should we move the unit tests to vitest?",
      "I propose a new shader for the prefab",
      "yes, agreed",
      "ok",
      "",
      "I disagree",
    ),
    role: fc.constantFrom("user", "assistant", "tool"),
    id: fc.constantFrom("same"),
  },
  { requiredKeys: ["session", "text", "role"] },
);

test("P3: however a journal is cut into stretches, and wherever reading begins, the answers are those of the definition", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 200 }),
      fc.array(fc.nat(400), { maxLength: 3 }),
      fc.array(
        fc.record({
          from: fc.nat(200),
          entries: fc.integer({ min: 1, max: 90 }),
          fresh: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
      async (lines, lost, cuts) => {
        const entries = lines
          .map((one, at) => entryOf(at + 1, one))
          .filter(({ seq }) => !lost.includes(seq));
        const to = lines.length;
        const right = byDefinition(entries);
        const between = (from: number, most: number) =>
          right.filter(({ entry }) => entry.seq >= from).slice(0, most);
        const reader = openSettledReader(journalOf(entries), settle);
        for (let from = 1; from <= to; ) {
          const stretch = await reader.read({ from, to, entries: 17, bytes: 1000 });
          expect(stretch).toEqual(between(from, stretch.length));
          from = (stretch.at(-1)?.entry.seq ?? to) + 1;
        }
        for (const { from, entries: most, fresh } of cuts) {
          const used = fresh ? openSettledReader(journalOf(entries), settle) : reader;
          const stretch = { from, to, entries: most, bytes: 1_000_000 };
          expect(await used.read(stretch)).toEqual(between(from, most));
        }
        for (const one of right.toReversed().slice(0, 3))
          expect(await reader.settle(one.entry)).toEqual(one);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

const proposal: Line = {
  session: "s",
  text: "Should we move the unit tests to vitest?",
  role: "user",
};
const answer: Line = { session: "s", text: "yes, agreed", role: "user" };
const filler = (text: string): Line => ({ session: "s", text, role: "tool" });

async function answeredAfter(between: readonly Line[]): Promise<string | undefined> {
  const lines = [proposal, ...between, answer];
  const entries = lines.map((one, at) => entryOf(at + 1, one));
  const reader = openSettledReader(journalOf(entries), settle);
  const last = entries.length;
  const [settled] = await reader.read({ from: last, to: last, entries: 1, bytes: 1 });
  const all = await reader.read({ from: 1, to: last, entries: last, bytes: 1_000_000 });
  expect(all.at(-1)).toEqual(settled);
  return settled?.messages[0]?.enrichment.chain_type;
}

test("a short answer is about what was proposed in its session, also behind what tools print, and up to so many places back", async () => {
  const printed = (count: number): readonly Line[] =>
    Array.from({ length: count }, (_, at) => filler(`line ${at}`));
  expect(await answeredAfter([])).toBe("testing_validation");
  expect(await answeredAfter(printed(NEIGHBOUR_ENTRIES - 1))).toBe("testing_validation");
  expect(await answeredAfter(printed(NEIGHBOUR_ENTRIES))).toBe("unclassified");
  const elsewhere = { session: "t", text: "the prefab and its shader", role: "user" };
  expect(await answeredAfter([elsewhere])).toBe("testing_validation");
  expect(settle(entryOf(2, answer)).messages[0]?.enrichment.chain_type).toBe("unclassified");
});

test("P5: while a long stretch is settled, what else waits has its turn", async () => {
  const lines = Array.from({ length: 500 }, (_, at) => ({
    session: "one",
    text: `the build of ${at} fails`,
    role: "user",
  }));
  const entries = lines.map((line, at) => entryOf(at + 1, line));
  const reader = openSettledReader(journalOf(entries), settle);
  let turns = 0;
  let isDone = false;
  const others = async (): Promise<void> => {
    while (!isDone) {
      await new Promise((resume) => setTimeout(resume));
      turns += 1;
    }
  };
  const waiting = others();
  const settled = await reader.read({ from: 1, to: 500, entries: 500, bytes: 1e9 });
  isDone = true;
  await waiting;
  expect(settled.length).toBe(500);
  expect(turns).toBeGreaterThan(5);
});

test("a message that was heard twice is not its own context", async () => {
  const again = { ...answer, id: "twice" };
  const entries = [proposal, again, again].map((one, at) => entryOf(at + 1, one));
  const reader = openSettledReader(journalOf(entries), settle);
  const settled = await reader.read({ from: 1, to: 3, entries: 3, bytes: 10_000 });
  const [, second, third] = settled.map((one) => one.messages[0]?.enrichment);
  expect(third).toEqual(second);
});

test("reading on does not look back again, and reading backwards looks back no further than needed", async () => {
  const entries = Array.from({ length: 300 }, (_, at) => entryOf(at + 1, filler(`line ${at}`)));
  const journal = journalOf(entries);
  const reader = openSettledReader(journal, settle);
  const all = { to: 300, entries: 100, bytes: 1_000_000 };
  for (const from of [1, 101, 201]) await reader.read({ ...all, from });
  expect(journal.asked.map(({ from }) => from)).toEqual([1, 101, 201]);
  await reader.read({ from: 101, to: 200, entries: 100, bytes: 1_000_000 });
  expect(journal.asked.slice(3).map(({ from, to }) => [from, to])).toEqual([
    [101, 200],
    [101 - NEIGHBOUR_ENTRIES, 100],
  ]);
});

test("a taxonomy that was broken is looked at again, and one that was whole holds", async () => {
  let asked = 0;
  const settling = openSettling(sha256, async () => {
    asked += 1;
    if (asked === 1) throw new Error("broken");
    return { name: "boats", version: asked, domains: { hulls: { about: "", terms: { hull: 2 } } } };
  });
  await expect(settling()).rejects.toThrow("broken");
  const first = await settling();
  expect(await settling()).toBe(first);
  const said = first(entryOf(1, { session: "s", text: "the hull", role: "user" })).messages[0];
  expect(said?.enrichment).toMatchObject({ chain_type: "hulls" });
  expect(said?.enrichment.taxonomy).toStartWith("boats@2+");
});

test("E7: a call of a tool is no neighbour: an answer is to what was said before it", () => {
  const question = entryOf(1, {
    session: "s",
    text: "Should we keep one queue?",
    role: "assistant",
  });
  const call = {
    session_id: "s",
    author: { name: "ada", role: "assistant" },
    parts: [
      { type: "reasoning", content: "I wonder. Which file?" },
      { type: "tool_call", id: "t", name: "Read", arguments: { text: "please fix the ui button" } },
    ],
  };
  const between = anEntry(2, { raw: new TextEncoder().encode(JSON.stringify(call)) });
  const recent = openRecent();
  for (const entry of [question, between]) settle.remember(entry, recent);
  const [answer] = settle(entryOf(3, { session: "s", text: "yes", role: "user" })).messages;
  expect(answer && recent.before(answer)).toEqual(["Should we keep one queue?"]);
});
