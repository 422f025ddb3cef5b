/**
 * Notes: what may be lost, written so that it cannot lie.
 *
 * A note names the journal it was made from and the seq it is true for, and
 * carries a checksum over the rest. One that does not fit, for whatever reason,
 * is no note at all: the journal is then read from its beginning. There are two:
 * the cursors of all files, and the names recorded through the intake. Pure.
 */
import { z } from "zod";
import type { Generation } from "./cursors.ts";
import type { Checksum } from "./port.ts";
import type { Place, Reach } from "./reach.ts";

/** Grows when the shape of a note or the meaning of a reach changes; older notes are then not read. */
const FORMAT = 3;

/** Cursors, true for every entry up to `as_of`, and the folders they were made from. */
export type Noted = {
  readonly journal: string;
  readonly as_of: number;
  /** Absolute paths of folders that were followed or imported, so that a file keeps its name. */
  readonly roots: readonly string[];
  readonly generations: readonly Generation[];
};

/** Names with the seq each was recorded at and the digest of its bytes, oldest first. */
export type NotedNames = {
  readonly journal: string;
  readonly as_of: number;
  readonly names: readonly (readonly [string, number, string])[];
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
      forgotten: z.literal(true).optional(),
    }),
  ),
});

const named: z.ZodType<NotedNames> = z.strictObject({
  journal: z.string(),
  as_of: count,
  names: z.array(z.tuple([z.string(), count, z.string()])),
});

/** The cursors' note as text. */
export function noteOf(what: Noted, checksum: Checksum): string {
  return sealed("cursors", JSON.stringify(what), checksum);
}

/** What the cursors' note says, or null when it is damaged or of another format, or of another or a shorter journal. */
export function notedFrom(
  text: string | null,
  journal: { readonly id: string; readonly last: number },
  checksum: Checksum,
): Noted | null {
  const read = noted.safeParse(unsealed("cursors", text, checksum)).data;
  return read?.journal === journal.id && read.as_of <= journal.last ? read : null;
}

/** The names' note as text. */
export function namesNoteOf(what: NotedNames, checksum: Checksum): string {
  return sealed("names", JSON.stringify(what), checksum);
}

/** What the names' note says, or null as for cursors. */
export function namesNotedFrom(
  text: string | null,
  journal: { readonly id: string; readonly last: number },
  checksum: Checksum,
): NotedNames | null {
  const read = named.safeParse(unsealed("names", text, checksum)).data;
  return read?.journal === journal.id && read.as_of <= journal.last ? read : null;
}

/** A line with what it is and its checksum, then what it says. */
function sealed(what: string, body: string, checksum: Checksum): string {
  return `verbatim-${what} ${FORMAT} ${checksum(new TextEncoder().encode(body))}\n${body}\n`;
}

function unsealed(what: string, text: string | null, checksum: Checksum): unknown {
  if (text === null) return null;
  const lineEnd = text.indexOf("\n");
  const body = text.slice(lineEnd + 1, -1);
  // What carries the right checksum was written by us; the schema turns that into a type.
  return sealed(what, body, checksum) === text ? JSON.parse(body) : null;
}
