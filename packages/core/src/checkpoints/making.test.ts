/** Making checkpoints out of a journal, into a shelf in memory. */
import { expect, test } from "bun:test";
import { hash } from "node:crypto";
import { encodeFrames } from "../bus/frames.ts";
import type { JournalReader } from "../journal/port.ts";
import type { Entry } from "../message/heard.ts";
import { openSettledReader } from "../settle/reader.ts";
import { makeSettle } from "../settle/settle.ts";
import { CANARY_TOPIC } from "../sources/bus.ts";
import { anEntry } from "../testing/samples.ts";
import { aHappened, anEventEntry } from "../testing/session-samples.ts";
import type { CheckpointIndex } from "./catalogue.ts";
import { checkpointedTo, withCheckpoint } from "./catalogue.ts";
import { type CheckpointEntry, lineOf } from "./line.ts";
import { type CheckpointPorts, type CheckpointsMade, makeCheckpoints } from "./making.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
const settle = makeSettle({ sha256 });
const stay = new AbortController().signal;

function journalOf(entries: readonly Entry[]): Pick<JournalReader, "read"> {
  return {
    read: async ({ from, to, entries: many }) =>
      entries.filter(({ seq }) => seq >= from && seq <= to).slice(0, many),
  };
}

type Shelf = CheckpointPorts["shelf"] & {
  readonly kept: Map<string, readonly CheckpointEntry[]>;
  thrownAway: number;
};

function memoryShelf(): Shelf {
  const kept: Shelf["kept"] = new Map();
  let index: CheckpointIndex = { journal_id: "j", checkpoints: [] };
  const shelf: Shelf = {
    kept,
    thrownAway: 0,
    index: () => index,
    begin: async (ask) => {
      const held: CheckpointEntry[] = [];
      const id = `c-${ask.first_seq}`;
      const counts = () => ({
        ...{ count: held.length, messages: 0, asides: 0, withheld: 0 },
        raw_bytes: held.reduce((sum, { raw }) => sum + (raw?.length ?? 0), 0),
      });
      return {
        add: async (entries) => void held.push(...entries),
        counts,
        finish: async (last_seq) => {
          const fact = { bytes: 1, sha256: id };
          const tail = { ...counts(), last_seq, erased: [], parquet: fact };
          index = withCheckpoint(
            index,
            { head: { ...ask, id, journal_id: "j" }, tail, json: fact },
            sha256,
          );
          kept.set(id, held);
          const made = index.checkpoints.at(-1);
          if (made === undefined) throw new Error("just added");
          return made;
        },
        [Symbol.asyncDispose]: async () => {
          if (!kept.has(id)) shelf.thrownAway += 1;
        },
      };
    },
  };
  return shelf;
}

type Asked = {
  readonly by_clock?: boolean;
  readonly bytesMax?: number;
  readonly safeTo?: number;
  readonly signal?: AbortSignal;
};

async function made(
  entries: readonly Entry[],
  shelf: Shelf,
  { by_clock = false, signal = stay, safeTo, bytesMax }: Asked = {},
): Promise<CheckpointsMade> {
  const journal = journalOf(entries);
  const ports = {
    dir: "/home/ada/checkpoints",
    ...{ journal, shelf, sha256, safeTo: safeTo ?? entries.at(-1)?.seq ?? 0 },
    settled: openSettledReader(journal, settle),
    now: () => "2026-01-01T00:00:00.000Z",
    passed: async () => {},
    ...(bytesMax === undefined ? {} : { bytesMax }),
  };
  return await makeCheckpoints({ label: "x", by_clock }, ports, signal);
}

const numbered = (many: number): readonly Entry[] =>
  Array.from({ length: many }, (_, at) => anEntry(at + 1));
const seqsOf = (shelf: Shelf): readonly number[] =>
  [...shelf.kept.values()].flat().map(({ seq }) => seq);

test("a checkpoint holds what came since the last one, and nothing new makes none", async () => {
  const shelf = memoryShelf();
  expect((await made(numbered(3), shelf)).made.length).toBe(1);
  expect(await made(numbered(3), shelf)).toEqual({ made: [], to: 3 });
  expect(await made(numbered(5), shelf, { safeTo: 4 })).toMatchObject({ to: 4 });
  expect(await made(numbered(5), shelf)).toMatchObject({ to: 5 });
  expect([...shelf.kept.values()].map((held) => held.map(({ seq }) => seq))).toEqual([
    [1, 2, 3],
    [4],
    [5],
  ]);
  expect(await made([], memoryShelf())).toEqual({ made: [], to: 0 });
});

