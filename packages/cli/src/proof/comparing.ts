/**
 * One pass over the journal, against everything that was made of it: Postgres
 * row by row, and what Redis should show.
 *
 * The pass goes as far as Postgres claims to be, and as far as Redis says it is;
 * what comes meanwhile is not looked at. Memory is one stretch and one window.
 */
import {
  HOT_MESSAGES,
  type Settled,
  type SettledReader,
  type Sha256,
  STRETCH_BYTES_MAX,
  STRETCH_ENTRIES_MAX,
  type Witness,
} from "@verbatim/core";
import { type Held, openWindow, rowFaults, type Window } from "@verbatim/core/proof";
import type { Problem } from "./finding.ts";

export type ComparePorts = {
  readonly settled: SettledReader;
  readonly sha256: Sha256;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** Told how many bytes of the journal were settled and compared, and are done with. */
  readonly passed: (bytes: number) => void;
};

/** What the pass found in Postgres, and the window it comes to. */
export type Compared = {
  readonly problems: readonly Problem[];
  readonly window: Window;
  /** The last entry that was read. */
  readonly last: number;
};

/** Entries up to `deepTo` are compared with the witness, those up to `hotTo` make the window. */
export async function compareAll(
  reach: { readonly deepTo: number; readonly hotTo: number },
  witness: Pick<Witness, "held" | "taxonomy"> | null,
  ports: ComparePorts,
): Promise<Compared> {
  const problems: Problem[] = [];
  const window = openWindow(HOT_MESSAGES);
  const how = { sha256: ports.sha256, taxonomy: (await witness?.taxonomy()) ?? "" };
  const end = Math.max(reach.deepTo, reach.hotTo);
  let seen = 0;
  let last = 0;
  while (seen < end && !ports.signal.aborted) {
    const limits = { entries: STRETCH_ENTRIES_MAX, bytes: STRETCH_BYTES_MAX };
    const stretch = await ports.settled.read({ from: seen + 1, to: end, ...limits });
    last = stretch.at(-1)?.entry.seq ?? last;
    // Where the journal ends before Postgres does, what Postgres has is looked at all the same.
    const to = stretch.at(-1)?.entry.seq ?? Math.min(end, seen + STRETCH_ENTRIES_MAX);
    window.take(stretch.filter(({ entry }) => entry.seq <= reach.hotTo));
    const count = Math.min(to, reach.deepTo) - seen;
    if (witness !== null && count > 0) {
      const held = await witness.held(seen + 1, count);
      const within = stretch.filter(({ entry }) => entry.seq <= reach.deepTo);
      problems.push(...stretchProblems(within, held, how));
    }
    seen = to;
    ports.passed(stretch.reduce((sum, { entry }) => sum + entry.raw.length, 0));
    ports.onProgress(seen);
  }
  return { problems, window, last };
}

function stretchProblems(
  stretch: readonly Settled[],
  held: readonly Held[],
  how: { readonly sha256: Sha256; readonly taxonomy: string },
): readonly Problem[] {
  const bySeq = new Map(held.map((one) => [one.seq, one]));
  const problems: Problem[] = stretch.flatMap((settled) => {
    const { seq } = settled.entry;
    const one = bySeq.get(seq) ?? nothingOf(seq);
    bySeq.delete(seq);
    return rowFaults(settled, one, how);
  });
  const left = [...bySeq.values()].filter(({ aside }) => !isOfLost(aside));
  return [...problems, ...left.map(({ seq }) => ({ table: "messages", seq, what: UNKNOWN(seq) }))];
}

const UNKNOWN = (seq: number): string => `row ${seq} is of an entry that the journal does not have`;

/** Entries that were lost are aside by that reason. */
function isOfLost(aside: Held["aside"]): boolean {
  return aside?.key.startsWith("lost/") === true;
}

function nothingOf(seq: number): Held {
  return {
    ...{ seq, outcome: null, sha256: null, messages: [], repeats: [] },
    ...{ aside: null, event: null },
  };
}
