/**
 * `verbatim import <folder of checkpoints>`: a journal made again from them, in a
 * home of its own.
 *
 *   X31  Source, key, time and bytes of every entry that the checkpoints hold come
 *        back in the order they had; doing it again, or after being killed in the
 *        middle, goes on where the journal ends and records nothing twice.
 *
 * How far it is, is the journal itself: what is in it must be the beginning of
 * what the checkpoints hold. Anything else there is refused, untouched.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Entry, type Journal, type Sha256, VerbatimError } from "@verbatim/core";
import { isCheckpointId } from "@verbatim/core/checkpoints";
import { openCheckpointEntries } from "@verbatim/drivers/checkpoints";
import type { Bar } from "../render/screen.ts";

/** What came of it, in the words of every import. */
type Brought = {
  readonly files: number;
  readonly files_total: number;
  readonly bytes: number;
  readonly bytes_total: number;
  readonly records_new: number;
  readonly records_known: number;
  /** Entries of which the checkpoints hold no bytes: deleted, or said off the record. */
  readonly withheld: number;
};

const ALL = { from: 1, to: Number.POSITIVE_INFINITY } as const;
const INDEX = "index.json";

/** The folder of checkpoints a path names: it, or the one whose index it is; null when it is none. */
export function checkpointsAt(path: string): string | null {
  const dir = basename(path) === INDEX ? dirname(path) : path;
  if (!existsSync(join(dir, INDEX))) return null;
  return readdirSync(dir).some((name) => isCheckpointId(basename(name, ".parquet"))) ? dir : null;
}

/** Appends what the journal does not hold yet. */
export async function importCheckpoints(
  dir: string,
  { journal, sha256, bar, signal }: Into,
): Promise<Brought> {
  const source = openCheckpointEntries(dir, sha256);
  const all = await source.checkpoints();
  const total = all.reduce((sum, one) => sum + one.raw_bytes, 0);
  const there = journal.durable();
  let known = 0;
  let added = 0;
  let bytes = 0;
  for await (const stretch of source.stretches(ALL)) {
    if (signal.aborted) throw new VerbatimError("cancelled", "stopped; doing it again goes on");
    const held = stretch.slice(0, Math.max(0, there - known));
    await refuseOther(journal, held, known + 1);
    known += held.length;
    const heard = stretch.slice(held.length);
    if (heard.length > 0) await journal.append(heard);
    added += heard.length;
    bytes += stretch.reduce((sum, { raw }) => sum + raw.length, 0);
    bar.update({ done: bytes, total, note: `${added} entries new` });
  }
  if (known < there) throw other(known + 1);
  const withheld = all.reduce((sum, one) => sum + one.withheld, 0);
  const facts = { files: all.length, files_total: all.length, bytes, bytes_total: total };
  return { ...facts, records_new: added, records_known: known, withheld };
}

type Into = {
  readonly journal: Pick<Journal, "append" | "durable" | "read">;
  readonly sha256: Sha256;
  readonly bar: Bar;
  readonly signal: AbortSignal;
};

/** What the journal has from `from` on must be these. */
async function refuseOther(
  journal: Into["journal"],
  entries: readonly Entry[],
  from: number,
): Promise<void> {
  for (let at = 0; at < entries.length; ) {
    const found = await journal.read({
      ...{ from: from + at, to: from + entries.length - 1 },
      ...{ entries: entries.length - at, bytes: Number.MAX_SAFE_INTEGER },
    });
    if (found.length === 0) throw other(from + at);
    for (const one of found) {
      const mine = entries[at];
      if (mine === undefined || !isSame(mine, one)) throw other(from + at);
      at += 1;
    }
  }
}

function isSame(one: Entry, there: Entry): boolean {
  if (one.source !== there.source || one.key !== there.key || one.at !== there.at) return false;
  return Buffer.compare(one.raw, there.raw) === 0;
}

function other(seq: number): VerbatimError {
  return new VerbatimError(
    "conflict",
    `entry ${seq} of this home is not of these checkpoints; import them into a home of their own: verbatim --home <new folder> import …`,
    { facts: { seq } },
  );
}
