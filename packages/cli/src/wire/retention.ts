/** `verbatim retention` and `verbatim compact`: what is old is made small, dropped, removed, forgotten or copied, with nothing running or beside it. */
import { join } from "node:path";
import { FILES, VerbatimError } from "@verbatim/core";
import { recordedFiles } from "@verbatim/core/forget";
import {
  askToForget,
  type Home,
  type Retained,
  type RetentionPolicy,
  retain,
  STANDARD_RETENTION,
} from "@verbatim/core/keeping";
import { openCheckpointsHolding } from "@verbatim/drivers/checkpoints";
import { openCopies } from "@verbatim/drivers/copies";
import { openHome, openReceiptShelf } from "@verbatim/drivers/files";
import { openIntake } from "@verbatim/drivers/intake";
import { compressSealed, dropSealed, openJournalReader } from "@verbatim/drivers/journal";
import { heldOf, openWitness } from "@verbatim/drivers/store";
import { retainedText } from "../render/retention.ts";
import type { Global, Surface } from "../surface.ts";
import { SEALS } from "./copies.ts";
import { sha256 } from "./look.ts";
import { urlsOf } from "./urls.ts";

type Dropping = {
  readonly options: Global;
  readonly surface: Surface;
  readonly program: string;
};
type RetentionOptions = Global & { readonly dryRun?: boolean };

/** What a process ends with that was interrupted. */
const INTERRUPTED = 130;

/** Every sealed segment, and nothing else. */
const SEGMENTS_NOW: RetentionPolicy = {
  ...STANDARD_RETENTION,
  compress_segments_after_days: 0,
  compress_checkpoints_after_days: null,
};

export async function retention(options: RetentionOptions, surface: Surface): Promise<void> {
  const done = await retained(options, surface, "retention");
  told(done, "it is time for nothing: what is there is younger than retention.json says", {
    options,
    surface,
  });
}

export async function compact(options: RetentionOptions, surface: Surface): Promise<void> {
  const done = await retained(options, surface, "compact", SEGMENTS_NOW);
  told(
    done,
    "nothing to compress: no sealed segment is plain; to seal the current one: verbatim rotate",
    {
      options,
      surface,
    },
  );
}

async function retained(
  options: RetentionOptions,
  surface: Surface,
  program: string,
  policy?: RetentionPolicy,
): Promise<Retained | null> {
  const dir = join(options.home, FILES.journal);
  const journal = openJournalReader(dir);
  const home = openHome(
    options.home,
    {
      segments: () => journal.segments(),
      compress: (step, along) => compressSealed({ dir, program }, step.file, along),
      copies: (to) => openCopies(options.home, to, surface.env, SEALS),
      recorded: (signal) => recordedFiles(journal, sha256, signal),
      forget: (files, before) => forgotten(options.home, files, before),
      drop: (step, along) => dropped(step.file, along, { options, surface, program }),
    },
    program,
  );
  const bar = surface.screen.bar(program === "compact" ? "compressing" : "keeping");
  const { signal } = surface;
  try {
    return await retain(home, {
      dryRun: options.dryRun === true,
      ...(policy === undefined ? {} : { policy }),
      onProgress: (progress) => bar.update(progress),
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    surface.screen.line("stopped; what was done is done, the rest is as it was");
    process.exitCode = INTERRUPTED;
    return null;
  } finally {
    bar.end();
    await journal.close();
  }
}

/** Asks the recorder for old files to be forgotten; the workers go on with it. */
async function forgotten(
  home: string,
  files: Parameters<Home["forget"]>[0],
  before: string,
): Promise<string> {
  const intake = openIntake(join(home, FILES.intakeSocket));
  try {
    return await askToForget(files, before, {
      intake,
      receipts: openReceiptShelf(join(home, FILES.receipts)),
      sha256,
      newId: () => crypto.randomUUID(),
      now: () => new Date().toISOString(),
    });
  } finally {
    await intake.close();
  }
}

/** Drops a segment; only with Postgres at hand, which is read back. */
async function dropped(
  file: string,
  along: Parameters<Home["drop"]>[1],
  { options, surface, program }: Dropping,
): Promise<number | null> {
  const urls = urlsOf(options, surface);
  if (urls === null)
    throw new VerbatimError(
      "postgres_unreachable",
      "it stays: nothing is dropped that was not read back from Postgres; start it: verbatim up",
    );
  await using witness = openWitness(urls.database);
  const dir = join(options.home, FILES.journal);
  const proof = {
    held: async (from: number, limit: number) => heldOf(await witness.traces(from, limit)),
    checkpoints: openCheckpointsHolding(join(options.home, FILES.checkpoints), sha256),
  };
  const now = (): string => new Date().toISOString();
  return await dropSealed({ dir, program }, file, { proof, now, ...along });
}

function told(
  done: Retained | null,
  nothing: string,
  { options, surface }: { readonly options: RetentionOptions; readonly surface: Surface },
): void {
  if (done === null) return;
  surface.out(
    options.json === true
      ? `${JSON.stringify(done, null, 2)}\n`
      : retainedText(done, nothing, surface),
  );
  if (done.failed > 0)
    throw new VerbatimError(
      "output_failed",
      `${done.failed} of ${done.steps.length} could not be done and stayed as they were; the lines above say why`,
    );
}
