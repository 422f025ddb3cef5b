/** `verbatim jobs`: looking at queues, trying failed jobs again. */
import type { JobListing } from "@verbatim/api/contract";
import type { JobRow } from "@verbatim/core";
import { clientOf } from "../client.ts";
import { columns, oneLine } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

export async function listJobs(
  options: Global & { readonly queue?: string; readonly state: string },
  surface: Surface,
): Promise<void> {
  const listing = await clientOf(options, surface).get<JobListing>("/v1/jobs", {
    queue: options.queue,
    state: options.state,
  });
  if (options.json === true) return surface.out(`${JSON.stringify(listing, null, 2)}\n`);
  const counts = listing.counts.map((one) => [
    one.queue,
    String(one.waiting),
    String(one.active),
    String(one.delayed),
    String(one.completed),
    String(one.failed),
  ]);
  surface.out(
    `${columns([["queue", "waiting", "active", "delayed", "completed", "failed"], ...counts], surface.widthOf, [1, 2, 3, 4, 5])}\n\n`,
  );
  if (listing.data.length === 0) return surface.out(`no ${options.state} jobs\n`);
  surface.out(`${columns(listing.data.map(rowOf), surface.widthOf)}\n`);
}

function rowOf(job: JobRow): readonly string[] {
  return [
    job.queue,
    job.id,
    job.state,
    job.created_at,
    oneLine(job.failed_why ?? JSON.stringify(job.result ?? job.progress), 60),
  ];
}

export async function showJob(
  queue: string,
  id: string,
  options: Global,
  surface: Surface,
): Promise<void> {
  const job = await clientOf(options, surface).get<JobRow>(
    `/v1/jobs/${encodeURIComponent(queue)}/${encodeURIComponent(id)}`,
  );
  surface.out(`${JSON.stringify(job, null, 2)}\n`);
}

/** Has a failed job tried again, or one that waits or runs stopped. */
export async function changeJob(
  what: "retry" | "cancel",
  { queue, id }: { readonly queue: string; readonly id: string },
  options: Global,
  surface: Surface,
): Promise<void> {
  const job = await clientOf(options, surface).post<JobRow>(
    `/v1/jobs/${encodeURIComponent(queue)}/${encodeURIComponent(id)}/${what}`,
  );
  const still = what === "cancel" && job.state === "active";
  surface.out(
    options.json === true
      ? `${JSON.stringify(job, null, 2)}\n`
      : `job ${job.id} of ${job.queue} ${still ? "stops within seconds" : `is ${job.state}`}\n`,
  );
}
