/**
 * Everything that hears files for one journal: cursors that are true, the way
 * into the journal, and the note that makes the next start quick.
 *
 * Opened once by whoever holds the journal's writer: ingest, or a command that
 * runs alone. Opening reads the note and what the journal holds behind it; with
 * no note it reads the whole journal, which gives the same cursors (T5).
 */
import type { Journal } from "../journal/port.ts";
import { RAW_BYTES_MAX, STRETCH_BYTES_MAX, STRETCH_ENTRIES_MAX } from "../limits.ts";
import type { Entry } from "../message/heard.ts";
import type { Batch } from "./batch.ts";
import { openBatch } from "./batch.ts";
import { openCommits } from "./commits.ts";
import type { Cursors } from "./cursors.ts";
import { cursorsFrom } from "./cursors.ts";
import type { Hearing, HearingPorts } from "./hearing.ts";
import { openHearing } from "./hearing.ts";
import { notedFrom, noteOf } from "./noted.ts";
import type { Note } from "./port.ts";

/** What ties a hearer to the world; `Journal` here is the writer. */
export type HearerPorts = Omit<HearingPorts, "cursors"> & {
  readonly journal: Pick<Journal, "id" | "append" | "durable" | "read">;
  readonly note: Note;
  /** Folders that are watched, outermost first: what lies in them is named by them. */
  readonly watched?: readonly string[];
};

export interface Hearer extends Hearing {
  readonly cursors: Cursors;
  readonly disk: HearingPorts["disk"];
  /** A new batch on the way into the journal; each loop that hears files has its own. */
  batch(): Batch;
  /** Folders files are named by: the watched ones, then those ever heard, the first first. */
  roots(): readonly string[];
  addRoot(path: string): void;
  /** Takes an entry that was erased since it was heard: its file is not heard any more. */
  erased(entry: Entry): void;
  /** Writes the note, when anything changed since the last one. Never needed for correctness. */
  save(): Promise<void>;
}

/** Opens the hearer: its cursors are true for everything the journal has acknowledged. */
export async function openHearer(ports: HearerPorts): Promise<Hearer> {
  const { journal, note, checksum } = ports;
  const last = journal.durable();
  const noted = notedFrom(await note.load(), { id: journal.id, last }, checksum);
  const cursors = cursorsFrom(noted?.generations ?? [], {
    checksum,
    pieceBytesMax: RAW_BYTES_MAX,
  });
  const roots = new Set([...(ports.watched ?? []), ...(noted?.roots ?? [])]);
  await replay(journal, { from: (noted?.as_of ?? 0) + 1, to: last }, (entry) =>
    cursors.hear(entry),
  );

  const commits = openCommits(journal, last);
  let saved = "";
  let erased = 0;
  return {
    ...openHearing({ ...ports, cursors }),
    cursors,
    disk: ports.disk,
    batch: () => openBatch(commits),
    roots: () => [...roots],
    addRoot: (path) => {
      roots.add(path);
    },
    erased: (entry) => {
      cursors.hear(entry);
      erased += 1;
    },
    save: async () => {
      // The seq is taken first: cursors may run ahead of it, and hearing an entry again moves nothing.
      const asOf = commits.asOf();
      const now = `${asOf} ${roots.size} ${erased}`;
      if (now === saved) return;
      const what = { journal: journal.id, as_of: asOf, roots: [...roots] };
      await note.save(noteOf({ ...what, generations: [...cursors.all()] }, checksum));
      saved = now;
    },
  };
}

/** Reads a range of the journal in bounded stretches and hands over each entry, in order. */
export async function replay(
  journal: Pick<Journal, "read">,
  range: { readonly from: number; readonly to: number },
  hear: (entry: Awaited<ReturnType<Journal["read"]>>[number]) => void,
): Promise<void> {
  const { to } = range;
  const bounds = { to, entries: STRETCH_ENTRIES_MAX, bytes: STRETCH_BYTES_MAX };
  for (let from = range.from; from <= to; ) {
    const entries = await journal.read({ from, ...bounds });
    const last = entries.at(-1);
    if (last === undefined) return;
    for (const entry of entries) hear(entry);
    from = last.seq + 1;
  }
}
