/**
 * Archived segments that no look at the entries would miss: those of which
 * nothing can be read any more, and those that are gone.
 *
 *   V25  A segment of the archive that holds neither a seal nor an entry that can
 *        be read, and one of which only the index is left, is told of, also when
 *        it was the last.
 *
 * The index of a segment (points.ts) is made when it is sealed and goes with it:
 * where it lies alone, a segment is missing.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ARCHIVE_FOLDER } from "@verbatim/core";
import { loadPoints } from "./points.ts";
import { plainNamesIn, type Segment } from "./segments.ts";

/** A segment without anything to read, and why. */
export type Missing = { readonly file: string; readonly what: string };

/** Those of a journal that has these segments. */
export function missingIn(dir: string, segments: readonly Segment[]): readonly Missing[] {
  const known = new Set(segments.map(({ path }) => basename(path)));
  const archive = join(dir, ARCHIVE_FOLDER);
  const names = new Set(existsSync(archive) ? plainNamesIn(archive) : []);
  const unread = [...names].filter((name) => !known.has(name));
  const gone = indexedIn(dir).filter((name) => !known.has(name) && !names.has(name));
  const told = (name: string, what: string): Missing => ({
    file: `${ARCHIVE_FOLDER}/${name}`,
    what: `${what}${beganAt(dir, name)}; put it back from a backup`,
  });
  return [
    ...unread.map((name) => told(name, "nothing in it can be read, neither a seal nor an entry")),
    ...gone.map((name) => told(name, "it is gone, and only its index is left")),
  ];
}

function indexedIn(dir: string): readonly string[] {
  const index = join(dir, "index");
  if (!existsSync(index)) return [];
  const names = readdirSync(index).filter((name) => name.endsWith(".json"));
  return names.map((name) => name.replace(/[.]json$/, ".jsonl"));
}

function beganAt(dir: string, name: string): string {
  const [first] = loadPoints(dir, name) ?? [];
  return first === undefined ? "" : ` (it began with seq ${first.seq})`;
}
