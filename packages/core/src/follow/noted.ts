/**
 * The note of all cursors: what may be lost, written so that it cannot lie.
 *
 * A note names the journal it was made from and the seq it is true for, and
 * carries a checksum over the rest. One that does not fit, for whatever reason,
 * is no note at all: the journal is then read from its beginning. Pure.
 */
import { z } from "zod";
import type { Generation } from "./cursors.ts";
import type { Checksum } from "./port.ts";
import type { Place, Reach } from "./reach.ts";

/** Grows when the shape of a note or the meaning of a reach changes; older notes are then not read. */
const FORMAT = 1;

/** Cursors, true for every entry up to `as_of`, and the folders they were made from. */
export type Noted = {
  readonly journal: string;
  readonly as_of: number;
  /** Absolute paths of folders that were followed or imported, so that a file keeps its name. */
  readonly roots: readonly string[];
  readonly generations: readonly Generation[];
};

const count = z.number().int().nonnegative();
const sum = z.strictObject({ bytes: count, crc: count });
const reach: z.ZodType<Reach> = z.strictObject({
  end: count,
  records: count,
  crc: count,
  torn: count,
  crcTorn: count,
  head: sum,
  tail: sum,
});
const place: z.ZodType<Place> = z.strictObject({
  path: z.string(),
  dev: z.number(),
  ino: z.number(),
  size: count,
  mtimeMs: z.number(),
});
const noted: z.ZodType<Noted> = z.strictObject({
  journal: z.string(),
  as_of: count,
  roots: z.array(z.string()),
  generations: z.array(
    z.strictObject({
      source: z.string(),
      path: z.string(),
      generation: z.string(),
      reach,
      place: place.nullable(),
    }),
  ),
});

/** The note as text: a line with its checksum, then what it says. */
export function noteOf(what: Noted, checksum: Checksum): string {
  const body = JSON.stringify(what);
  return `verbatim-cursors ${FORMAT} ${checksum(new TextEncoder().encode(body))}\n${body}\n`;
}

/** What a note says, or null when it is damaged or of another format, or of another or a shorter journal. */
export function notedFrom(
  text: string | null,
  journal: { readonly id: string; readonly last: number },
  checksum: Checksum,
): Noted | null {
  if (text === null) return null;
  const lineEnd = text.indexOf("\n");
  const body = text.slice(lineEnd + 1, -1);
  const crc = checksum(new TextEncoder().encode(body));
  if (text.slice(0, lineEnd) !== `verbatim-cursors ${FORMAT} ${crc}`) return null;
  // What carries the right checksum was written by noteOf; the schema turns that into a type.
  const read = noted.safeParse(JSON.parse(body));
  if (!read.success || read.data.journal !== journal.id) return null;
  return read.data.as_of <= journal.last ? read.data : null;
}
