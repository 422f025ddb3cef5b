/**
 * Recording existing files, once.
 *
 * Importing again, importing a folder inside a watched one, or importing while
 * the same files are followed adds nothing twice: the cursors are the same.
 * Newest files come first, because they are what somebody looks for first.
 */
import { VerbatimError } from "../errors.ts";
import type { ImportJob, ImportProgress } from "../queue/port.ts";
import type { Batch } from "./batch.ts";
import { FILE_SOURCES } from "./cursors.ts";
import type { Hearer } from "./hearer.ts";
import type { Heeded } from "./hearing.ts";
import type { FileSeen, Problem } from "./port.ts";
import { rootedIn } from "./roots.ts";

/** Problems named in the answer; beyond these they are counted. */
const PROBLEMS_NAMED_MAX = 100;
/** A file that is being heard elsewhere is waited for so many times, then left to whoever hears it. */
const BUSY_WAITS_MAX = 5;

/** What an import did, and what it could not do. */
export type Imported = ImportProgress & {
  readonly problems: readonly Problem[];
  readonly problems_total: number;
};

/** Names of sources that a folder may be heard as; "auto" looks into each file. */
export function isFolderSource(source: string): boolean {
  return source === "auto" || FILE_SOURCES.includes(source);
}

/**
 * Records every transcript at or below the paths. Resolves when all of it is
 * safe. Throws `not_found` when a path is not there, `input_invalid` for an
 * unknown source, and what the journal refused with; what was recorded until
 * then stays, and the next import goes on from it.
 */
export async function importPaths(
  hearer: Hearer,
  job: ImportJob & { readonly onProgress?: (progress: ImportProgress) => void },
  signal?: AbortSignal,
): Promise<Imported> {
  if (!isFolderSource(job.source)) {
    throw new VerbatimError(
      "input_invalid",
      `No files can be imported as "${job.source}". Use auto, ${FILE_SOURCES.join(" or ")}.`,
    );
  }
  const tally = openTally(job.onProgress);
  const files = await find(hearer, job.paths, tally);
  const batch = hearer.batch();
  const waits: Promise<void>[] = [];
  const refused: unknown[] = [];
  for (const file of files) {
    if (refused.length > 0) break;
    signal?.throwIfAborted();
    const heeded = await hearPatiently(hearer, { file, source: job.source, batch });
    const safe = heeded.kind === "heard" ? heeded.safe : Promise.resolve();
    waits.push(
      safe.then(
        () => tally.add(file, heeded),
        (why: unknown) => {
          refused.push(why);
        },
      ),
    );
  }
  batch.send();
  await Promise.all(waits);
  if (refused.length > 0) throw refused[0];
  return tally.so_far();
}

async function hearPatiently(
  hearer: Hearer,
  what: { readonly file: FileSeen; readonly source: string; readonly batch: Batch },
): Promise<Heeded> {
  const ask = { source: what.source, rest: true };
  for (let wait = 0; wait < BUSY_WAITS_MAX; wait += 1) {
    const heeded = await hearer.hear(what.file, ask, what.batch);
    if (heeded.kind !== "busy") return heeded;
    // It may be waiting in this very batch, for instance under two roots with the same name below them.
    what.batch.send();
    await heeded.until;
  }
  return { kind: "unreadable", why: "It is being recorded by somebody else at this moment." };
}

/** Every file to be heard, with the path it is named by. */
async function find(
  hearer: Hearer,
  paths: readonly string[],
  tally: Tally,
): Promise<readonly FileSeen[]> {
  const found = new Map<string, FileSeen>();
  for (const path of paths) {
    const walk = await hearer.disk.walk(path);
    if (walk.away) {
      throw new VerbatimError("not_found", `There is nothing at ${path}. Check the path.`);
    }
    const isFile = walk.files[0]?.path === path;
    const rooted = rootedIn(path, hearer.roots(), isFile);
    hearer.addRoot(rooted.root);
    for (const problem of walk.problems) tally.problem(problem);
    for (const file of walk.files) {
      const below = [rooted.below, file.below].filter((part) => part !== "").join("/");
      found.set(file.path, { ...file, below });
    }
  }
  const files = [...found.values()].toSorted(newestFirst);
  tally.expect(files);
  return files;
}

/** The order files are heard in: newest first, then by name. */
export function newestFirst(one: FileSeen, other: FileSeen): number {
  return other.mtimeMs - one.mtimeMs || (one.path < other.path ? -1 : 1);
}

type Tally = {
  expect(files: readonly FileSeen[]): void;
  add(file: FileSeen, heeded: Heeded): void;
  problem(problem: Problem): void;
  so_far(): Imported;
};

function openTally(onProgress: ((progress: ImportProgress) => void) | undefined): Tally {
  const problems: Problem[] = [];
  let problemsTotal = 0;
  let progress: ImportProgress = {
    files: 0,
    files_total: 0,
    bytes: 0,
    bytes_total: 0,
    records_new: 0,
    records_known: 0,
  };
  const problem = (one: Problem): void => {
    problemsTotal += 1;
    if (problems.length < PROBLEMS_NAMED_MAX) problems.push(one);
  };
  return {
    expect: (files) => {
      const bytes = files.reduce((sum, file) => sum + file.size, 0);
      progress = { ...progress, files_total: files.length, bytes_total: bytes };
      onProgress?.(progress);
    },
    add: (file, heeded) => {
      const why = whyNot(heeded);
      if (why !== null) problem({ path: file.path, why });
      const heard = heeded.kind === "heard" ? heeded : { recordsNew: 0, recordsKnown: 0 };
      progress = {
        ...progress,
        files: progress.files + 1,
        bytes: progress.bytes + file.size,
        records_new: progress.records_new + heard.recordsNew,
        records_known: progress.records_known + heard.recordsKnown,
      };
      onProgress?.(progress);
    },
    problem,
    so_far: () => ({ ...progress, problems, problems_total: problemsTotal }),
  };
}

/** Why a file was not heard to its end, or null when it was. */
export function whyNot(heeded: Heeded): string | null {
  if (heeded.kind === "unreadable") return heeded.why;
  if (heeded.kind === "forgotten")
    return "Passed over: something of it was forgotten. To record it all the same, give it another name.";
  if (heeded.kind === "gone")
    return "It was there when the folder was read, and gone when it was opened.";
  if (heeded.kind === "heard" && heeded.behind > 0) {
    return `It changed while it was read; ${heeded.behind} bytes are left for the next time.`;
  }
  return null;
}
