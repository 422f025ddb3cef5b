/**
 * Reading on in a file from where it was heard to, into a batch.
 *
 *   T4  The records of one path and generation, laid by offset with the later
 *       one winning, are the file as it was heard, byte for byte.
 *   T9  An unfinished last line is recorded only when the file is at rest, and
 *       recorded again, whole, under the same name, when it has been finished.
 *
 * Lines are not parsed and not copied: a record is a range of the buffer it was
 * read into.
 */
import { RAW_BYTES_MAX } from "../limits.ts";
import type { Heard } from "../message/heard.ts";
import { fileKey } from "../message/heard.ts";
import { cutLines } from "../sources/lines.ts";
import type { Batch } from "./batch.ts";
import type { Cursors, Generation } from "./cursors.ts";
import type { FileSeen, OpenFile } from "./port.ts";
import { heardTo } from "./reach.ts";

export type Reading = {
  readonly which: Pick<Generation, "source" | "path" | "generation">;
  readonly reach: Generation["reach"];
  /** The file as it was when it was opened: what lies beyond that size is for the next time. */
  readonly file: FileSeen;
  readonly rest: boolean;
};

type Into = { readonly batch: Batch; readonly cursors: Cursors; readonly now: () => string };

/** What was read: how many records, up to which offset, and the promises that they are safe. */
export type Read = {
  readonly records: number;
  readonly to: number;
  readonly safe: ReadonlySet<Promise<void>>;
};

/** Reads what a file holds beyond a reach. */
export async function readOn(open: OpenFile, from: Reading, into: Into): Promise<Read> {
  const { size } = from.file;
  const known = heardTo(from.reach);
  const waits = openWaits();
  const { safe } = waits;
  // All of it is known, an unfinished last line included.
  if (size === known) return { records: 0, to: known, safe };
  let at = from.reach.end;
  let records = 0;
  let wanted = 1;
  while (at < size) {
    const bytes = await readSome(open, { at, size, wanted }, { batch: into.batch, waits });
    // It was cut while it was read: what it is now is found out at the next look.
    // And behind what was refused nothing may follow: that would leave a hole.
    if (bytes === null) break;
    const { ends, held } = cutLines(bytes.read, RAW_BYTES_MAX, bytes.records);
    const cut = bytes.read.length - held;
    if (cut > 0) {
      waits.add(takeLines(into, from.which, { at, bytes: bytes.read.subarray(0, cut), ends }));
      records += ends.length;
      at += cut;
    } else if (at + held === size) {
      if (!(await isAtRest(open, from, waits))) break;
      waits.add(takeTorn(into, from.which, { at, bytes: bytes.read }));
      return { records: records + 1, to: size, safe };
    }
    wanted = roomFor(cut, held);
  }
  return { records, to: Math.max(at, known), safe };
}

/** How much room the next read wants: a line longer than the room there was is read again into twice as much. */
function roomFor(cut: number, held: number): number {
  return cut > 0 ? 1 : Math.min(held * 2, RAW_BYTES_MAX);
}

/** The appends one reading depends on, and whether one of them was refused. */
type Waits = {
  readonly safe: ReadonlySet<Promise<void>>;
  add(until: Promise<void>): void;
  refused(): boolean;
};

function openWaits(): Waits {
  const safe = new Set<Promise<void>>();
  let refused = false;
  return {
    safe,
    add: (until) => {
      if (safe.has(until)) return;
      safe.add(until);
      until.catch(() => {
        refused = true;
      });
    },
    refused: () => refused,
  };
}

/** Fills the room there is; null when nothing may follow, or the file has become shorter than it was. */
async function readSome(
  open: OpenFile,
  range: { readonly at: number; readonly size: number; readonly wanted: number },
  into: { readonly batch: Batch; readonly waits: Waits },
): Promise<{ read: Uint8Array; records: number } | null> {
  const left = range.size - range.at;
  const room = await into.batch.room(Math.min(range.wanted, left));
  const read = room.bytes.subarray(0, Math.min(room.bytes.length, left));
  if ((await open.read(read, range.at)) < read.length) return null;
  if ((await open.look()).size < range.size || into.waits.refused()) return null;
  return { read, records: room.records };
}

type Lines = { readonly at: number; readonly bytes: Uint8Array; readonly ends: readonly number[] };

function takeLines(into: Into, which: Reading["which"], lines: Lines): Promise<void> {
  const { at, bytes, ends } = lines;
  const heardAt = into.now();
  const heard: Heard[] = [];
  let start = 0;
  for (const end of ends) {
    const key = fileKey({ ...which, offset: at + start });
    heard.push({ source: which.source, key, at: heardAt, raw: bytes.subarray(start, end) });
    start = end;
  }
  const lastBytes = bytes.length - (ends.at(-2) ?? 0);
  const more = { bytes, records: ends.length, lastBytes, whole: true };
  return into.batch.take(bytes.length, heard, () => into.cursors.move(which, at, more));
}

function takeTorn(
  into: Into,
  which: Reading["which"],
  line: { readonly at: number; readonly bytes: Uint8Array },
): Promise<void> {
  const { at, bytes } = line;
  const key = fileKey({ ...which, offset: at });
  const heard = [{ source: which.source, key, at: into.now(), raw: bytes }];
  const more = { bytes, records: 1, lastBytes: bytes.length, whole: false };
  return into.batch.take(bytes.length, heard, () => into.cursors.move(which, at, more));
}

async function isAtRest(open: OpenFile, from: Reading, waits: Waits): Promise<boolean> {
  if (!from.rest) return false;
  const now = await open.look();
  if (waits.refused()) return false;
  return now.size === from.file.size && now.mtimeMs === from.file.mtimeMs;
}
