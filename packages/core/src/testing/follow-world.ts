/**
 * A small world for those who hear files: a disk, a journal that can be told to
 * refuse, a note, and a hearer that can be killed and started again.
 */
import { crc32 } from "node:zlib";
import { VerbatimError } from "../errors.ts";
import { type Hearer, openHearer } from "../follow/hearer.ts";
import type { Heeded } from "../follow/hearing.ts";
import type { Note } from "../follow/port.ts";
import type { Entry, Heard } from "../message/heard.ts";
import { fileKeyOf } from "../message/heard.ts";
import { type MemoryDisk, memoryDisk } from "./memory-disk.ts";

/** The watched folder. */
export const ROOT = "/watched";
/** The file most tests are about. */
export const FILE: string = `${ROOT}/a/s.jsonl`;
/** Text as UTF-8. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
/** crc32. */
export const checksum = (bytes: Uint8Array, before = 0): number => crc32(bytes, before);

type MemoryJournal = {
  readonly id: string;
  readonly entries: Entry[];
  refuse(times: number): void;
  durable(): number;
  read(stretch: {
    readonly from: number;
    readonly to: number;
    readonly entries: number;
  }): Promise<readonly Entry[]>;
  append(heard: readonly Heard[]): Promise<number>;
};

/** A journal in memory that can be told to refuse. */
function aJournal(entries: Entry[] = []): MemoryJournal {
  let refusals = 0;
  return {
    id: "a journal",
    entries,
    refuse: (times) => {
      refusals = times;
    },
    durable: () => entries.length,
    read: async ({ from, to, entries: most }) =>
      entries.slice(from - 1, Math.min(to, from - 1 + most)),
    append: async (heard) => {
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

/** A disk, a journal and a hearer of files between them. */
export type World = {
  readonly disk: MemoryDisk;
  readonly journal: MemoryJournal;
  readonly note: ReturnType<typeof aNote>;
  hearer: Hearer;
  /** Everything in memory is gone; the journal, the note and the disk are not. */
  restart(): Promise<void>;
  hear(path?: string, rest?: boolean, source?: string): Promise<Heeded>;
};

/** A world in which nothing has happened. */
export async function aWorld(): Promise<World> {
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
export function restored(entries: readonly Entry[]): Map<string, Uint8Array> {
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
export function newest(world: World, below = "a/s.jsonl"): Uint8Array | undefined {
  const [generation] = world.hearer.cursors.generations("claude-code", below);
  return restored(world.journal.entries).get(`${below}#${generation?.generation}`);
}

/** A file of many lines, longer than what is compared at every look. */
export const LONG: Uint8Array = bytesOf(`${'{"line":"of some length"}\n'.repeat(20_000)}`);
