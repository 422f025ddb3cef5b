/**
 * Keeping to the policy: read it, look what is there, do what it is time for.
 *
 * Every step is whole or not done at all, and doing it twice is doing it once:
 * whoever dies half way leaves the rest to the next run. A step that fails stands
 * in the result with its reason and keeps none of the others from being done.
 */
import { VerbatimError } from "../errors.ts";
import type { RecordedFile } from "../forget/aged.ts";
import { FORGET_FILES_MAX } from "../forget/ask.ts";
import { msOf, utcOfMs } from "../message/time.ts";
import { type AgedFile, agedFiles } from "./aged.ts";
import type { HomeCopies, SealedFile } from "./copies.ts";
import { type KeptFile, planRetention, type RetentionStep } from "./plan.ts";
import { type RetentionPolicy, readRetention } from "./policy.ts";

/** What keeping asks of the home. */
export interface Home {
  /** The text of `retention.json`; null when there is none. */
  policyText(): Promise<string | null>;
  readonly policyPath: string;
  files(): Promise<readonly KeptFile[]>;
  /** Makes a file small; the bytes it then takes, or null when somebody did it before. Leaves it as it is when it throws. */
  compress(step: RetentionStep, along: Along): Promise<number | null>;
  /** Drops what is proved to be held elsewhere; as `compress`, and throws where it is not proved. */
  drop(step: RetentionStep, along: Along): Promise<number | null>;
  remove(step: RetentionStep): Promise<void>;
  /** Every recorded file; asked for only where some source has an age. */
  recorded(signal: AbortSignal): Promise<readonly RecordedFile[]>;
  /** Asks for these to be forgotten; the receipt, or why it cannot be asked for now. */
  forget(files: readonly AgedFile[], before: string): Promise<string>;
  /** The copies at a place; throws `config_invalid` where the environment lacks its keys. */
  copies(to: string): Omit<HomeCopies, "onlyThere">;
  nowMs(): number;
}

/** What may be watched and stopped. */
type Along = {
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
};

export type RetainOptions = {
  /** Looks, and touches nothing. */
  readonly dryRun: boolean;
  /** Instead of the file's: what somebody asks for by hand. */
  readonly policy?: RetentionPolicy;
  readonly onProgress: (progress: RetainProgress) => void;
  readonly signal: AbortSignal;
};

/** How far it is, in bytes. */
export type RetainProgress = {
  readonly done: number;
  readonly total: number;
  readonly note: string;
};

/** A step and what became of it. */
export type RetainedStep = RetentionStep & {
  /** `asked`: it is in the journal that it is to be erased, and goes on by itself. */
  readonly state: "planned" | "done" | "failed" | "asked";
  /** Bytes that it gave back; 0 until it is done. */
  readonly saved_bytes: number;
  readonly why: string | null;
  /** Of what was asked to be forgotten. */
  readonly receipt: string | null;
};

export type Retained = {
  readonly dry_run: boolean;
  readonly policy: RetentionPolicy;
  readonly steps: readonly RetainedStep[];
  readonly bytes: number;
  readonly saved_bytes: number;
  readonly failed: number;
};

const DAY_MS = 86_400_000;

/** Does what it is time for. Throws `config_invalid` before anything else when the policy has a mistake. */
export async function retain(home: Home, options: RetainOptions): Promise<Retained> {
  const policy = options.policy ?? readRetention(await home.policyText(), home.policyPath);
  const plan = planRetention(policy, await home.files(), home.nowMs());
  const total = plan.reduce((sum, one) => sum + one.bytes, 0);
  const steps: RetainedStep[] = [];
  let before = 0;
  for (const step of plan) {
    const onProgress = (done: number): void =>
      options.onProgress({ done: before + done, total, note: step.file });
    const { signal } = options;
    steps.push(
      options.dryRun
        ? planned(step)
        : await settled(step, () => taken(home, step, { onProgress, signal })),
    );
    before += step.bytes;
    onProgress(0);
  }
  steps.push(...(await forgotten(home, policy, options)));
  steps.push(...(await copied(home, policy, options)));
  return {
    dry_run: options.dryRun,
    policy,
    steps,
    bytes: steps.reduce((sum, one) => sum + one.bytes, 0),
    saved_bytes: steps.reduce((sum, one) => sum + one.saved_bytes, 0),
    failed: steps.filter((one) => one.state === "failed").length,
  };
}

