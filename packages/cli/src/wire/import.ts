/**
 * `verbatim import`: through the running writer as a job, or as the writer when
 * nothing runs. A folder of checkpoints becomes a journal again, only with nothing
 * running.
 */
import { hash } from "node:crypto";
import { join, resolve } from "node:path";
import {
  FILES,
  type ImportProgress,
  importPaths,
  type JobRow,
  openHearer,
  sniffSource,
  VerbatimError,
} from "@verbatim/core";
import { checksum, openDisk, openNote } from "@verbatim/drivers/files";
import { openJournal, writerLockOf } from "@verbatim/drivers/journal";
import { isLocked } from "@verbatim/drivers/process";
import { type Client, clientOf } from "../client.ts";
import type { Bar } from "../render/screen.ts";
import { bytesText, countText, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { checkpointsAt, importCheckpoints } from "./import-checkpoints.ts";

/** How often a running import is asked how far it is. */
const ASK_MS = 200;

type ImportOptions = Global & { readonly source: "auto" | "claude-code" };
type Outcome = ImportProgress & {
  readonly problems?: readonly { readonly path: string; readonly why: string }[];
  readonly withheld?: number;
};

export async function importFiles(
  paths: readonly string[],
  options: ImportOptions,
  surface: Surface,
): Promise<void> {
  const absolute = paths.map((path) => resolve(path));
  const bar = surface.screen.bar("importing");
  let outcome: Outcome;
  try {
    const running =
      options.url !== undefined || isLocked(writerLockOf(join(options.home, FILES.journal)));
    const [first = "", ...others] = absolute;
    const checkpoints = others.length === 0 ? checkpointsAt(first) : null;
    if (checkpoints !== null)
      outcome = await fromCheckpoints(checkpoints, options, { bar, surface, running });
    else
      outcome = running
        ? await asJob(absolute, options, { client: clientOf(options, surface), bar, surface })
        : await asWriter(absolute, options, { bar, surface });
  } finally {
    bar.end();
  }
  told(outcome, options, surface);
}

async function asWriter(
  paths: readonly string[],
  options: ImportOptions,
  to: { readonly bar: Bar; readonly surface: Surface },
): Promise<Outcome> {
  const journal = await openJournal({ dir: join(options.home, FILES.journal), program: "import" });
  try {
    const hearer = await openHearer({
      journal,
      disk: openDisk(),
      note: openNote(join(options.home, "run/cursors.note")),
      checksum,
      sniff: sniffSource,
      now: () => new Date().toISOString(),
    });
    const imported = await importPaths(
      hearer,
      { paths, source: options.source, onProgress: (progress) => to.bar.update(shownOf(progress)) },
      to.surface.signal,
    );
    await hearer.save();
    return imported;
  } finally {
    await journal.close();
  }
}

async function fromCheckpoints(
  dir: string,
  options: ImportOptions,
  to: { readonly bar: Bar; readonly surface: Surface; readonly running: boolean },
): Promise<Outcome> {
  if (to.running)
    throw new VerbatimError(
      "conflict",
      "checkpoints become the journal of a home in which nothing runs; choose a new one: verbatim --home <new folder> import …",
    );
  const journal = await openJournal({ dir: join(options.home, FILES.journal), program: "import" });
  try {
    const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
    return await importCheckpoints(dir, {
      ...{ journal, sha256, bar: to.bar },
      signal: to.surface.signal,
    });
  } finally {
    await journal.close();
  }
}

async function asJob(
  paths: readonly string[],
  options: ImportOptions,
  to: { readonly client: Client; readonly bar: Bar; readonly surface: Surface },
): Promise<Outcome> {
  const { id } = await to.client.post<{ id: string }>("/v1/imports", {
    paths,
    source: options.source,
  });
  while (!to.surface.signal.aborted) {
    const job = await to.client.get<JobRow>(`/v1/jobs/ingest/${id}`);
    if (isProgress(job.progress)) to.bar.update(shownOf(job.progress));
    if (job.state === "completed" && isProgress(job.result)) return job.result;
    if (job.state === "failed")
      throw new VerbatimError(
        "input_invalid",
        `the import failed: ${job.failed_why ?? "see verbatim jobs list"}`,
      );
    await new Promise((done) => setTimeout(done, ASK_MS));
  }
  throw new VerbatimError(
    "usage",
    `the import goes on as job ${id}; see: verbatim jobs show ingest ${id}`,
  );
}

function isProgress(value: unknown): value is Outcome {
  return (
    typeof value === "object" && value !== null && "files_total" in value && "records_new" in value
  );
}

function shownOf(progress: ImportProgress): {
  readonly done: number;
  readonly total: number;
  readonly note: string;
} {
  return {
    done: progress.bytes,
    total: progress.bytes_total,
    note: `${progress.files} of ${manyText(progress.files_total, "file")}, ${progress.records_new} new`,
  };
}

function told(outcome: Outcome, options: ImportOptions, surface: Surface): void {
  if (options.json === true) {
    surface.out(`${JSON.stringify(outcome, null, 2)}\n`);
    return;
  }
  const problems = outcome.problems ?? [];
  if (outcome.files_total === 0 && problems.length === 0) {
    surface.out("there are no transcripts (*.jsonl files) there; nothing was recorded\n");
    return;
  }
  surface.out(
    `${manyText(outcome.files, "file")}, ${bytesText(outcome.bytes)}: ${manyText(outcome.records_new, "record")} new, ${countText(outcome.records_known)} known already\n`,
  );
  if (outcome.withheld !== undefined && outcome.withheld > 0)
    surface.out(
      `  ${manyText(outcome.withheld, "entry is", "entries are")} withheld: the checkpoints hold no bytes of them\n`,
    );
  for (const one of problems)
    surface.out(`  ${surface.colours.yellow("not read")} ${one.path}: ${one.why}\n`);
}
