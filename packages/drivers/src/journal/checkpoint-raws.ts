/**
 * What checkpoints hold of entries, read without waiting, as a segment file is
 * read: in the order of the seqs, a line at a time, whether or not the JSON was
 * compressed since.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { Decompress } from "fzstd";

const PIECE_BYTES: number = 1024 * 1024;
const NEWLINE = 10;
/** `{"seq":` and the digits of any number stand within so many bytes. */
const SEQ_BYTES = 32;
const SEQ = /^\{"seq":(\d+),/;

/** An entry's bytes; null where a checkpoint holds its place and not its bytes. */
type HeldRaw = { readonly seq: number; readonly raw: Uint8Array | null };

/** Gives the bytes of entries, asked for in order; null for one that is withheld, undefined for one that is not there. */
export type CheckpointRaws = {
  of(seq: number): Uint8Array | null | undefined;
  /** Checkpoints that could not be read to their end, and why. */
  readonly faults: readonly string[];
};

/** Opens these checkpoints of a folder, for entries of this range. */
export function openCheckpointRaws(
  dir: string,
  ids: readonly string[],
  range: { readonly first_seq: number; readonly last_seq: number },
): CheckpointRaws {
  const faults: string[] = [];
  const all = heldIn(dir, ids, { ...range, faults });
  let held = all.next();
  return {
    faults,
    of: (seq) => {
      while (held.done !== true && held.value.seq < seq) held = all.next();
      return held.done !== true && held.value.seq === seq ? held.value.raw : undefined;
    },
  };
}

type Wanted = {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly faults: string[];
};

function* heldIn(dir: string, ids: readonly string[], wanted: Wanted): Generator<HeldRaw> {
  for (const id of ids) {
    try {
      yield* entriesIn(id, join(dir, `${id}.json`), wanted);
    } catch (error) {
      wanted.faults.push(`${id}: ${whyOf(error)}`);
    }
  }
}

function whyOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return "it is gone";
  return error instanceof Error ? error.message : String(error);
}

/** A damaged line is named and costs its own entry. */
function* entriesIn(
  id: string,
  path: string,
  { first_seq, last_seq, faults }: Wanted,
): Generator<HeldRaw> {
  for (const line of linesOf(path)) {
    const seq = seqOf(line);
    if (seq === null || seq < first_seq) continue;
    if (seq > last_seq) return;
    const one = rawOf(line);
    if (one === undefined) faults.push(`${id}: it is damaged at entry ${seq}`);
    else yield { seq, raw: one };
  }
}

function seqOf(line: Uint8Array): number | null {
  const start = Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, SEQ_BYTES));
  const [, digits] = SEQ.exec(start.toString("latin1")) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** The bytes of a line; null when they are withheld, undefined when it is no entry. */
function rawOf(line: Uint8Array): Uint8Array | null | undefined {
  try {
    const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString("utf8");
    const found: unknown = JSON.parse(text.endsWith(",") ? text.slice(0, -1) : text);
    if (typeof found !== "object" || found === null) return undefined;
    if ("raw" in found && typeof found.raw === "string") return Buffer.from(found.raw, "utf8");
    if ("raw_base64" in found && typeof found.raw_base64 === "string")
      return Buffer.from(found.raw_base64, "base64");
    return "withheld" in found ? null : undefined;
  } catch {
    return undefined;
  }
}

function* linesOf(path: string): Generator<Uint8Array> {
  let begun: Uint8Array[] = [];
  for (const piece of plainPieces(path)) {
    let at = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, at)) {
      const rest = piece.subarray(at, end);
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      at = end + 1;
    }
    if (at < piece.length) begun.push(piece.slice(at));
  }
}

/** The JSON as it was made; throws the system's error when neither form is there. */
function* plainPieces(path: string): Generator<Uint8Array> {
  const plain = openOrNull(path);
  if (plain !== null) return yield* piecesOf(plain);
  const packed = openSync(`${path}.zst`, "r");
  let out: Uint8Array[] = [];
  const inflating = new Decompress((piece) => out.push(piece));
  for (const piece of piecesOf(packed)) {
    inflating.push(piece.slice());
    yield* out;
    out = [];
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch {
    return null;
  }
}

/** A piece is only valid until the next. */
function* piecesOf(fd: number): Generator<Uint8Array> {
  const piece = new Uint8Array(PIECE_BYTES);
  try {
    for (;;) {
      const read = readSync(fd, piece, 0, piece.length, null);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
}
