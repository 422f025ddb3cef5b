/**
 * Places in the journal as runs of entries, and reading them: two numbers for
 * however many entries lie next to each other.
 */
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX, STRETCH_ENTRIES_MAX } from "../limits.ts";
import type { Entry } from "../message/heard.ts";
import type { SettledReader, Sha256 } from "../settle/port.ts";

/** Entries of a run that are not of it are read with it rather than one being read apart. */
const GAP_MAX = 64;

/** What an export reads from. */
export type ExportSource = {
  readonly journal: Pick<JournalReader, "read" | "last">;
  readonly settled: SettledReader;
  readonly sha256: Sha256;
  /** Called between stretches: reading never waits by itself. */
  readonly breathe: () => Promise<void>;
};

/** Runs of entries: from, to, from, to, … */
export type Runs = number[];

/** How far to read, who is told, and who may stop it. */
export type Walk = {
  readonly to: number;
  /** Told how far it has looked, and how many entries that were since the last time. */
  readonly passed: (seq: number, entries: number) => void;
  readonly signal: AbortSignal;
};

/** A place more in runs that only grow. */
export function addTo(runs: Runs, seq: number): void {
  const last = runs.length - 1;
  const end = runs[last];
  if (end === seq) return;
  if (end === seq - 1) runs[last] = seq;
  else runs.push(seq, seq);
}

/** Runs of several streams as one, in the order of the journal. */
export function mergedRuns(all: readonly Runs[]): Runs {
  const pairs = all.flatMap((runs) =>
    Array.from({ length: runs.length / 2 }, (_, at) => [runs[2 * at], runs[2 * at + 1]] as const),
  );
  const merged: Runs = [];
  for (const [from = 0, to = 0] of pairs.toSorted(([a = 0], [b = 0]) => a - b)) {
    const last = merged.length - 1;
    const end = merged[last];
    if (end !== undefined && from <= end + 1) merged[last] = Math.max(end, to);
    else merged.push(from, to);
  }
  return merged;
}

/** The entries of runs, in order, as many at once as are read at once. */
export async function* entriesOf(
  source: ExportSource,
  runs: Runs,
  walk: Pick<Walk, "passed" | "signal">,
): AsyncGenerator<readonly Entry[]> {
  for (const near of nearRuns(runs)) {
    const isIn = memberOf(near);
    const span = [near[0] ?? 1, near.at(-1) ?? 0] as const;
    for await (const entries of between(source, span, walk))
      yield entries.filter(({ seq }) => isIn(seq));
  }
}

/** Whether a place is in one of the runs; places come in order. */
function memberOf(runs: Runs): (seq: number) => boolean {
  let run = 0;
  return (seq) => {
    while ((runs[run + 1] ?? seq) < seq) run += 2;
    return (runs[run] ?? Number.POSITIVE_INFINITY) <= seq;
  };
}

/** Runs that lie close together are read at once; what lies between them is passed over. */
function* nearRuns(runs: Runs): Generator<Runs> {
  let near: Runs = [];
  for (let at = 0; at < runs.length; at += 2) {
    const [from = 1, to = 0] = [runs[at], runs[at + 1]];
    if (near.length > 0 && from - (near.at(-1) ?? 0) > GAP_MAX) {
      yield near;
      near = [];
    }
    near.push(from, to);
  }
  if (near.length > 0) yield near;
}

async function* between(
  { journal, breathe }: ExportSource,
  [from, to]: readonly [number, number],
  { passed, signal }: Pick<Walk, "passed" | "signal">,
): AsyncGenerator<readonly Entry[]> {
  for (let seq = from; seq <= to; ) {
    signal.throwIfAborted();
    const stretch = { from: seq, to, entries: STRETCH_ENTRIES_MAX, bytes: STRETCH_BYTES_MAX };
    const entries = await journal.read(stretch);
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    seq = last.seq + 1;
    passed(last.seq, entries.length);
    await breathe();
  }
}