function planned(step: RetentionStep): RetainedStep {
  return { ...step, state: "planned", saved_bytes: 0, why: null, receipt: null };
}

/** What is older than its source may be kept: looked for now, and asked to be forgotten. */
async function forgotten(
  home: Home,
  { sources }: RetentionPolicy,
  { dryRun, signal }: RetainOptions,
): Promise<readonly RetainedStep[]> {
  if (Object.keys(sources).length === 0) return [];
  const nowMs = home.nowMs();
  const aged = agedFiles(await home.recorded(signal), sources, nowMs);
  if (dryRun) return aged.map((file) => planned(stepOf(file)));
  const steps: RetainedStep[] = [];
  for (const days of new Set(aged.map(({ after_days }) => after_days))) {
    const before = utcOfMs(nowMs - days * DAY_MS);
    const of = aged.filter(({ after_days }) => after_days === days);
    for (let at = 0; at < of.length; at += FORGET_FILES_MAX) {
      signal.throwIfAborted();
      steps.push(...(await askedFor(home, of.slice(at, at + FORGET_FILES_MAX), before)));
    }
  }
  return steps;
}

/** What has no copy yet is copied, after everything has the form it stays in. (C51) */
async function copied(
  home: Home,
  { copy_to }: RetentionPolicy,
  { dryRun, signal, onProgress }: RetainOptions,
): Promise<readonly RetainedStep[]> {
  if (copy_to === null) return [];
  const copies = home.copies(copy_to);
  const waiting = await copies.waiting();
  const total = waiting.reduce((sum, one) => sum + one.bytes, 0);
  const steps: RetainedStep[] = [];
  let done = 0;
  for (const file of waiting) {
    signal.throwIfAborted();
    const step = copyStep(file, home.nowMs());
    const take = async (): Promise<number> => copies.copy(file).then(() => 0);
    steps.push(dryRun ? planned(step) : await settled(step, take));
    done += file.bytes;
    onProgress({ done, total, note: file.name });
  }
  if (!dryRun && steps.every(({ state }) => state === "done")) await copies.tidy();
  return steps;
}

function copyStep({ name, bytes, changed_at }: SealedFile, nowMs: number): RetentionStep {
  const place = name.startsWith("checkpoints/") ? "checkpoints" : "journal";
  const age = Math.floor(Math.max(0, (nowMs - msOf(changed_at)) / DAY_MS));
  return { do: "copy", place, file: name, bytes, age_days: age };
}

/** One forget of some files; a no is each of theirs. */
async function askedFor(
  home: Home,
  files: readonly AgedFile[],
  before: string,
): Promise<readonly RetainedStep[]> {
  try {
    const receipt = await home.forget(files, before);
    return files.map((file) => ({ ...planned(stepOf(file)), state: "asked", receipt }));
  } catch (error) {
    if (!(error instanceof VerbatimError)) throw error;
    return files.map((file) => ({ ...planned(stepOf(file)), state: "failed", why: error.message }));
  }
}

function stepOf({ source, path, bytes, age_days }: AgedFile): RetentionStep {
  return { do: "forget", place: "journal", file: `${source}/${path}`, bytes, age_days };
}

/** Bytes given back by a step that was taken. */
async function taken(home: Home, step: RetentionStep, along: Along): Promise<number> {
  along.signal.throwIfAborted();
  if (step.do === "compress" || step.do === "drop")
    return step.bytes - ((await home[step.do](step, along)) ?? step.bytes);
  await home.remove(step);
  return step.bytes;
}

/** A step that fails is no end; being stopped is. */
async function settled(step: RetentionStep, take: () => Promise<number>): Promise<RetainedStep> {
  try {
    return { ...step, state: "done", saved_bytes: await take(), why: null, receipt: null };
  } catch (error) {
    if (!(error instanceof VerbatimError)) throw error;
    return { ...step, state: "failed", saved_bytes: 0, why: error.message, receipt: null };
  }
}
