/**
 * Exports as they are told of: those that are being made, out of their queue, and
 * those that are kept, out of their folder.
 *
 *   X50  An export that was asked for is in the list from then on: while it waits
 *        or runs, and when it failed, by its job; once it is made, by its name.
 */
import { type JobRow, type JobState, type Jobs, VerbatimError } from "@verbatim/core";
import {
  askSchema,
  type ExportAsk,
  exportIdOf,
  isExportId,
  type KeptExport,
} from "@verbatim/core/export";
import { z } from "zod";
import type { ExportListing, ExportState } from "../contract-work.ts";
import { namedPage } from "../http/named-page.ts";
import { known } from "../http/paging.ts";
import type { ApiPorts } from "../ports.ts";

/** A page of exports reads what is known of each of them. */
const LISTED_MAX = 100;

/** Jobs that left no export yet. */
const UNDER_WAY: readonly JobState[] = ["active", "waiting", "delayed", "failed"];

type PageAsk = { readonly limit: number; readonly cursor?: string | undefined };

/** Those under way before those that are kept, each the newest first; the page's cursor is its last one's name. */
export async function listed(
  { exports, jobs }: ApiPorts,
  { limit, cursor }: PageAsk,
): Promise<ExportListing> {
  const { jobs: coming, is_away } = await underWay(jobs);
  // After the jobs: one that ends in between is in both, and never in neither.
  const ids = await exports.ids();
  const rows = await notMade(coming, ids, exports);
  const states = new Map(rows.map((one) => [one.id, stateComing(one, one.asked)]));
  const all = [...states.keys(), ...ids];
  const page = { limit: Math.min(limit, LISTED_MAX), cursor };
  // A job of the page before may be over by now: what is kept comes next.
  const placeOf = (gone: string) => (/^[0-9]+$/.test(gone) ? states.size - 1 : null);
  const { names, ...after } = namedPage(all, page, { what: "export", placeOf });
  const found = await Promise.all(
    names.map(async (id) => {
      const kept = isExportId(id) ? await exports.about(id) : null;
      return kept === null ? states.get(id) : stateKept(kept);
    }),
  );
  const data = found.filter((one) => one !== undefined);
  return { data, ...after, without_jobs: is_away };
}

/** Between the last byte and the end of its job an export is both: then it is what is kept. */
async function notMade(
  coming: readonly Coming[],
  ids: readonly string[],
  exports: ApiPorts["exports"],
): Promise<readonly Coming[]> {
  const isMade = await Promise.all(
    coming.map(async ({ id, created_at }) => {
      const name = exportIdOf(created_at);
      const near = ids.filter((one) => one === name || one.startsWith(`${name}_`));
      const kept = await Promise.all(near.map((one) => exports.about(one)));
      return kept.some((one) => one?.job_id === id);
    }),
  );
  return coming.filter((_, at) => isMade[at] !== true);
}

type Coming = JobRow & { readonly asked: ExportAsk };

/** What is kept is listed also while Redis is away. */
async function underWay(
  jobs: Jobs,
): Promise<{ readonly jobs: readonly Coming[]; readonly is_away: boolean }> {
  try {
    const found = await Promise.all(UNDER_WAY.map((state) => jobs.list("export", state)));
    // Moved on between two looks, a job is in two of them.
    const rows = new Map(found.flat().map((job) => [job.id, job]));
    return {
      jobs: [...rows.values()]
        .toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))
        .flatMap((job) => {
          const asked = askSchema.safeParse(job.data);
          return asked.success ? [{ ...job, asked: asked.data }] : [];
        }),
      is_away: false,
    };
  } catch (error) {
    if (error instanceof VerbatimError && error.code === "redis_unreachable")
      return { jobs: [], is_away: true };
    throw error;
  }
}

type Found = { readonly state: ExportState; readonly kept: KeptExport | null };

/** An export by its own name, or by its job's, for as long as the job is remembered. */
export async function stateOf(ports: ApiPorts, id: string): Promise<Found> {
  const nothing = new VerbatimError(
    "not_found",
    `there is no export ${id}; GET /v1/exports lists them`,
  );
  if (isExportId(id)) {
    const kept = await ports.exports.about(id);
    if (kept === null) throw nothing;
    return { state: stateKept(kept), kept };
  }
  const job = await ports.jobs.show("export", id);
  const ask = askSchema.safeParse(job?.data);
  if (job === null || !ask.success) throw nothing;
  const made = z.object({ id: z.string() }).safeParse(job.result);
  const kept = made.success ? await ports.exports.about(made.data.id) : null;
  return { state: kept === null ? stateComing(job, ask.data) : stateKept(kept), kept };
}

function stateComing(job: JobRow, asked: ExportAsk): ExportState {
  const progress = z.object({ percent: z.number() }).safeParse(job.progress);
  return {
    id: job.id,
    state: job.state,
    percent: progress.success ? progress.data.percent : 0,
    asked_at: job.created_at,
    asked: askedOf(asked),
    file: null,
    sessions: null,
    messages: null,
    records: null,
    redacted: null,
    originals: null,
    failed_why: job.failed_why,
  };
}

function stateKept(kept: KeptExport): ExportState {
  const { id, asked_at, asked, file, bytes, sha256, sessions, records, redacted } = kept;
  const { originals = null } = kept;
  return {
    id,
    state: "completed",
    percent: 100,
    asked_at,
    asked: askedOf(asked),
    file: { name: file, bytes, sha256 },
    sessions,
    // Files are given as they are: nobody counted what was said in them.
    messages: originals === null ? kept.messages : null,
    records,
    redacted,
    originals,
    failed_why: null,
  };
}

function askedOf({ filter, ...asked }: ExportAsk): ExportState["asked"] {
  return { ...asked, filter: known(filter) };
}
