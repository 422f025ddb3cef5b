/**
 * Hearing files, on a disk in memory: what was heard is the file, byte for byte,
 * whatever happens to it, and whenever everything is killed.
 */
import { describe, expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { VerbatimError } from "../errors.ts";
import type { Entry, Heard } from "../message/heard.ts";
import { fileKeyOf } from "../message/heard.ts";
import { type MemoryDisk, memoryDisk } from "../testing/memory-disk.ts";
import { cursorsFrom } from "./cursors.ts";
import { type Hearer, openHearer } from "./hearer.ts";
import type { Heeded } from "./hearing.ts";
import { importPaths } from "./importing.ts";
import type { Note } from "./port.ts";

const ROOT = "/watched";
const FILE = `${ROOT}/a/s.jsonl`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const checksum = (bytes: Uint8Array, before = 0): number => crc32(bytes, before);

/** A journal in memory that can be told to refuse. */
function aJournal(entries: Entry[] = []) {
  let refusals = 0;
  return {
    id: "a journal",
    entries,
    refuse: (times: number) => {
      refusals = times;
    },
    durable: () => entries.length,
    read: async ({ from, to, entries: most }: { from: number; to: number; entries: number }) =>
      entries.slice(from - 1, Math.min(to, from - 1 + most)),
    append: async (heard: readonly Heard[]) => {
      // Bytes are copied when the append is made, as a file would.
      const copied = heard.map((one) => ({ ...one, raw: one.raw.slice() }));
      if (refusals > 0) {
        refusals -= 1;
        // A refusal takes as long as a commit: whoever appends has filled the next batch by then.
        await new Promise((resolve) => setImmediate(resolve));
        throw new VerbatimError("journal_full", "no room");
      }
      await Promise.resolve();
      const first = entries.length + 1;
      entries.push(...copied.map((one, index) => ({ ...one, seq: first + index })));
      return first;
    },
  };
}

function aNote(text: string | null = null): Note & { text(): string | null } {
  let kept = text;
  return {
    load: async () => kept,
    save: async (next) => {
      kept = next;
    },
    text: () => kept,
  };
}

type World = {
  readonly disk: MemoryDisk;
  readonly journal: ReturnType<typeof aJournal>;
  readonly note: ReturnType<typeof aNote>;
  hearer: Hearer;
  /** Everything in memory is gone; the journal, the note and the disk are not. */
  restart(): Promise<void>;
  hear(path?: string, rest?: boolean, source?: string): Promise<Heeded>;
};

async function aWorld(): Promise<World> {
  const disk = memoryDisk();
  const journal = aJournal();
  const note = aNote();
  const now = (): string => "2026-11-21T00:00:00.000Z";
  const sniff = (head: Uint8Array): string | null => (head.includes(10) ? "claude-code" : null);
  const open = () => openHearer({ disk, journal, note, checksum, sniff, now });
  const world: World = {
    disk,
    journal,
    note,
    hearer: await open(),
    restart: async () => {
      world.hearer = await open();
    },
    hear: async (path = FILE, rest = false, source = "claude-code") => {
      const { files } = await disk.walk(ROOT);
      const file = files.find((one) => one.path === path);
      if (file === undefined) return { kind: "gone" };
      const batch = world.hearer.batch();
      const heeded = await world.hearer.hear(file, { source, rest }, batch);
      batch.send();
      if (heeded.kind === "heard") await heeded.safe;
      return heeded;
    },
  };
  return world;
}

/** What the journal gives back for each path and generation: by offset, the later record winning. */
function restored(entries: readonly Entry[]): Map<string, Uint8Array> {
  const records = new Map<string, Map<number, Uint8Array>>();
  for (const { key, raw } of entries) {
    const at = fileKeyOf(key);
    if (at === null) continue;
    const name = `${at.path}#${at.generation}`;
    const known = records.get(name) ?? new Map<number, Uint8Array>();
    records.set(name, known.set(at.offset, raw));
  }
  const files = new Map<string, Uint8Array>();
  for (const [name, pieces] of records) {
    const inOrder = [...pieces].toSorted(([one], [other]) => one - other);
    let end = 0;
    for (const [offset, raw] of inOrder) {
      if (offset !== end) throw new Error(`${name} has a hole between ${end} and ${offset}`);
      end += raw.length;
    }
    files.set(name, new Uint8Array(Buffer.concat(inOrder.map(([, raw]) => raw))));
  }
  return files;
}

/** The newest generation of a path. */
function newest(world: World, below = "a/s.jsonl"): Uint8Array | undefined {
  const [generation] = world.hearer.cursors.generations("claude-code", below);
  return restored(world.journal.entries).get(`${below}#${generation?.generation}`);
}

const LONG = bytesOf(`${'{"line":"of some length"}\n'.repeat(20_000)}`);

describe("following a file", () => {
  test("T4: a file is heard line by line, and its records laid end to end are the file", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\r\n\n\n{"b":"\0"}\n'));
    await world.hear();
    expect(world.journal.entries.map((one) => one.key)).toEqual([
      "a/s.jsonl#1@0",
      "a/s.jsonl#1@9",
      "a/s.jsonl#1@10",
      "a/s.jsonl#1@11",
    ]);
    expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
  });

  test("T4: bytes that are no text are heard as they are", async () => {
    const world = await aWorld();
    world.disk.append(FILE, Uint8Array.from([0xff, 0xfe, 10, 0, 0xc3, 10]));
    await world.hear();
    expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
  });

  test("T4: a line longer than a batch, and many lines of one byte, are heard whole", async () => {
    const world = await aWorld();
    const long = new Uint8Array(5 * 1024 * 1024).fill(120);
    world.disk.append(FILE, bytesOf("{}\n"));
    world.disk.append(FILE, Uint8Array.from([...long, 10]));
    world.disk.append(FILE, new Uint8Array(20_000).fill(10));
    await world.hear();
    expect(world.journal.entries.length).toBe(20_002);
    expect(world.journal.entries[1]?.raw.length).toBe(long.length + 1);
    expect(newest(world)?.length).toBe(world.disk.bytesOf(FILE).length);
  });

  test("T7: hearing again with nothing new appends nothing and reads nothing", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    const read = world.disk.bytesRead();
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
    expect(world.disk.bytesRead()).toBe(read);
  });

  test("T7: a file that was only touched is not heard again", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    world.disk.rewrite(FILE, world.disk.bytesOf(FILE));
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
  });

  test("T6: what is appended goes on in the same generation, reading only what is new and its neighbours", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const read = world.disk.bytesRead();
    world.disk.append(FILE, bytesOf('{"new":1}\n'));
    await world.hear();
    expect(world.journal.entries.at(-1)?.key).toBe(`a/s.jsonl#1@${LONG.length}`);
    expect(world.disk.bytesRead() - read).toBeLessThan(2000);
    expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
  });

  const changes: readonly (readonly [string, (disk: MemoryDisk) => void])[] = [
    ["cut to nothing", (disk) => disk.truncate(FILE, 0)],
    ["cut in the middle of a line", (disk) => disk.truncate(FILE, 7)],
    ["cut and written on", (disk) => disk.rewrite(FILE, bytesOf('{"other":1}\n'))],
    [
      "replaced by another",
      (disk) =>
        disk.replace(
          FILE,
          LONG.map((byte) => byte ^ 1),
        ),
    ],
    ["changed in its first line", (disk) => disk.rewrite(FILE, LONG.with(3, 65))],
    ["changed in its middle", (disk) => disk.rewrite(FILE, LONG.with(LONG.length / 2, 65))],
    [
      "rewritten longer with the same beginning",
      (disk) => disk.rewrite(FILE, Uint8Array.from([...LONG.subarray(0, 5000), 65, ...LONG])),
    ],
  ];
  for (const [what, change] of changes) {
    for (const restarted of [false, true]) {
      test(`T6: a file that was ${what} is a new generation${restarted ? ", also when that happened while nobody looked" : ""}`, async () => {
        const world = await aWorld();
        world.disk.append(FILE, LONG);
        await world.hear();
        await world.hearer.save();
        if (restarted) await world.restart();
        change(world.disk);
        await world.hear(FILE, true);
        const files = restored(world.journal.entries);
        expect(files.get("a/s.jsonl#1")).toEqual(LONG);
        const now = world.disk.bytesOf(FILE);
        expect(files.get("a/s.jsonl#2")).toEqual(now.length === 0 ? undefined : now);
        world.disk.append(FILE, bytesOf('{"after":1}\n'));
        await world.hear();
        expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
      });
    }
  }

  test("T6: a longer copy put in the file's place goes on where the file ended", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    world.disk.replace(FILE, Uint8Array.from([...LONG, ...bytesOf('{"more":1}\n')]));
    await world.hear();
    expect(world.journal.entries.slice(length).map((one) => one.key)).toEqual([
      `a/s.jsonl#1@${LONG.length}`,
    ]);
  });

  test("T6: a file that went and came back the same is known; one that came back different is new", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    const { length } = world.journal.entries;
    world.disk.remove(FILE);
    expect((await world.hear()).kind).toBe("gone");
    world.disk.append(FILE, LONG);
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
    world.disk.replace(FILE, bytesOf('{"b":1}\n'));
    await world.hear();
    expect(world.journal.entries.at(-1)?.key).toBe("a/s.jsonl#2@0");
  });

  test("a file that was moved is heard under its new path, and both give their bytes back", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    await world.hear();
    world.disk.rename(FILE, `${ROOT}/b.jsonl`);
    world.disk.append(`${ROOT}/b.jsonl`, bytesOf('{"b":1}\n'));
    await world.hear(`${ROOT}/b.jsonl`);
    const files = restored(world.journal.entries);
    expect(files.get("a/s.jsonl#1")).toEqual(LONG);
    expect(files.get("b.jsonl#1")).toEqual(world.disk.bytesOf(`${ROOT}/b.jsonl`));
  });

  test("T9: a partial last line is held at every byte, and recorded once it is whole", async () => {
    const line = bytesOf('{"a":"é"}\n');
    for (let cut = 1; cut < line.length; cut += 1) {
      const world = await aWorld();
      world.disk.append(FILE, bytesOf("{}\n"));
      world.disk.append(FILE, line.subarray(0, cut));
      const heeded = await world.hear();
      expect(heeded).toMatchObject({ kind: "heard", recordsNew: 1, behind: cut });
      world.disk.append(FILE, line.subarray(cut));
      await world.hear();
      expect(world.journal.entries.length).toBe(2);
      expect(world.journal.entries[1]?.raw).toEqual(line);
    }
  });

  test("T9: an unfinished line is recorded at rest, and again under the same name when it is finished", async () => {
    for (const restarted of [false, true]) {
      const world = await aWorld();
      world.disk.append(FILE, bytesOf('{}\n{"a":'));
      await world.hear(FILE, true);
      expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
      await world.hear(FILE, true);
      expect(world.journal.entries.length).toBe(2);
      if (restarted) await world.restart();
      world.disk.append(FILE, bytesOf("1}\n{}\n"));
      await world.hear();
      expect(world.journal.entries.map((one) => one.key)).toEqual(
        ["a/s.jsonl#1@0", "a/s.jsonl#1@3", "a/s.jsonl#1@3", "a/s.jsonl#1@9"].map((key, index) =>
          index === 3 ? "a/s.jsonl#1@11" : key,
        ),
      );
      expect(newest(world)).toEqual(world.disk.bytesOf(FILE));
    }
  });

  test("H1: hearing a file again from its beginning gives every record the same name", async () => {
    const names = async (): Promise<string[]> => {
      const world = await aWorld();
      world.disk.append(FILE, LONG);
      await world.hear();
      return world.journal.entries.map((one) => `${one.source} ${one.key}`);
    };
    const first = await names();
    expect(await names()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });

  test("T8: a file that may not be read is named, and heard when it may", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    world.disk.forbid(FILE, true);
    expect((await world.hear()).kind).toBe("unreadable");
    world.disk.forbid(FILE, false);
    await world.hear();
    expect(newest(world)).toEqual(LONG);
  });

  test("T3: when the journal refuses, nothing counts as heard, and it is heard later", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    world.journal.refuse(1);
    await expect(world.hear()).rejects.toThrow("no room");
    expect(world.hearer.cursors.generations("claude-code", "a/s.jsonl")[0]?.reach.end ?? 0).toBe(0);
    await world.hear();
    expect(newest(world)).toEqual(LONG);
  });

  test("T3: a cursor does not pass an append that was refused between two that were not", async () => {
    const world = await aWorld();
    const many = new Uint8Array(9_000_000).map((_, index) => (index % 500 === 499 ? 10 : 120));
    world.disk.append(FILE, many);
    world.journal.refuse(1);
    await expect(world.hear()).rejects.toThrow("no room");
    // Nothing was recorded behind what was refused: that would be the end of a file without its beginning.
    expect(world.journal.entries.length).toBe(0);
    await world.hear();
    expect(newest(world)?.length).toBe(many.length);
    await world.restart();
    const { length } = world.journal.entries;
    await world.hear();
    expect(world.journal.entries.length).toBe(length);
  });

  test("two files of one name below two roots each give their own bytes back", async () => {
    const world = await aWorld();
    const other = "/other/a/s.jsonl";
    world.disk.append(FILE, bytesOf('{"a":1}\n'));
    world.disk.append(other, bytesOf('{"b":1}\n'));
    await importPaths(world.hearer, { paths: [ROOT, "/other"], source: "claude-code" });
    world.disk.append(FILE, bytesOf('{"a":2}\n'));
    world.disk.append(other, bytesOf('{"b":2}\n'));
    await importPaths(world.hearer, { paths: [ROOT, "/other"], source: "claude-code" });
    const files = [...restored(world.journal.entries).values()].map((bytes) => bytes.join());
    expect(files.toSorted()).toEqual(
      [world.disk.bytesOf(FILE).join(), world.disk.bytesOf(other).join()].toSorted(),
    );
  });

  test("with source auto a file waits until it tells what it is, and stays what it was", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":'));
    expect((await world.hear(FILE, false, "auto")).kind).toBe("unknown");
    expect(await world.hear(FILE, true, "auto")).toMatchObject({ source: "jsonl" });
    world.disk.append(FILE, bytesOf("1}\n"));
    await world.restart();
    expect(await world.hear(FILE, true, "auto")).toMatchObject({ source: "jsonl" });
  });
});

