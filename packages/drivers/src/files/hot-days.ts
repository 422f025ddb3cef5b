/**
 * How long sessions stay in Redis, as `retention.json` says it now.
 *
 *   V34  The file is looked at again and again; one with a mistake is said, and
 *        what the last good one said stays.
 */
import { type Log, VerbatimError } from "@verbatim/core";
import { readRetention, STANDARD_RETENTION } from "@verbatim/core/keeping";
import { textAt } from "./text.ts";

/** A change is followed this soon; a look is one small file. */
const LOOK_MS = 5000;

/** Days after which a session leaves Redis that does not say otherwise itself. */
export type HotDays = Disposable & {
  now(): number;
  /** Looks at once. */
  look(): Promise<void>;
};

/** Looks at the file, and again until disposed. */
export async function openHotDays(path: string, log: Pick<Log, "warn">): Promise<HotDays> {
  let days = STANDARD_RETENTION.sessions_hot_days;
  let said = "";
  const look = async (): Promise<void> => {
    try {
      days = readRetention(await textAt(path), path).sessions_hot_days;
      said = "";
    } catch (error) {
      const why = error instanceof VerbatimError ? error.message : String(error);
      if (why !== said) log.warn("retention_not_read", { why, sessions_hot_days: days });
      said = why; // (V34)
    }
  };
  await look();
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return { now: () => days, look, [Symbol.dispose]: () => clearInterval(timer) };
}
