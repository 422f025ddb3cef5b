/**
 * The segment that is written to, and how it becomes an archived one.
 *
 * `write` returns after fdatasync or throws with nothing of it left behind.
 * Sealing is: a seal line, fdatasync, rename into the archive, fsync of both
 * folders, a new file. Dying between any two of these is mended when it is
 * opened again: a sealed file that was not renamed yet is renamed, a missing
 * file is made. Failing between two of them is mended the same way at the next
 * append.
 */
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  ARCHIVE_FOLDER,
  archiveName,
  CURRENT_SEGMENT,
  dayOf,
  encodeEntries,
  encodeMark,
  type Head,
  type Heard,
  isFull,
  roomFor,
  type Seal,
} from "@verbatim/core";
import type { JournalFs } from "./fs.ts";
import { walkOver } from "./holes.ts";
import { lossRecords } from "./loss.ts";
import { note, type Point, savePoints } from "./points.ts";
import { freeName, type Recovered, recover } from "./recover.ts";
import { checksum, openSegment } from "./segment-file.ts";
import { segmentsOf } from "./segments.ts";
import { openTail, type Tail } from "./tail.ts";

export interface Current {
  /** The last seq that is safe. */
  lastSeq(): number;
  readonly tornBytes: number;
  write(heard: readonly Heard[]): Promise<void>;
  /** Says in the file that all of it is safe; nothing when it says so already. */
  mark(at: string): Promise<void>;
  rotateIfDue(at: string): Promise<void>;
  /** Moves the segment to the archive; its name there, or null when it is empty. */
  seal(at: string): Promise<string | null>;
  close(): void;
}

/** A commit of short records with long keys; larger buffers are not kept. */
const BUFFER_BYTES_MAX: number = 16 * 1024 * 1024;

type OpenCurrent = {
  readonly dir: string;
  readonly fs: JournalFs;
  readonly now: () => string;
  readonly acceptLoss: boolean;
};

/** The open segment and what is known of it. */
type Held = {
  readonly tail: Tail;
  readonly firstSeq: number;
  count: number;
  day: string;
  readonly points: Point[];
};

type State = OpenCurrent & {
  readonly path: string;
  readonly archive: string;
  last: number;
  held: Held | null;
  /** Where commits are encoded: one at a time, so one is enough. */
  buffer: Uint8Array;
  /** The last seq a mark spoke of. */
  marked: number;
};

/** Opens the current segment, mending what a crash left. */
export async function openCurrent(options: OpenCurrent): Promise<Current> {
  const { dir } = options;
  const state: State = {
    ...options,
    path: join(dir, CURRENT_SEGMENT),
    archive: join(dir, ARCHIVE_FOLDER),
    last: lastSeqBefore(dir),
    held: null,
    buffer: new Uint8Array(0),
    marked: 0,
  };
  const tornBytes = existsSync(state.path) ? await resume(state) : 0;
  state.held ??= begin(state);
  return {
    lastSeq: () => state.last,
    tornBytes,
    write: (heard) => write(state, heard),
    mark: (at) => mark(state, at),
    seal: (at) => seal(state, at),
    rotateIfDue: async (at) => {
      if (isDue(state, at)) await seal(state, at);
    },
    close: () => {
      state.held?.tail.close();
      state.held = null;
    },
  };
}

/** Goes on with the file that is there; the bytes of a torn tail that was cut off. */
async function resume(state: State): Promise<number> {
  const found: Recovered = recover(state.dir, state.path, state.last, state.acceptLoss);
  state.last = Math.max(state.last, found.last_seq);
  if (found.sealed !== null || found.damaged) {
    putAway(state, state.now());
    if (found.lost.length > 0) await write(state, lossRecords(found.lost, state.now()));
    return found.torn_bytes;
  }
  const tail = openTail(state.fs, state.path, found);
  // What the page cache kept over a kill was never synced by anyone: make it so before it counts as safe.
  await tail.sync();
  const { first_seq, count, day, points } = found;
  state.held = { tail, firstSeq: first_seq, count, day, points: [...points] };
  return found.torn_bytes;
}

/** A new, empty segment, durable under its name. */
function begin(state: State): Held {
  clearTheWay(state);
  const tail = openTail(state.fs, state.path, null);
  try {
    state.fs.syncFolder(state.dir);
  } catch (error) {
    tail.close();
    throw error;
  }
  return { tail, firstSeq: state.last + 1, count: 0, day: "", points: [] };
}

/** A file under the current name that is written no more: what it holds of the acknowledged entries goes to the archive. */
function clearTheWay(state: State): void {
  if (!existsSync(state.path)) return;
  const first = firstSeqIn(state.path);
  if (first !== null && first <= state.last) putAway(state, state.now());
  else putAside(state);
}

