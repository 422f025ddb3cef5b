/**
 * What belongs to a forget of old files: every entry of the files that are named
 * (by sha-256), of which nothing was said since a day.
 *
 *   V31  A file goes whole or not at all, and only while its newest message is
 *        older than the day that was asked for: one that got something new since
 *        it was listed stays, with all its entries.
 *
 * The same look says beforehand which files there are, and at the end which of
 * them go: in memory are names of files, times and places.
 */
import { FILE_SOURCES } from "../follow/cursors.ts";
import { type Entry, fileKeyOf } from "../message/heard.ts";
import type { Message } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import type { Belonging } from "./belonging.ts";
import { openRanges, type Range } from "./ranges.ts";

type Read = { readonly entry: Entry; readonly messages: readonly Message[] };

/** A file of which something is recorded, and when the newest of it was said. */
export type RecordedFile = {
  readonly source: string;
  readonly path: string;
  /** When its newest message was said; where it has none, when its newest record was heard. */
  readonly newest_at: string;
  readonly entries: number;
  readonly bytes: number;
};

type Growing = {
  readonly source: string;
  readonly path: string;
  said: string;
  heard: string;
  bytes: number;
  entries: number;
  readonly sessions: Set<string>;
  readonly seqs: ReturnType<typeof openRanges>;
};

/** Files by what is recorded of them; give it every entry once, in order. */
export type Files = {
  see(read: Read): void;
  all(): readonly RecordedFile[];
};

/** Nothing seen yet. */
export function openFiles(): Files {
  const files = new Map<string, Growing>();
  return {
    see: (read) => void seeIn(files, read),
    all: () => [...files.values()].map(recorded),
  };
}

/** How a file is named where nobody is to be named. */
export function fileDigest(
  { source, path }: Pick<RecordedFile, "source" | "path">,
  sha256: Sha256,
): string {
  return sha256(`${source}\n${path}`);
}

/** What belongs to files that are named, and of which nothing was said since. (V31) */
export function openAged(
  what: { readonly files_sha256: readonly string[]; readonly before: string },
  sha256: Sha256,
): Belonging {
  const named = new Set(what.files_sha256);
  const files = new Map<string, Growing>();
  const elsewhere = new Map<string, Set<string>>();
  const learn = (read: Read): void => {
    const file = seeIn(files, read);
    const name = file === null ? "" : nameOf(file);
    for (const { session_id } of read.messages) noted(elsewhere, session_id, name);
  };
  return {
    learn,
    decide: () => undefined,
    plan: (receipt_id) => {
      const mine = [...files.values()].filter(
        (file) => named.has(fileDigest(file, sha256)) && recorded(file).newest_at < what.before,
      );
      const names = new Set(mine.map(nameOf));
      const sessions = new Set(mine.flatMap((file) => [...file.sessions]));
      const isOnlyHere = (id: string): boolean =>
        [...(elsewhere.get(id) ?? [])].every((name) => names.has(name));
      return {
        receipt_id,
        ranges: joined(mine),
        bytes: mine.reduce((sum, { bytes }) => sum + bytes, 0),
        shared: 0,
        sessions: [...sessions]
          .filter(isOnlyHere)
          .map((session_id) => ({ user_id: null, session_id })),
        conversations: [],
        files: mine.map(({ source, path }) => ({ source, path, whole: true })),
        // Openings and summaries are of chats, and no chat is a file.
        reworded: [],
        neighbours: [],
      };
    },
  };
}

/** The file an entry is of, with the entry; null when it is of none, or was erased. */
function seeIn(files: Map<string, Growing>, { entry, messages }: Read): Growing | null {
  const place = FILE_SOURCES.includes(entry.source) ? fileKeyOf(entry.key) : null;
  if (place === null || entry.erased === true) return null;
  const { source, at } = entry;
  const name = nameOf({ source, path: place.path });
  const file = files.get(name) ?? newFile(source, place.path);
  files.set(name, file);
  for (const { said_at, session_id } of messages) {
    if (said_at > file.said) file.said = said_at;
    file.sessions.add(session_id);
  }
  if (at > file.heard) file.heard = at;
  file.bytes += entry.raw.length;
  file.entries += 1;
  file.seqs.add(entry.seq);
  return file;
}

function newFile(source: string, path: string): Growing {
  return {
    ...{ source, path, said: "", heard: "", bytes: 0, entries: 0 },
    ...{ sessions: new Set(), seqs: openRanges() },
  };
}

function recorded({ source, path, said, heard, entries, bytes }: Growing): RecordedFile {
  return { source, path, newest_at: said === "" ? heard : said, entries, bytes };
}

function noted(elsewhere: Map<string, Set<string>>, session: string, name: string): void {
  const names = elsewhere.get(session) ?? new Set();
  elsewhere.set(session, names.add(name));
}

function joined(files: readonly Growing[]): readonly Range[] {
  const ranges = openRanges();
  for (const [from, to] of files.flatMap(({ seqs }) => seqs.all()).toSorted((a, b) => a[0] - b[0]))
    for (let seq = from; seq <= to; seq += 1) ranges.add(seq);
  return ranges.all();
}

function nameOf({ source, path }: { readonly source: string; readonly path: string }): string {
  return `${source}\n${path}`;
}
