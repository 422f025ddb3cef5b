/**
 * The form of a dropped segment, `session_….jsonl.dropped`: all of it but the
 * bytes that checkpoints hold.
 *
 *     {"format":"verbatim-dropped/1","segment":"session_….jsonl","bytes":…,"sha256":"…",…,"checkpoints":["…"]}
 *     -{"seq":12,"at":…,"len":234,…,"crc":"9ae0f1b2"}     its bytes are in a checkpoint
 *     +{"seq":13,…}                                       its bytes follow, as in the segment
 *     +{"mark":"sealed",…}
 *
 * It lies there in the frames of a compressed segment (compressed.ts). With the
 * checkpoints it names, the segment is made of it again, to the byte: nothing
 * that was heard exists nowhere, seqs stay dense, and where each watched file
 * was read up to stays known.
 *
 *   J32  What is made of it is the segment that was dropped, byte for byte; an
 *        entry whose bytes cannot be had reads as zeros and costs no other.
 *
 * Pure: bytes in, bytes out.
 */
import { z } from "zod";
import { headOf } from "../journal/entry.ts";

/** What the name of a segment gets when its bytes are dropped. */
export const DROPPED_END = ".dropped";

const FORMAT = "verbatim-dropped/1";
const NEWLINE = 10;
const [HERE, ELSEWHERE] = [43, 45] as const;
const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();

/** What was dropped, and what proved that it may be. */
export type Dropped = {
  readonly segment: string;
  /** Of the whole plain segment. */
  readonly bytes: number;
  readonly sha256: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly entries: number;
  readonly dropped_at: string;
  /** Entries that were read back from Postgres and were the same. */
  readonly read_back: number;
  /** The checkpoints its bytes lie in, in order. */
  readonly checkpoints: readonly string[];
};

const count = z.int().min(0);
const schema: z.ZodType<Dropped> = z.object({
  segment: z.string(),
  bytes: count,
  sha256: z.string(),
  first_seq: count,
  last_seq: count,
  entries: count,
  dropped_at: z.string(),
  read_back: count,
  checkpoints: z.array(z.string()),
});

/** The first line. */
export function encodeDropped(dropped: Dropped): Uint8Array {
  return ENCODER.encode(`${JSON.stringify({ format: FORMAT, ...dropped })}\n`);
}

/** What the first line says; null when it cannot be read. */
export function decodeDropped(line: Uint8Array): Dropped | null {
  try {
    const found: unknown = JSON.parse(DECODER.decode(line));
    const isOurs = typeof found === "object" && found !== null && "format" in found;
    return isOurs && found.format === FORMAT ? (schema.safeParse(found).data ?? null) : null;
  } catch {
    return null;
  }
}

/** What stays of a line or entry of the segment: all of it, or its header alone. */
export function keptOf(whole: Uint8Array, isElsewhere: boolean): Uint8Array {
  const kept = isElsewhere ? whole.subarray(0, whole.indexOf(NEWLINE) + 1) : whole;
  const made = new Uint8Array(kept.length + 1);
  made[0] = isElsewhere ? ELSEWHERE : HERE;
  made.set(kept, 1);
  return made;
}

/** The bytes of an entry, wherever they lie; null when they cannot be had. Asked for in the order of the seqs. */
export type RawOf = (seq: number) => Uint8Array | null;

/** The segment again, from what follows the first line. A damaged line is passed over to the next. (J32) */
export function* plainOf(kept: Uint8Array, rawOf: RawOf): Generator<Uint8Array> {
  for (let at = 0; at < kept.length; ) {
    const line = lineAt(kept, at);
    if (line === null) {
      const next = nextLine(kept, at);
      yield new Uint8Array(next - at);
      at = next;
    } else if (line.isElsewhere) {
      yield line.head;
      yield withEnd(fitted(rawOf(line.seq), line.len));
      at = line.end;
    } else {
      const end = Math.min(kept.length, line.end + (line.len === null ? 0 : line.len + 1));
      yield kept.subarray(at + 1, end);
      at = end;
    }
  }
}

type Line = {
  readonly isElsewhere: boolean;
  /** With its line end. */
  readonly head: Uint8Array;
  readonly seq: number;
  /** Null of a mark, behind which nothing follows. */
  readonly len: number | null;
  readonly end: number;
};

function lineAt(kept: Uint8Array, at: number): Line | null {
  const end = kept.indexOf(NEWLINE, at) + 1;
  if (end === 0 || (kept[at] !== HERE && kept[at] !== ELSEWHERE)) return null;
  const head = kept.subarray(at + 1, end);
  const value = headOf(head.subarray(0, -1))?.value;
  if (value === undefined) return null;
  const isElsewhere = kept[at] === ELSEWHERE;
  if (value.kind !== "entry")
    return isElsewhere ? null : { isElsewhere, head, seq: 0, len: null, end };
  return { isElsewhere, head, seq: value.seq, len: value.len, end };
}

/** Where the next line begins that can be read. */
function nextLine(kept: Uint8Array, from: number): number {
  for (let at = kept.indexOf(NEWLINE, from) + 1; at > 0; at = kept.indexOf(NEWLINE, at) + 1)
    if (lineAt(kept, at) !== null) return at;
  return kept.length;
}

function fitted(raw: Uint8Array | null, len: number | null): Uint8Array {
  return raw !== null && raw.length === len ? raw : new Uint8Array(len ?? 0);
}

function withEnd(raw: Uint8Array): Uint8Array {
  const made = new Uint8Array(raw.length + 1);
  made.set(raw);
  made[raw.length] = NEWLINE;
  return made;
}