describe("importing", () => {
  test("an import says what it did, and doing it again adds nothing", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}'));
    world.disk.append(`${ROOT}/b.jsonl`, bytesOf('{"b":1}\n'));
    const job = { paths: [ROOT], source: "auto" };
    const first = await importPaths(world.hearer, job);
    expect(first).toMatchObject({ files: 2, bytes: 23, records_new: 3, records_known: 0 });
    const again = await importPaths(world.hearer, job);
    expect(again).toMatchObject({ files: 2, records_new: 0, records_known: 3, problems: [] });
  });

  test("importing a folder or a file inside a watched folder hears nothing twice", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n'));
    world.hearer.addRoot(ROOT);
    await world.hear();
    for (const path of [`${ROOT}/a`, FILE, ROOT]) {
      await importPaths(world.hearer, { paths: [path], source: "auto" });
    }
    expect(world.journal.entries.length).toBe(1);
  });

  test("what cannot be imported says why", async () => {
    const world = await aWorld();
    const nothing = importPaths(world.hearer, { paths: ["/nothing"], source: "auto" });
    await expect(nothing).rejects.toThrow("There is nothing at /nothing");
    const unknown = importPaths(world.hearer, { paths: [ROOT], source: "email" });
    await expect(unknown).rejects.toThrow('as "email"');
    world.disk.append(FILE, bytesOf("{}\n"));
    world.disk.forbid(FILE, true);
    const forbidden = await importPaths(world.hearer, { paths: [ROOT], source: "auto" });
    expect(forbidden.problems).toEqual([{ path: FILE, why: "We may not read it." }]);
  });

  test("an import that the journal refuses fails, and the next one goes on from it", async () => {
    const world = await aWorld();
    world.disk.append(FILE, LONG);
    world.journal.refuse(1);
    const job = { paths: [ROOT], source: "auto" };
    await expect(importPaths(world.hearer, job)).rejects.toThrow("no room");
    await importPaths(world.hearer, job);
    expect(newest(world)).toEqual(LONG);
  });
});

