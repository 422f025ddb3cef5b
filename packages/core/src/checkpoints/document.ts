/**
 * The JSON file of a checkpoint: one JSON document, laid out so that it is also
 * read line by line, however large it is.
 *
 *     {"format":"verbatim-checkpoint/1","id":…,"label":…,"made_at":…,"journal_id":…,"first_seq":…,"entries":[
 *     {one entry},
 *     {one entry}
 *     ],"last_seq":…,"count":…,…,"parquet":{…},"sha256":"…"}
 *
 * The digest at its end is that of everything before it: the file says itself
 * whether it is whole, also where there is no index any more.
 */
import { type CheckpointHead, type CheckpointTail, headSchema, tailSchema } from "./checkpoint.ts";

const FORMAT = "verbatim-checkpoint/1";
const DIGEST_FIELD = ',"sha256":"';
const DIGEST_END = '"}\n';

/** The first line, with its line end. */
export function headLine({ id, label, made_at, journal_id, first_seq }: CheckpointHead): string {
  const head = { format: FORMAT, id, label, made_at, journal_id, first_seq };
  return `${JSON.stringify(head).slice(0, -1)},"entries":[\n`;
}

/** The last line up to its digest, which is of this too. */
export function tailText(tail: CheckpointTail): string {
  const { last_seq, count, messages, asides, withheld, raw_bytes, erased, parquet } = tail;
  const counts = { last_seq, count, messages, asides, withheld, raw_bytes };
  return `\n],${JSON.stringify({ ...counts, erased, parquet }).slice(1, -1)}`;
}

/** What ends the file. */
export function digestText(sha256: string): string {
  return `${DIGEST_FIELD}${sha256}${DIGEST_END}`;
}

/** What a first line says, or null when it is none of a checkpoint. */
export function headOfLine(line: string): CheckpointHead | null {
  const end = ',"entries":[';
  if (!line.endsWith(end)) return null;
  const found = parsed(`${line.slice(0, -end.length)}}`, headSchema);
  if (found === null || !line.startsWith(`{"format":"${FORMAT}",`)) return null;
  const { id, label, made_at, journal_id, first_seq } = found;
  return { id, label, made_at, journal_id, first_seq };
}

/** What a last line says, with the digest it gives; `digested` is what that is to be of. Null when it is none. */
export function tailOfLine(
  line: string,
): { readonly tail: CheckpointTail; readonly digested: string; readonly sha256: string } | null {
  const at = line.lastIndexOf(DIGEST_FIELD);
  if (at === -1 || !line.startsWith("],")) return null;
  const sha256 = line.slice(at + DIGEST_FIELD.length, -2);
  const digested = line.slice(0, at);
  const tail = parsed(`{${digested.slice(2)}}`, tailSchema);
  if (tail === null || `${digestText(sha256)}` !== `${line.slice(at)}\n`) return null;
  return { tail, digested, sha256 };
}

type Schema<Value> = {
  readonly safeParse: (
    value: unknown,
  ) => { readonly success: true; readonly data: Value } | { readonly success: false };
};

function parsed<Value>(text: string, schema: Schema<Value>): Value | null {
  try {
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
