/** `verbatim report`: made as a job and kept, or computed on the spot. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ReportAccepted, ReportState } from "@verbatim/api/contract";
import { FILES, type JobRow, type Report, reportMarkdown, VerbatimError } from "@verbatim/core";
import { writeWhole } from "@verbatim/drivers/process";
import { type Client, clientOf } from "../client.ts";
import { reportSummary } from "../render/analytics.ts";
import type { Bar } from "../render/screen.ts";
import { whyOf } from "../render/text.ts";
import type { Surface } from "../surface.ts";
import { askedOf, type Filters } from "./asked.ts";

/** How often a report that is being made is asked how far it is. */
const ASK_MS = 200;

type ReportOptions = Filters & {
  readonly format?: "md" | "json";
  readonly out?: string;
  readonly save: boolean;
};
type Made = { readonly report: Report; readonly id: string | null };

export async function report(options: ReportOptions, surface: Surface): Promise<void> {
  if (options.format === "md" && options.json === true)
    throw new VerbatimError("usage", "either --format md or --json, not both");
  if (options.out !== undefined) checkFolder(resolve(options.out));
  const client = clientOf(options, surface);
  const asked = await askedOf(options, client);
  const made = options.save
    ? await kept(asked, client, surface)
    : { report: await client.get<Report>("/v1/analytics/report", asked), id: null };
  if (options.out !== undefined) await writeTo(resolve(options.out), made.report, surface);
  if (options.json === true || options.format === "json")
    return surface.out(`${JSON.stringify(made.report, null, 2)}\n`);
  if (options.format === "md") return surface.out(reportMarkdown(made.report));
  surface.out(reportSummary(made.report, whereIs(made.id, options, client), surface));
}

/** Looked at first: a report that nobody can write down is not worth its time. */
function checkFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory())
    throw new VerbatimError("usage", `--out ${path} is a folder; name a file in it`);
  if (!existsSync(dirname(path)))
    throw new VerbatimError("usage", `--out: there is no folder ${dirname(path)}; make it first`);
}

async function kept(
  asked: Readonly<Record<string, string>>,
  client: Client,
  surface: Surface,
): Promise<Made> {
  const { id } = await client.post<ReportAccepted>("/v1/reports", asked);
  const bar = surface.screen.bar("making the report", "steps");
  try {
    const state = await completed(id, client, bar, surface.signal);
    const file = `/v1/reports/${encodeURIComponent(state.id)}/file`;
    return { id: state.id, report: await client.get<Report>(file, { format: "json" }) };
  } finally {
    bar.end();
  }
}

async function completed(
  id: string,
  client: Client,
  bar: Bar,
  signal: AbortSignal,
): Promise<ReportState> {
  const path = encodeURIComponent(id);
  while (!signal.aborted) {
    const state = await client.get<ReportState>(`/v1/reports/${path}`);
    if (state.state === "completed") return state;
    if (state.state === "failed")
      throw new VerbatimError(
        "input_invalid",
        `the report failed: ${state.failed_why ?? `see verbatim jobs show report ${id}`}`,
      );
    const { progress } = await client.get<JobRow>(`/v1/jobs/report/${path}`);
    if (isStep(progress)) bar.update({ ...progress, note: progress.doing });
    await new Promise((done) => setTimeout(done, ASK_MS));
  }
  throw new VerbatimError(
    "usage",
    `the report goes on as job ${id}; see: verbatim jobs show report ${id}`,
  );
}

type Step = { readonly done: number; readonly total: number; readonly doing: string };

function isStep(value: unknown): value is Step {
  return typeof value === "object" && value !== null && "done" in value && "doing" in value;
}

async function writeTo(path: string, made: Report, surface: Surface): Promise<void> {
  const text = path.endsWith(".json") ? `${JSON.stringify(made, null, 2)}\n` : reportMarkdown(made);
  try {
    await writeWhole(path, text);
  } catch (cause) {
    throw new VerbatimError("source_unreadable", `${path} cannot be written: ${whyOf(cause)}`, {
      cause,
    });
  }
  surface.screen.line(`written to ${path}`);
}

/** Where a kept report lies: a path where this machine has it, else where to ask. */
function whereIs(id: string | null, { home }: ReportOptions, client: Client): readonly string[] {
  if (id === null) return [];
  const paths = ["md", "json"].map((form) => join(home, FILES.reports, `${id}.${form}`));
  return paths.every((path) => existsSync(path))
    ? paths
    : ["md", "json"].map((form) => `${client.url}/v1/reports/${id}/file?format=${form}`);
}
