/**
 * Reading a dropped segment (core/keeping/dropped.ts) as if it was plain: it is
 * made again of what stayed and of the checkpoints beside the journal, in a file
 * without a name, which goes with whoever reads it.
 *
 * Where a checkpoint is gone or damaged, its entries read as zeros, which no walk
 * takes for entries: `verbatim verify` names the checkpoint.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ARCHIVE_FOLDER, FILES } from "@verbatim/core";
import {
  DROPPED_END,
  type Dropped,
  decodeDropped,
  FRAME_BYTES,
  plainOf,
} from "@verbatim/core/keeping";
import { openCheckpointRaws } from "./checkpoint-raws.ts";
import { openCompressed } from "./compressed-file.ts";
import type { SegmentFile } from "./plain-file.ts";

/** Segments made again that are kept open: those that are read in turns. */
const KEPT_MAX = 4;
const NEWLINE = 10;

/** A segment made again, without a name. `users` are those who have it open. */
type Made = { readonly fd: number; readonly faults: readonly string[]; users: number };

const kept: Map<string, Made> = new Map();
let count = 0;

/** Opens a dropped segment; throws the system's error when it is not there. */
export function openDropped(path: string): SegmentFile {
  const rest = openCompressed(path);
  const known = saidBy(rest);
  let made: Made | null = null;
  const whole = (): Made => {
    made ??= takenFor(path, rest);
    return made;
  };
  return {
    path,
    inode: rest.inode,
    ends: rest.ends ?? known,
    size: () => (made === null && known !== null ? known.bytes : fstatSync(whole().fd).size),
    stored: () => ({ ...rest.stored(), dropped: true }),
    read: (into, offset) => readSync(whole().fd, into, 0, into.length, offset),
    faults: function* () {
      yield* rest.faults();
      // Who looks for faults looks at what lies there now, and not at what was made before.
      if (made === null) forgetMade(nameOf(path, rest));
      yield* whole().faults;
    },
    close: () => {
      rest.close();
      if (made !== null) left(made);
    },
  };
}

/** Which checkpoints the dropped segments of a journal have their bytes in; all of them where one does not say. */
export function droppedOn(dir: string): (id: string) => boolean {
  const archive = join(dir, ARCHIVE_FOLDER);
  const names = existsSync(archive) ? readdirSync(archive) : [];
  const said = names
    .filter((name) => name.endsWith(DROPPED_END))
    .map((name) => saidIn(join(archive, name)));
  return (id) => said.some((one) => one === null || one.checkpoints.includes(id));
}

function saidIn(path: string): Dropped | null {
  const rest = openCompressed(path);
  try {
    return saidBy(rest);
  } finally {
    rest.close();
  }
}

/** Its first line, which lies in its first frame. */
function saidBy(rest: SegmentFile): Dropped | null {
  const start = new Uint8Array(Math.min(FRAME_BYTES, rest.size()));
  return decodeDropped(lineOf(start.subarray(0, rest.read(start, 0))));
}

function lineOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.max(0, bytes.indexOf(NEWLINE)));
}

/** Made once for all who read it at a time; what had faults is made again for the next, who may find them mended. */
function takenFor(path: string, rest: SegmentFile): Made {
  const name = nameOf(path, rest);
  const known = kept.get(name);
  const made = known ?? madeAgain(path, rest);
  made.users += 1;
  kept.delete(name);
  if (made.faults.length === 0) kept.set(name, made);
  for (const [oldest, one] of kept) {
    if (kept.size <= KEPT_MAX) break;
    if (one.users > 0) continue;
    kept.delete(oldest);
    closeSync(one.fd);
  }
  return made;
}

function nameOf(path: string, rest: SegmentFile): string {
  const { bytes, written_at } = rest.stored();
  return `${rest.inode} ${bytes} ${written_at} ${path}`;
}

function forgetMade(name: string): void {
  const known = kept.get(name);
  kept.delete(name);
  if (known?.users === 0) closeSync(known.fd);
}

function left(made: Made): void {
  made.users -= 1;
  if (made.users === 0 && ![...kept.values()].includes(made)) closeSync(made.fd);
}

function madeAgain(path: string, rest: SegmentFile): Made {
  const { dropped, body } = splitOf(rest);
  const archive = dirname(path);
  const fd = namelessIn(dirname(archive));
  if (dropped === null) return { fd, faults: ["its first line is damaged"], users: 0 };
  const checkpoints = join(dirname(dirname(archive)), FILES.checkpoints);
  const raws = openCheckpointRaws(checkpoints, dropped.checkpoints, dropped);
  const hash = createHash("sha256");
  for (const piece of plainOf(body, (seq) => raws.of(seq) ?? null)) {
    hash.update(piece);
    for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at);
  }
  const isSame = hash.digest("hex") === dropped.sha256;
  return { fd, faults: isSame ? [] : [missing(dropped, raws.faults)], users: 0 };
}

function missing({ dropped_at, checkpoints }: Dropped, faults: readonly string[]): string {
  const why = faults.length === 0 ? "they hold other bytes" : faults.join("; ");
  return `it was dropped at ${dropped_at}, and its bytes lie in ${checkpoints.length === 1 ? "checkpoint" : "checkpoints"} ${checkpoints.join(", ")}: ${why}. Put them back from a copy, or get the files with: verbatim restore --from postgres`;
}

/** What stayed: the first line, and all behind it. */
function splitOf(rest: SegmentFile): {
  readonly dropped: Dropped | null;
  readonly body: Uint8Array;
} {
  const all = new Uint8Array(rest.size());
  const held = all.subarray(0, rest.read(all, 0));
  const line = lineOf(held);
  return { dropped: decodeDropped(line), body: held.subarray(line.length + 1) };
}

/** A file of our own that is gone with us, on the journal's disk where we may write there. */
function namelessIn(folder: string): number {
  count += 1;
  for (const place of [folder, tmpdir()]) {
    const path = join(place, `.made-again-${process.pid}-${count}`);
    try {
      const fd = openSync(path, "wx+", 0o600);
      unlinkSync(path);
      return fd;
    } catch (error) {
      if (place !== folder) throw error;
    }
  }
  throw new Error("there is no folder to write to");
}
