/**
 * Hearing one file: what it holds beyond what was heard before, into the journal.
 *
 *   T7  What was heard is not heard again: a file that did not change adds
 *       nothing to the journal.
 *   T12  A file of which something was forgotten is not heard again, whatever is
 *        added to it. Under another name it is another file.
 *
 * A file that was moved is heard again under its new path: every path in the
 * journal gives its file back by itself. That its messages are repeats is seen
 * by their ids, when they are settled.
 */
import { VerbatimError } from "../errors.ts";
import type { Batch } from "./batch.ts";
import type { Cursors, Generation } from "./cursors.ts";
import { FILE_SOURCES } from "./cursors.ts";
import type { Disk, FileSeen, OpenFile } from "./port.ts";
import type { Place } from "./reach.ts";
import { heardTo, NOTHING, samePlace } from "./reach.ts";
import { readOn } from "./reading.ts";
import type { Ask, RecognisingPorts } from "./recognising.ts";
import { openRecogniser } from "./recognising.ts";

/** What hearing a file came to. */
export type Heeded =
  | {
      readonly kind: "heard";
      readonly source: string;
      readonly recordsNew: number;
      readonly recordsKnown: number;
      /** Bytes of the file that are neither in the journal nor on their way. */
      readonly behind: number;
      /** Resolves when the new records are safe; rejects when the journal refused them. */
      readonly safe: Promise<void>;
    }
  /** The file, or another that has its name, is on its way into the journal; ask again after `until`. */
  | { readonly kind: "busy"; readonly until: Promise<void> }
  /** It holds too little to tell which source it is from. */
  | { readonly kind: "unknown" }
  | { readonly kind: "unreadable"; readonly why: string }
  /** Something of it was forgotten; it is not opened. */
  | { readonly kind: "forgotten" }
  | { readonly kind: "gone" };

export interface Hearing {
  /** One hearing at a time for each batch. */
  hear(file: FileSeen, ask: Ask, batch: Batch): Promise<Heeded>;
}

export type HearingPorts = RecognisingPorts & {
  readonly disk: Disk;
  /** UTC, ISO 8601 with milliseconds. */
  readonly now: () => string;
};

/** The hearer of files. It remembers which generation each file is for as long as it lives. */
export function openHearing(ports: HearingPorts): Hearing {
  const { cursors } = ports;
  const recogniser = openRecogniser(ports);
  const busy = new Map<string, Promise<void>>();

  async function hearOpen(open: OpenFile, seen: FileSeen, given: { ask: Ask; batch: Batch }) {
    const file: FileSeen = { ...seen, ...(await open.look()) };
    const known = await recogniser.recognise(open, file, given.ask);
    if (known === null) return { kind: "unknown" } as const;
    const { source, found } = known;
    const generation = found?.generation ?? cursors.next(source, file.below);
    const which = { source, path: file.below, generation };
    const reach = found?.reach ?? NOTHING;
    const { rest } = given.ask;
    const read = await readOn(open, { which, reach, file, rest }, { batch: given.batch, ...ports });
    recogniser.follow(file, { source, generation });
    const safe = Promise.all(read.safe).then(() => putIfWhole(cursors, which, file));
    safe.catch(() => undefined);
    const recordsKnown = recordsOf(found);
    const behind = file.size - read.to;
    return { kind: "heard", source, recordsNew: read.records, recordsKnown, behind, safe } as const;
  }

  /** Opens and hears; until what it heard is safe, nobody else hears a file of that name. */
  async function hearAlone(file: FileSeen, ask: Ask, batch: Batch): Promise<Heeded> {
    const done = Promise.withResolvers<void>();
    busy.set(file.below, done.promise);
    const free = (): void => {
      busy.delete(file.below);
      done.resolve();
    };
    try {
      await using stack = new AsyncDisposableStack();
      const open = stack.adopt(await ports.disk.open(file.path), (one) => one.close());
      const heeded = await hearOpen(open, file, { ask, batch });
      if (heeded.kind === "heard") heeded.safe.then(free, free);
      else free();
      return heeded;
    } catch (error) {
      free();
      return refusalOf(error);
    }
  }

  return {
    hear: async (file, ask, batch) => {
      if (cursors.isForgotten(file.below)) return { kind: "forgotten" };
      const until = busy.get(file.below);
      if (until !== undefined) return { kind: "busy", until };
      return unchanged(cursors, file, ask) ?? (await hearAlone(file, ask, batch));
    },
  };
}

/** The answer for a file to which nothing has happened since it was heard to its end, without opening it. */
function unchanged(cursors: Cursors, file: FileSeen, ask: Ask): Heeded | null {
  for (const source of ask.source === "auto" ? FILE_SOURCES : [ask.source]) {
    const found = cursors
      .generations(source, file.below)
      .find((one) => one.place !== null && samePlace(one.place, file));
    if (found === undefined) continue;
    const recordsKnown = recordsOf(found);
    const safe = Promise.resolve();
    return { kind: "heard", source, recordsNew: 0, recordsKnown, behind: 0, safe };
  }
  return null;
}

function recordsOf(found: Generation | null): number {
  return found === null ? 0 : found.reach.records + (found.reach.torn > 0 ? 1 : 0);
}

/** Remembers where a generation lies, once every byte the file had is safe. */
function putIfWhole(
  cursors: Cursors,
  which: Pick<Generation, "source" | "path" | "generation">,
  file: FileSeen,
): void {
  const now = cursors
    .generations(which.source, which.path)
    .find((one) => one.generation === which.generation);
  if (now === undefined || heardTo(now.reach) !== file.size) return;
  const { path, dev, ino, size, mtimeMs } = file;
  const place: Place = { path, dev, ino, size, mtimeMs };
  cursors.put(which, place);
}

function refusalOf(error: unknown): Heeded {
  if (!(error instanceof VerbatimError)) throw error;
  if (error.code === "not_found") return { kind: "gone" };
  if (error.code === "source_unreadable") return { kind: "unreadable", why: error.message };
  throw error;
}
