/**
 * A short name for a folder whose unix sockets would have too long a path.
 *
 * The system takes about a hundred bytes. A longer folder is reached through a
 * link in the system's temp folder, where anybody may put one: it is named by
 * our user and a digest of the folder, so that both ends work out the same
 * name, and is used only while it belongs to us and points to that folder. The
 * end that listens makes it.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VerbatimError } from "@verbatim/core";

/** Linux takes 107 bytes, macOS 103. */
const PATH_BYTES_MAX = 100;

export type ShortOptions = {
  /** Bytes of the longest name of a socket in it. */
  readonly nameBytes: number;
  /** Where links lie; the system's temp folder. */
  readonly tmp?: string;
};

/** The folder, or the link to it; null when there is no link of ours that points to it. */
export function shortFolder(folder: string, options: ShortOptions): string | null {
  if (Buffer.byteLength(folder) + 1 + options.nameBytes <= PATH_BYTES_MAX) return folder;
  const link = linkOf(folder, options);
  return pointsTo(link, folder) ? link : null;
}

/** The same for the end that listens: folder and link are made. Throws `config_invalid` when the link's place is taken. */
export function makeShortFolder(folder: string, options: ShortOptions): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = shortFolder(folder, options);
  if (known !== null) return known;
  const link = linkOf(folder, options);
  try {
    removeLink(link);
    symlinkSync(folder, link);
  } catch (cause) {
    throw taken(link, folder, cause);
  }
  if (!pointsTo(link, folder)) throw taken(link, folder);
  return link;
}

function linkOf(folder: string, { tmp = tmpdir() }: ShortOptions): string {
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return join(tmp, `verbatim-${process.getuid?.() ?? 0}-${digest}`);
}

function removeLink(link: string): void {
  try {
    unlinkSync(link);
  } catch {
    // Nothing was there; what cannot be removed makes the next step fail, with its reason.
  }
}

function pointsTo(link: string, folder: string): boolean {
  try {
    return lstatSync(link).uid === process.getuid?.() && readlinkSync(link) === folder;
  } catch {
    return false;
  }
}

function taken(link: string, folder: string, cause?: unknown): VerbatimError {
  return new VerbatimError(
    "config_invalid",
    `${folder} is too long a path for sockets, and ${link}, the short name for it, is not ours to make; remove that, or use a shorter --home`,
    { cause },
  );
}
