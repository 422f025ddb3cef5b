/** Sealed segments of the journal: naming them, and looking into one alone. */
import { basename } from "node:path";
import {
  ARCHIVE_FOLDER,
  type JournalReader,
  type SegmentInfo,
  VerbatimError,
} from "@verbatim/core";
import { bytesText, columns, countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

type Segments = Pick<JournalReader, "segments">;

/** The seqs of the archive that was named, by its name with or without its folder. */
export async function rangeOf(
  journal: Segments,
  { archive = "" }: { readonly archive?: string },
): Promise<{ readonly from: number; readonly to: number }> {
  const sealed = await sealedOf(journal);
  const found = sealed.find(
    (one) => basename(one.file) === basename(archive).replace(/[.]zst$/, ""),
  );
  if (found !== undefined) return { from: found.first_seq, to: found.last_seq };
  throw new VerbatimError(
    "not_found",
    `there is no archive ${archive}; these are there: verbatim log --list-archives`,
  );
}

/** Prints which archives there are, oldest first. */
export async function listArchives(
  journal: Segments,
  options: Global,
  surface: Surface,
): Promise<void> {
  const rows = (await sealedOf(journal)).map((one) => ({
    file: basename(one.file),
    bytes: one.bytes,
    first_seq: one.first_seq,
    last_seq: one.last_seq,
    stored_bytes: one.stored_bytes,
    sealed_at: one.written_at,
  }));
  if (options.json === true) return surface.out(`${JSON.stringify(rows, null, 2)}\n`);
  if (rows.length === 0)
    return surface.out(
      "nothing is archived yet: a segment is sealed every day and every 64 MB, or now: verbatim rotate\n",
    );
  const table = rows.map((one, at) => [
    String(at + 1),
    one.file,
    bytesText(one.bytes),
    one.stored_bytes < one.bytes ? `${bytesText(one.stored_bytes)} on disk` : "",
    `#${countText(one.first_seq)} to #${countText(one.last_seq)}`,
    one.sealed_at.slice(0, 19).replace("T", " "),
  ]);
  surface.out(`${columns(table, surface.widthOf, [0, 2])}\n`);
}

async function sealedOf(journal: Segments): Promise<readonly SegmentInfo[]> {
  return (await journal.segments()).filter((one) => one.file.startsWith(ARCHIVE_FOLDER));
}
