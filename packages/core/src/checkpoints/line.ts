/**
 * One entry as a line of a checkpoint: what was heard, byte for byte, and what
 * was read from it.
 *
 *     {"seq":12,"at":"…","source":"claude-code","key":"…","raw":"{\"type\":…}","aside":null,"messages":[…]}
 *
 * Bytes that are no UTF-8 text stand in `raw_base64` instead of `raw`. Of an entry
 * that may not be kept there is neither, but `withheld`: why, how many bytes it
 * had and their sha-256.
 *
 *   C22  What is read back is what was heard: source, key, time and every byte.
 */
import { z } from "zod";
import { type Entry, fileKeyOf } from "../message/heard.ts";
import type { EnrichedMessage } from "../message/message.ts";
import type { Settled, Sha256 } from "../settle/port.ts";

/** Why an entry's bytes are not there. */
type Withheld = {
  readonly why: string;
  readonly bytes: number;
  readonly sha256: string;
};

/** An entry as a checkpoint has it. */
export type CheckpointEntry = Omit<Entry, "raw"> & {
  /** Null when it is withheld. */
  readonly raw: Uint8Array | null;
  readonly withheld: Withheld | null;
  readonly aside: string | null;
  /** As every answer of the API shows them, when the checkpoint was made. */
  readonly messages: readonly EnrichedMessage[];
};

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const place = { seq: z.int().min(1), at: z.string(), source: z.string(), key: z.string() };
const withheldSchema = z.object({ why: z.string(), bytes: z.int().min(0), sha256: z.string() });
const lineSchema = z.object({
  ...place,
  raw: z.string().optional(),
  raw_base64: z.base64().optional(),
  withheld: withheldSchema.optional(),
  aside: z.string().nullable().optional(),
  messages: z.array(z.custom<EnrichedMessage>((one) => typeof one === "object")).optional(),
});

/** An entry that is kept whole. */
export function keptEntry({ entry, messages, aside }: Settled): CheckpointEntry {
  return { ...entry, withheld: null, aside, messages };
}

/** An entry of which only its place is kept. */
export function withheldEntry(entry: Entry, why: string, sha256: Sha256): CheckpointEntry {
  const { seq, at, source, key, raw } = entry;
  const withheld = { why, bytes: raw.length, sha256: sha256(raw) };
  return { seq, at, source, key, raw: null, withheld, aside: null, messages: [] };
}

/** An entry whose bytes are taken out later; its key stays where it is the place of a record in a file. */
export function erasedEntry(one: CheckpointEntry, why: string, sha256: Sha256): CheckpointEntry {
  const { seq, at, source } = one;
  const key = fileKeyOf(one.key) === null ? `erased/${seq}` : one.key;
  const withheld =
    one.raw === null ? one.withheld : { why, bytes: one.raw.length, sha256: sha256(one.raw) };
  return { seq, at, source, key, raw: null, withheld, aside: null, messages: [] };
}

/** The line of an entry, without a line end. */
export function lineOf(one: CheckpointEntry): string {
  const { seq, at, source, key, raw, withheld, aside, messages } = one;
  const head = { seq, at, source, key };
  if (raw === null) return JSON.stringify({ ...head, withheld });
  const text = textOf(raw);
  const bytes = text === null ? { raw_base64: raw.toBase64() } : { raw: text };
  return JSON.stringify({ ...head, ...bytes, aside, messages });
}

/** The entry of a line, with or without the comma that follows it; null when it is none. */
export function entryOfLine(line: string): CheckpointEntry | null {
  try {
    const read = lineSchema.safeParse(JSON.parse(line.endsWith(",") ? line.slice(0, -1) : line));
    if (!read.success) return null;
    const { seq, at, source, key, withheld = null, aside = null, messages = [] } = read.data;
    const raw = rawOf(read.data);
    if ((raw === null) === (withheld === null)) return null;
    return { seq, at, source, key, raw, withheld, aside, messages };
  } catch {
    return null;
  }
}

function rawOf({ raw, raw_base64 }: z.output<typeof lineSchema>): Uint8Array | null {
  if (raw !== undefined) return new TextEncoder().encode(raw);
  return raw_base64 === undefined ? null : Uint8Array.fromBase64(raw_base64);
}

function textOf(raw: Uint8Array): string | null {
  try {
    return STRICT.decode(raw);
  } catch {
    return null;
  }
}