/** The first seq that can be read, or null when there is none. */
function firstSeqIn(path: string): number | null {
  const file = openSegment(path);
  try {
    for (const step of walkOver(file, { from: 0, before: null })) {
      if (step.kind === "whole" && step.head.kind === "entry") return step.head.seq;
    }
    return null;
  } finally {
    file.close();
  }
}

/** Moves the file away under a free name of the archive. */
function putAway(state: State, at: string): string {
  const name = archiveName(at, (one) => existsSync(join(state.archive, one)));
  const path = join(state.archive, name);
  state.fs.rename(state.path, path);
  state.fs.syncFolder(state.archive);
  state.fs.syncFolder(state.dir);
  try {
    chmodSync(path, 0o400);
  } catch {
    // A courtesy: we never write it again, with or without the mode.
  }
  return name;
}

/** Nothing in it was acknowledged: kept for people, where no reader looks; an empty one goes. */
function putAside(state: State): void {
  if (statSync(state.path).size === 0) {
    rmSync(state.path);
    return;
  }
  const folder = join(state.dir, "quarantine");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  state.fs.rename(
    state.path,
    freeName(join(folder, `${CURRENT_SEGMENT}.poisoned-${state.last + 1}`)),
  );
}

/** Appends; when the sync fails, once more into a new file, and then gives up. */
async function write(state: State, heard: readonly Heard[]): Promise<void> {
  for (let again = false; ; again = true) {
    state.held ??= begin(state);
    const { held } = state;
    const place = { seq: state.last + 1, synced: held.tail.synced() };
    const bytes = encodeEntries(heard, place, checksum, bufferFor(state, heard));
    const poison = await held.tail.append(bytes);
    if (poison === null) {
      if (held.count === 0) held.day = dayOf(state.now());
      note(held.points, { seq: place.seq, offset: place.synced });
      held.count += heard.length;
      state.last += heard.length;
      return;
    }
    giveUp(state, held);
    if (again) throw poison.error;
  }
}

/** The state's own buffer, made larger when it must be; a giant record gets one of its own. */
function bufferFor(state: State, heard: readonly Heard[]): Uint8Array {
  const room = roomFor(heard);
  if (room > BUFFER_BYTES_MAX) return new Uint8Array(room);
  if (state.buffer.length < room) state.buffer = new Uint8Array(room);
  return state.buffer;
}

/** A poisoned file keeps what was safe in it; readers end it where the next one begins. */
function giveUp(state: State, held: Held): void {
  state.held = null;
  held.tail.abandon();
  try {
    clearTheWay(state);
  } catch {
    // The next beginning tries again, and says why when it cannot.
  }
}

async function mark(state: State, at: string): Promise<void> {
  const { held } = state;
  if (held === null || held.count === 0 || state.marked === state.last) return;
  const synced = held.tail.synced();
  const line = encodeMark({ kind: "synced", at, synced, last_seq: state.last }, checksum);
  if ((await held.tail.append(line)) === null) state.marked = state.last;
  else giveUp(state, held);
}

async function seal(state: State, at: string): Promise<string | null> {
  const { held } = state;
  if (held === null || held.count === 0) return null;
  const facts: Seal = {
    kind: "sealed",
    at,
    count: held.count,
    first_seq: held.firstSeq,
    last_seq: state.last,
    sha256: held.tail.sha256(),
  };
  if ((await held.tail.append(encodeMark(facts, checksum))) !== null) {
    giveUp(state, held);
    return null;
  }
  held.tail.close();
  state.held = null;
  const name = putAway(state, at);
  savePoints(state.dir, name, held.points);
  state.held = begin(state);
  return name;
}

function isDue(state: State, at: string): boolean {
  const { held } = state;
  return (
    held !== null && held.count > 0 && isFull({ bytes: held.tail.synced(), day: held.day }, at)
  );
}

/** The highest seq the archive knows of: what the current segment goes on from. */
function lastSeqBefore(dir: string): number {
  const newest = segmentsOf(dir)
    .filter((one) => one.file !== CURRENT_SEGMENT)
    .at(-1);
  if (newest === undefined) return 0;
  if (newest.last_seq !== null) return newest.last_seq;
  const file = openSegment(newest.path);
  let last = newest.first_seq;
  try {
    for (const step of walkOver(file, { from: 0, before: null })) {
      if (step.kind === "whole") last = Math.max(last, lastSeqIn(step.head));
    }
  } finally {
    file.close();
  }
  return last;
}

function lastSeqIn(head: Head): number {
  return head.kind === "entry" ? head.seq : head.last_seq;
}
