/** Import jobs: existing files are recorded, and whoever asked can see how far it is. */
import {
  type Hearer,
  type Imported,
  type ImportJob,
  type ImportProgress,
  importPaths,
  VerbatimError,
} from "@verbatim/core";

/** Progress told more often than this is not seen by anybody. */
const TELL_EVERY_MS = 200;

type Work = {
  readonly data: ImportJob;
  progress(value: object): Promise<void>;
};

/** Does an import job; its counts and what it could not read are the job's result. */
export async function doImport(
  hearer: Hearer,
  work: Work,
  clock: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<Imported> {
  const relative = work.data.paths.find((path) => !path.startsWith("/"));
  if (relative !== undefined) {
    throw new VerbatimError("input_invalid", `"${relative}" is not an absolute path.`);
  }
  let told = 0;
  const onProgress = (progress: ImportProgress): void => {
    const last = progress.files === progress.files_total;
    if (!last && clock.now() - told < TELL_EVERY_MS) return;
    told = clock.now();
    // Progress that cannot be told, because Redis is away, is nobody's loss.
    work.progress(progress).catch(() => undefined);
  };
  return await importPaths(hearer, { ...work.data, onProgress }, clock.signal);
}