test("very much becomes several, in the order of the journal and without a gap", async () => {
  const shelf = memoryShelf();
  const entries = numbered(1800);
  const { made: found, to } = await made(entries, shelf, { bytesMax: 1 });
  expect(found.map(({ first_seq, last_seq }) => [first_seq, last_seq])).toEqual([
    [1, 500],
    [501, 1000],
    [1001, 1500],
    [1501, 1800],
  ]);
  expect(to).toBe(1800);
  expect(seqsOf(shelf)).toEqual(entries.map(({ seq }) => seq));
});

test("one that is stopped is thrown away, and the next one holds it all", async () => {
  const shelf = memoryShelf();
  const stop = new AbortController();
  stop.abort();
  expect(await made(numbered(3), shelf, { signal: stop.signal })).toEqual({ made: [], to: 0 });
  await made(numbered(3), shelf);
  expect(seqsOf(shelf)).toEqual([1, 2, 3]);
});

test("places that were lost are passed over, and a journal that cannot be read makes none", async () => {
  const shelf = memoryShelf();
  const [first, , third] = numbered(3);
  if (first === undefined || third === undefined) throw new Error("three");
  expect((await made([first, third], shelf)).made).toMatchObject([{ last_seq: 3, count: 2 }]);
  await expect(made([first, third], shelf, { safeTo: 9 })).rejects.toMatchObject({
    code: "journal_corrupt",
  });
  expect([checkpointedTo(shelf.index()), shelf.thrownAway]).toEqual([3, 1]);
});

const canary = (seq: number): Entry => ({
  ...{ seq, source: "bus", key: `pub/1-${seq}`, at: "2026-01-01T00:00:00.000Z" },
  raw: encodeFrames(
    [CANARY_TOPIC, JSON.stringify({ message_id: `c-${seq}`, sender_id: "verbatim" })].map((text) =>
      new TextEncoder().encode(text),
    ),
  ),
});

test("by the clock none is made of the bus's own sign of life, until somebody says something", async () => {
  const shelf = memoryShelf();
  const quiet = [1, 2, 3].map(canary);
  expect(await made(quiet, shelf, { by_clock: true })).toEqual({ made: [], to: 0 });
  await made([...quiet, anEntry(4)], shelf, { by_clock: true });
  expect(seqsOf(shelf)).toEqual([1, 2, 3, 4]);
  expect(await made([...quiet, anEntry(4), canary(5)], shelf)).toMatchObject({ to: 5 });
  const aDay = Array.from({ length: 1501 }, (_, at) => canary(at + 1));
  expect(await made(aDay, memoryShelf(), { by_clock: true })).toMatchObject({ to: 1501 });
});

test("C28: what was deleted or off the record is withheld, whichever came first and however it is cut", async () => {
  const said = { role: "user", content: "wolpertinger" } as const;
  const events = [
    aHappened(1, "message_said", { message_id: "m-1", ...said }),
    aHappened(2, "message_deleted", { message_id: "m-1" }),
    aHappened(3, "message_said", { message_id: "m-2", role: "user", content: "stays" }),
    aHappened(4, "message_deleted", { message_id: "m-3" }),
    aHappened(5, "message_said", { message_id: "m-3", ...said }),
    // Another's message of the same name is not theirs to delete.
    aHappened(6, "off_record_set", { on: true }),
    aHappened(7, "message_said", { message_id: "m-4", ...said }),
    aHappened(
      8,
      "message_said",
      { message_id: "m-1", role: "user", content: "of bob" },
      { user_id: "bob", session_id: "s-2" },
    ),
    aHappened(
      9,
      "conversation_opened",
      {
        ...{ conversation_id: "c", owner: "ada", generation: 2, reason: "compacted" },
        ...{ summary: "- user: wolpertinger", summary_from: [["s-1", "m-1"]] },
      },
      { session_id: "s-3" },
    ),
  ];
  const entries = events.map((one) => anEventEntry(one));
  for (const cuts of [[9], [4, 9]]) {
    const shelf = memoryShelf();
    for (const safeTo of cuts) await made(entries, shelf, { safeTo });
    const held = [...shelf.kept.values()].flat();
    const withheld = held.filter(({ raw }) => raw === null).map(({ seq }) => seq);
    expect(withheld).toEqual([1, 5, 7, 9]);
    expect(held.map(lineOf).join("\n")).not.toContain("wolper");
    expect(held.map(lineOf).join("\n")).toContain("of bob");
  }
});

test("X40: behind checkpoints of more than the journal has none is made, and it is said what to do", async () => {
  const shelf = memoryShelf();
  await made(numbered(5), shelf);
  const why = 'mv "/home/ada/checkpoints" "/home/ada/checkpoints-before" && verbatim checkpoint';
  for (const by_clock of [true, false])
    await expect(made(numbered(3), shelf, { by_clock })).rejects.toThrow(why);
  expect(shelf.kept.size).toBe(1);
});
