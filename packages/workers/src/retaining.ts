/**
 * Job `retention`: what retention.json says, done by the clock and when somebody
 * asks. Killed half way, the next one does the rest.
 */
import type { Log } from "@verbatim/core";
import { type Home, type Retained, type RetainProgress, retain } from "@verbatim/core/keeping";

/** Often enough to be watched. */
const TELL_MS = 500;
/** Steps that a job's result holds; the sums are of all. */
const STEPS_MAX = 100;

/** Does it, telling how far it is. */
export async function doRetention(
  home: Home,
  progress: (value: RetainProgress) => Promise<void>,
  { log, clock }: { readonly log: Log; readonly clock: () => number },
  signal: AbortSignal,
): Promise<Retained> {
  let told = Number.NEGATIVE_INFINITY;
  const done = await retain(home, {
    dryRun: false,
    onProgress: (value) => {
      if (clock() - told < TELL_MS && value.done < value.total) return;
      told = clock();
      // What cannot be told now is told with the next, or with the result.
      progress(value).catch(() => undefined);
    },
    signal,
  });
  for (const one of done.steps.filter(({ state }) => state === "failed"))
    log.warn("retention_left", { place: one.place, file: one.file, why: one.why ?? "" });
  const { bytes, saved_bytes, failed } = done;
  if (done.steps.length > 0)
    log.info("retention_done", { files: done.steps.length, bytes, saved_bytes, failed });
  return { ...done, steps: done.steps.slice(0, STEPS_MAX) };
}
