/**
 * Where a unix socket can be reached whose path is too long for one.
 *
 * The system takes about a hundred bytes. A longer path is reached through a
 * link in the system's temp folder, named by a digest of the socket's folder,
 * so that both ends work out the same name; the link is made by the listener.
 * Only a link that belongs to us and points to that folder is used.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** Linux takes 107 bytes, macOS 103. */
const PATH_BYTES_MAX = 100;

/** The path to connect to; the listener passes `make` and the link is made. */
export function addressOf(path: string, make = false): string {
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  const folder = dirname(path);
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const link = join(tmpdir(), `verbatim-${process.getuid?.() ?? 0}-${digest}`);
  if (make) makeLink(link, folder);
  return join(link, basename(path));
}

function makeLink(link: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (pointsTo(link, folder)) return;
  try {
    unlinkSync(link);
  } catch {
    // Nothing was there; what cannot be removed makes the next line fail, with its reason.
  }
  symlinkSync(folder, link);
}

function pointsTo(link: string, folder: string): boolean {
  try {
    return lstatSync(link).uid === process.getuid?.() && readlinkSync(link) === folder;
  } catch {
    return false;
  }
}
