/** `verbatim checkpoint`: made here out of the journal, whether or not anything runs; with --url by whoever runs there. */
import { hash } from "node:crypto";
import { join } from "node:path";
import type { CheckpointAccepted } from "@verbatim/api/contract";
import { FILES, type JobRow, type Sha256, VerbatimError } from "@verbatim/core";
import {
  type CheckpointProgress,
  type CheckpointsMade,
  type CheckpointWish,
  makeCheckpoints,
} from "@verbatim/core/checkpoints";
import { openCheckpointShelf } from "@verbatim/drivers/checkpoints";
import { openIntake } from "@verbatim/drivers/intake";
import { journalIdOf, openJournal } from "@verbatim/drivers/journal";
import { openParquet } from "@verbatim/drivers/parquet";
import { type Client, clientOf } from "../client.ts";
import { madeText } from "../render/checkpoints.ts";
import type { Bar } from "../render/screen.ts";
import type { Global, Surface } from "../surface.ts";
import { openReading } from "./fitting.ts";

/** What a process ends with that was interrupted. */
const INTERRUPTED = 130;
/** Workers that are making one are waited for: longer than one of an ordinary day takes. */
const WAIT_MS = 120_000;
/** How often a checkpoint that is made elsewhere is asked how far it is. */
const ASK_MS = 200;

const sha256: Sha256 = (data) => hash("sha256", data, "hex");

type Options = Global & { readonly label: string };

export async function checkpoint(options: Options, surface: Surface): Promise<void> {
  const bar = surface.screen.bar("checkpoint");
  try {
    const passed = ({ done, total }: CheckpointProgress): void =>
      bar.update({ done, total, unit: "entries" });
    if (options.url !== undefined)
      return await asJob(options, clientOf(options, surface), bar, surface);
    const wish = { label: options.label, by_clock: false };
    const how = { passed, waitMs: WAIT_MS, signal: surface.signal };
    const { made, to } = await checkpointHere(options.home, wish, how);
    bar.end();
    if (surface.signal.aborted) {
      process.exitCode = INTERRUPTED;
      surface.screen.line(
        "stopped; nothing half made was left, and the next one goes on from here",
      );
    }
    const dir = join(options.home, FILES.checkpoints);
    surface.out(
      options.json === true
        ? `${JSON.stringify({ made, to }, null, 2)}\n`
        : madeText(made, to, dir),
    );
  } finally {
    bar.end();
  }
}

type How = {
  readonly passed: (progress: CheckpointProgress) => void;
  /** Somebody else who makes one is waited for so long. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
};

/** Makes checkpoints of a home's own journal. Throws `not_found` where nothing was ever recorded. */
export async function checkpointHere(
  home: string,
  wish: CheckpointWish,
  { passed, waitMs, signal }: How,
): Promise<CheckpointsMade> {
  const { journalId, safeTo } = await safeEnd(home);
  const { journal, settled } = await openReading(home);
  try {
    const dir = join(home, FILES.checkpoints);
    await using shelf = await openCheckpointShelf({
      dir,
      ...{ journalId, program: "checkpoint", waitMs, signal, openTable: openParquet, sha256 },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
    const now = (): string => new Date().toISOString();
    const told = async (progress: CheckpointProgress): Promise<void> => {
      passed(progress);
      // Reading never waits, so this is when a signal is heard.
      await new Promise((resolve) => setImmediate(resolve));
    };
    const ports = { journal, settled, safeTo, shelf, dir, sha256, now, passed: told };
    return await makeCheckpoints(wish, ports, signal);
  } finally {
    await journal.close();
  }
}

/** Up to where the journal will not change any more: its writer says so, or we are the writer for a moment. */
async function safeEnd(
  home: string,
): Promise<{ readonly journalId: string; readonly safeTo: number }> {
  const dir = join(home, FILES.journal);
  if (journalIdOf(dir) === null)
    throw new VerbatimError(
      "not_found",
      `there is no journal in ${home} yet; record something: verbatim up, or verbatim import PATH`,
    );
  const intake = openIntake(join(home, FILES.intakeSocket));
  try {
    const { journal_id, heard } = await intake.status();
    return { journalId: journal_id, safeTo: heard };
  } catch (error) {
    if (!(error instanceof VerbatimError) || error.code !== "ingest_unreachable") throw error;
  } finally {
    await intake.close();
  }
  const journal = await openJournal({ dir, program: "checkpoint" });
  try {
    return { journalId: journal.id, safeTo: journal.durable() };
  } finally {
    await journal.close();
  }
}

async function asJob(
  { label, json }: Options,
  client: Client,
  bar: Bar,
  surface: Surface,
): Promise<void> {
  const { id } = await client.post<CheckpointAccepted>("/v1/checkpoints", { label });
  while (!surface.signal.aborted) {
    const job = await client.get<JobRow>(`/v1/jobs/checkpoint/${encodeURIComponent(id)}`);
    if (isProgress(job.progress)) bar.update({ ...job.progress, unit: "entries" });
    if (job.state === "completed") {
      bar.end();
      return surface.out(`${json === true ? JSON.stringify(job.result) : idsIn(job.result)}\n`);
    }
    if (job.state === "failed")
      throw new VerbatimError("output_failed", `no checkpoint was made: ${job.failed_why ?? "?"}`);
    await new Promise((done) => setTimeout(done, ASK_MS));
  }
  throw new VerbatimError(
    "usage",
    `the checkpoint goes on as job ${id}; see: verbatim jobs show checkpoint ${id}`,
  );
}

function isProgress(value: unknown): value is CheckpointProgress {
  return typeof value === "object" && value !== null && "done" in value && "total" in value;
}

function idsIn(result: unknown): string {
  const ids: unknown =
    typeof result === "object" && result !== null && "ids" in result ? result.ids : [];
  if (!Array.isArray(ids) || ids.length === 0) return "nothing new since the last checkpoint";
  return `made ${ids.join(", ")}`;
}