describe("whatever happens", () => {
  const someBytes = fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .map((bytes) => bytes.map((byte) => (byte % 4 === 0 ? 10 : byte)));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("append" as const), bytes: someBytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("rewrite" as const), bytes: someBytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("replace" as const), bytes: someBytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const), to: fc.nat(60) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("hear" as const), rest: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ do: "save" as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("kill" as const), note: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("refuse" as const), times: fc.nat(2) }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  const PLAY: { [Do in Step["do"]]: (world: World, one: Step & { do: Do }) => unknown } = {
    append: ({ disk }, { bytes }) => disk.append(FILE, bytes),
    rewrite: ({ disk }, { bytes }) => disk.rewrite(FILE, bytes),
    replace: ({ disk }, { bytes }) => disk.replace(FILE, bytes),
    cut: ({ disk }, { to }) => disk.truncate(FILE, Math.min(to, disk.bytesOf(FILE).length)),
    hear: (world, { rest }) => world.hear(FILE, rest),
    save: (world) => world.hearer.save(),
    kill: async (world, { note }) => {
      if (note) await world.note.save("");
      await world.restart();
    },
    refuse: ({ journal }, { times }) => journal.refuse(times),
  };
  async function play<Do extends Step["do"]>(world: World, one: Step & { do: Do }): Promise<void> {
    await PLAY[one.do](world, one);
  }

  test("T4: after any schedule of writing, cutting and killing, the newest generation is the file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = await aWorld();
        world.disk.append(FILE, bytesOf("{}\n"));
        // A refused hearing is one that did not happen.
        for (const one of steps) await play(world, one).catch(() => undefined);
        world.journal.refuse(0);
        await world.hear(FILE, true);
        const now = world.disk.bytesOf(FILE);
        const known = [...restored(world.journal.entries).values()].map((bytes) => bytes.join());
        if (now.length > 0) expect(known).toContain(now.join());
        const { length } = world.journal.entries;
        await world.note.save("");
        await world.restart();
        await world.hear(FILE, true);
        expect(world.journal.entries.length).toBe(length);
      }),
      { numRuns: 300 },
    );
  });

  test("T5: a note and the journal behind it give the same cursors as the whole journal", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someBytes, fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        async (pieces, savedAfter) => {
          const world = await aWorld();
          for (const [index, [bytes, rest]] of pieces.entries()) {
            world.disk.append(FILE, bytes);
            await world.hear(FILE, rest);
            if (index === savedAfter) await world.hearer.save();
          }
          const reaches = (hearer: Hearer) => [...hearer.cursors.all()].map((one) => one.reach);
          await world.restart();
          const withNote = reaches(world.hearer);
          const bounds = { checksum, pieceBytesMax: 64 * 1024 * 1024 };
          const whole = cursorsFrom([], bounds);
          for (const entry of world.journal.entries) whole.hear(entry);
          const dropped = [...whole.all()].map(({ reach }) => ({ ...reach, tail: null }));
          expect(withNote.map((reach) => ({ ...reach, tail: null }))).toEqual(dropped);
        },
      ),
    );
  });

  test("T5: any prefix of the journal, then hearing the file, gives the same records", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}\n\n{"a":3}\n{"a":4}'));
    await world.hear(FILE, true);
    const all = [...world.journal.entries];
    for (let kept = 0; kept <= all.length; kept += 1) {
      world.journal.entries.splice(kept);
      await world.restart();
      await world.hear(FILE, true);
      expect(world.journal.entries).toEqual(all);
    }
  });

  test("T5: a note that is damaged, of another journal or ahead of it is not believed", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}\n'));
    await world.hear();
    await world.hearer.save();
    const text = world.note.text() ?? "";
    const lies = [
      text.replace('"end":16', '"end":15'),
      text.slice(0, 60),
      text.replace("a journal", "b journal"),
      "",
    ];
    for (const lie of lies) {
      await world.note.save(lie);
      await world.restart();
      expect(world.hearer.cursors.generations("claude-code", "a/s.jsonl")[0]?.reach.end).toBe(16);
    }
    await world.note.save(text);
    world.journal.entries.splice(1);
    await world.restart();
    expect(world.hearer.cursors.generations("claude-code", "a/s.jsonl")[0]?.reach.end).toBe(8);
  });
});
