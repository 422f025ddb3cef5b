/**
 * Recognising a file: which source it is from, and which generation of its path.
 *
 *   T6  A file that no longer begins with what was heard of it (cut, replaced,
 *       rewritten) is a new generation, heard from its beginning. A file that
 *       only grew, or is a copy of what was heard, goes on where that ended.
 *
 * It is the bytes that decide: a name, an inode or a time only tell how many of
 * them must be read.
 */
import { VerbatimError } from "../errors.ts";
import { stillBegins } from "./compare.ts";
import type { Cursors, Generation } from "./cursors.ts";
import { FILE_SOURCES } from "./cursors.ts";
import type { Checksum, FileSeen, Look, OpenFile } from "./port.ts";
import { doubtOf, heardTo } from "./reach.ts";

/** How many generations of a path are compared with a file before it is a new one: rewriting is rare. */
const GENERATIONS_COMPARED_MAX = 8;
/** What a source is told from: the first lines of any transcript seen are shorter. */
const SNIFF_BYTES: number = 64 * 1024;
/** Names of files that are transcripts whatever is in them: damaged ones are kept too. */
const LINES_ENDING = ".jsonl";

/** `source` "auto" looks into the file. `rest`: nothing more is expected, so an unfinished line counts. */
export type Ask = { readonly source: string; readonly rest: boolean };

/** `found`: what the file goes on from; null when all of it is new. */
type Known = { readonly source: string; readonly found: Generation | null };

export type RecognisingPorts = {
  readonly cursors: Cursors;
  readonly checksum: Checksum;
  /** Which source a file's first bytes are from; null when they do not tell yet. */
  readonly sniff: (head: Uint8Array) => string | null;
};

export interface Recogniser {
  /** Null when the file holds too little to tell which source it is from. */
  recognise(open: OpenFile, file: FileSeen, ask: Ask): Promise<Known | null>;
  /** From now on this file is that generation, until it is replaced. */
  follow(file: FileSeen, as: Pick<Generation, "source" | "generation">): void;
}

type Followed = Pick<Look, "dev" | "ino"> & Pick<Generation, "source" | "generation">;

/** A recogniser that has followed nothing yet. */
export function openRecogniser(ports: RecognisingPorts): Recogniser {
  const followed = new Map<string, Followed>();

  async function generationOf(open: OpenFile, file: FileSeen, source: string) {
    const known = ports.cursors.generations(source, file.below).slice(0, GENERATIONS_COMPARED_MAX);
    for (const { reach, doubt, one } of inOrder(known, file, followed.get(file.path))) {
      if (await stillBegins(open, { reach, doubt }, ports.checksum)) return one;
    }
    return null;
  }

  async function sniffed(open: OpenFile, file: FileSeen, rest: boolean) {
    const head = new Uint8Array(Math.min(SNIFF_BYTES, file.size));
    const read = await open.read(head, 0);
    const source = ports.sniff(head.subarray(0, read));
    if (isOther(file, source, head.subarray(0, read))) throw noLines();
    // What is at rest and still tells nothing is kept all the same.
    return source ?? (rest && read > 0 ? "jsonl" : null);
  }

  return {
    recognise: async (open, file, { source: asked, rest }) => {
      // What it was heard as before it stays, whatever its first lines look like by now.
      for (const source of asked === "auto" ? FILE_SOURCES : [asked]) {
        const found = await generationOf(open, file, source);
        if (found !== null) return { source, found };
      }
      const source = asked === "auto" ? await sniffed(open, file, rest) : asked;
      return source === null ? null : { source, found: null };
    },
    follow: ({ path, dev, ino }, as) => {
      followed.set(path, { dev, ino, ...as });
    },
  };
}

/** Whether a file that somebody named is something else: a table, a page, a picture. */
function isOther({ path }: FileSeen, source: string | null, head: Uint8Array): boolean {
  if (path.endsWith(LINES_ENDING) || (source !== null && source !== "jsonl")) return false;
  return head.length > 0 && !/^\uFEFF?\s*[{[]/m.test(new TextDecoder().decode(head));
}

function noLines(): VerbatimError {
  return new VerbatimError(
    "source_unreadable",
    "It holds no lines of JSON, so nothing was recorded. Of what verbatim exports, files of --format jsonl come back.",
  );
}

/** The generations a file may be, the likeliest first. */
function inOrder(known: readonly Generation[], file: FileSeen, before: Followed | undefined) {
  const mine = (one: Generation): boolean =>
    before?.generation === one.generation &&
    before.source === one.source &&
    before.dev === file.dev &&
    before.ino === file.ino;
  const weighed = known.map((one) => {
    const doubt = doubtOf(one.reach, one.place, { file, followed: mine(one) });
    return { one, reach: one.reach, doubt, first: doubt === "none" || mine(one) ? 1 : 0 };
  });
  // Copies share a beginning: of several that fit, the longest is the one to go on from.
  return weighed.toSorted((a, b) => b.first - a.first || heardTo(b.reach) - heardTo(a.reach));
}
