/**
 * What is known of the files of one watched folder: which want to be heard, and
 * how far behind they are. Nothing is read here.
 */
import {
  type FileSeen,
  type Hearer,
  type Heeded,
  type Log,
  type SourceStatus,
  uncapturedOf,
  type Walk,
  whyNot,
} from "@verbatim/core";
import type { Watch } from "./config.ts";

/** A file left alone for so long is at rest: writers of transcripts finish a line in milliseconds. */
const REST_MS = 10_000;

type State = {
  readonly seen: FileSeen;
  /** When its size was seen to change, in ms. */
  readonly changedAt: number;
  /** Bytes not in the journal; all of them until it has been heard. */
  readonly behind: number;
  /** Whether there is anything to do for it as it is now; `rest`: only once it is at rest. */
  readonly wants: "now" | "rest" | "nothing";
  readonly problem: string | null;
};

export type FilesPorts = {
  readonly hearer: Pick<Hearer, "cursors">;
  readonly log: Log;
  readonly now: () => number;
  /** How many days the program that writes them keeps files of a folder; null when it deletes none. */
  readonly keptDays: (watch: Watch) => Promise<number | null>;
};

export interface Files {
  /** The whole folder as it is now: what is not in it any more is forgotten. */
  saw(walk: Walk): void;
  wants(file: FileSeen): boolean;
  isAtRest(file: FileSeen): boolean;
  heard(file: FileSeen, heeded: Heeded): void;
  gone(path: string): void;
  /** Resolves when what was heard is safe or refused; false when the journal refused any of it. */
  settled(): Promise<boolean>;
  /** Every file has been heard once. */
  looked(): void;
  status(): Promise<SourceStatus>;
}

/** The folder as a whole. */
type Whole = {
  readonly files: Map<string, State>;
  away: boolean;
  live: boolean;
  /** A part of the folder that cannot be read. */
  unread: string | null;
  /** Why the journal takes nothing. */
  refusal: string | null;
  lastHeardAt: string | null;
};

/** Knowledge of an unseen folder. */
export function openFiles(watch: Watch, ports: FilesPorts): Files {
  const { log, now } = ports;
  const waits = new Set<Promise<boolean>>();
  const whole: Whole = {
    files: new Map(),
    away: true,
    live: false,
    unread: null,
    refusal: null,
    lastHeardAt: null,
  };
  const { files } = whole;

  function stateOf(file: FileSeen): State {
    const before = files.get(file.path);
    if (before !== undefined && isSame(before.seen, file)) return before;
    const changedAt = before === undefined ? Math.min(file.mtimeMs, now()) : now();
    const state: State = { seen: file, changedAt, behind: file.size, wants: "now", problem: null };
    files.set(file.path, state);
    return state;
  }

  function not(file: FileSeen, heeded: Heeded): void {
    const state = stateOf(file);
    const problem = whyNot(heeded);
    if (problem !== null && problem !== state.problem) {
      log.warn("file_not_heard", { path: file.path, why: problem });
    }
    const wants = heeded.kind === "unknown" ? "rest" : "now";
    files.set(file.path, { ...state, wants, problem });
  }

  /** It is there, and nothing of it is wanted. */
  function passOver(file: FileSeen): void {
    const state = stateOf(file);
    if (state.wants !== "nothing") log.info("file_passed_over", { for: "it was forgotten" });
    files.set(file.path, { ...state, behind: 0, wants: "nothing", problem: null });
  }

  return {
    saw: (walk) => {
      const [problem] = walk.problems;
      whole.away = walk.away;
      whole.unread = problem === undefined ? null : `${problem.path}: ${problem.why}`;
      const there = new Set(walk.files.map((file) => file.path));
      for (const path of files.keys()) if (!there.has(path)) files.delete(path);
      for (const file of walk.files) stateOf(file);
    },
    wants: (file) => {
      const state = stateOf(file);
      return state.wants === "now" || (state.wants === "rest" && isAtRest(state, now()));
    },
    isAtRest: (file) => isAtRest(stateOf(file), now()),
    heard: (file, heeded) => {
      if (heeded.kind === "gone") files.delete(file.path);
      else if (heeded.kind === "forgotten") passOver(file);
      else if (heeded.kind !== "heard") not(file, heeded);
      else {
        stateOf(file);
        const done = safe(whole, { file, heeded, ...ports }).finally(() => waits.delete(done));
        waits.add(done);
      }
    },
    gone: (path) => {
      files.delete(path);
    },
    settled: async () => (await Promise.all(waits)).every((took) => took),
    looked: () => {
      if (!whole.live) log.info("folder_caught_up", { root: watch.path, files: files.size });
      whole.live = true;
    },
    status: () => statusOf(watch, whole, ports),
  };
}

type Given = Pick<FilesPorts, "log" | "now"> & {
  readonly file: FileSeen;
  readonly heeded: Extract<Heeded, { kind: "heard" }>;
};

/** What was given to the journal counts as heard only when it is safe; false when it was refused. */
async function safe(whole: Whole, { file, heeded, log, now }: Given): Promise<boolean> {
  try {
    await heeded.safe;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (whole.refusal !== why) log.warn("append_refused", { path: file.path, why });
    whole.refusal = why;
    return false;
  }
  whole.refusal = null;
  if (heeded.recordsNew > 0) whole.lastHeardAt = new Date(now()).toISOString();
  const state = whole.files.get(file.path);
  if (state === undefined || !isSame(state.seen, file)) return true;
  const wants = heeded.behind > 0 ? "rest" : "nothing";
  whole.files.set(file.path, { ...state, behind: heeded.behind, wants, problem: null });
  return true;
}

async function statusOf(
  watch: Watch,
  whole: Whole,
  { now, keptDays }: FilesPorts,
): Promise<SourceStatus> {
  const isWhole = [...whole.files.values()].every(({ behind }) => behind === 0);
  const days = isWhole ? null : await keptDays(watch);
  const all = [...whole.files.values()];
  const problem = problemOf(whole, all);
  return {
    source: watch.source,
    root: watch.path,
    state: stateOfAll(whole, problem),
    files: all.length,
    bytes_behind: all.reduce((sum, one) => sum + one.behind, 0),
    bytes_total: all.reduce((sum, one) => sum + one.seen.size, 0),
    last_heard_at: whole.lastHeardAt,
    uncaptured: uncapturedOf(all, { days, now: now() }),
    problem,
  };
}

function stateOfAll(whole: Whole, problem: string | null): SourceStatus["state"] {
  if (whole.away) return "away";
  if (problem !== null) return "failing";
  return whole.live ? "live" : "catching up";
}

function problemOf(whole: Whole, all: readonly State[]): string | null {
  if (whole.away) return "The folder is not there.";
  const wrong = all.filter((one) => one.problem !== null);
  const [first] = wrong;
  return whole.refusal ?? whole.unread ?? (first ? problemText(first, wrong.length) : null);
}

function problemText(first: State, count: number): string {
  const others = count > 1 ? ` (and ${count - 1} more)` : "";
  return `${first.seen.path}: ${first.problem}${others}`;
}

function isAtRest(state: State, now: number): boolean {
  return now - state.changedAt >= REST_MS;
}

function isSame(one: FileSeen, other: FileSeen): boolean {
  return (
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}
