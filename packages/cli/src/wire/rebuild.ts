/** `verbatim rebuild`: a job that makes the stores again from the journal, followed until it is done. */
import type { RebuildAccepted, RebuildAsk, StatusAnswer } from "@verbatim/api/contract";
import { type JobRow, VerbatimError } from "@verbatim/core";
import { type RebuildProgress, rebuildJobOf } from "@verbatim/core/proof";
import { type Client, clientOf } from "../client.ts";
import { countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

const ASK_MS = 200;

export async function rebuild(options: Global & RebuildAsk, surface: Surface): Promise<void> {
  const client = clientOf(options, surface);
  const { hot = false, deep = false, numbers = false } = options;
  const asked = await client.post<RebuildAccepted>("/v1/rebuilds", { hot, deep, numbers });
  const done = await followed(client, asked.id, surface);
  if (done === null) {
    surface.screen.line(
      `it goes on without you: verbatim jobs show rebuild ${asked.id}; to stop it: verbatim jobs cancel rebuild ${asked.id}`,
    );
    return;
  }
  const after = await client.get<StatusAnswer>("/v1/status");
  surface.out(
    options.json === true
      ? `${JSON.stringify(after, null, 2)}\n`
      : `${namesOf(options)} made again from ${countText(done.total)} entries: heard ${countText(after.heard)} = stored ${countText(after.stored)} + aside ${countText(after.aside)} + behind ${countText(after.behind)}\n`,
  );
}

function namesOf(asked: RebuildAsk): string {
  const { hot, deep, numbers } = rebuildJobOf(asked);
  const names = [hot ? "Redis" : "", deep ? "Postgres" : "", numbers ? "the numbers" : ""];
  return names.filter((name) => name !== "").join(" and ");
}

/** Asks until it is done; null when the person left. */
async function followed(
  client: Client,
  id: string,
  surface: Surface,
): Promise<RebuildProgress | null> {
  const bar = surface.screen.bar("rebuilding");
  try {
    while (!surface.signal.aborted) {
      const job = await client.get<JobRow>(`/v1/rebuilds/${id}`);
      if (job.state === "failed")
        throw new VerbatimError(
          "conflict",
          `the rebuild ended: ${job.failed_why ?? "nothing says why"}; what was in use is in use still`,
        );
      const progress = progressIn(job.state === "completed" ? job.result : job.progress);
      if (job.state === "completed") return progress;
      bar.update({ ...progress, note: progress.doing });
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
    return null;
  } finally {
    bar.end();
  }
}

const NOTHING: RebuildProgress = { doing: "Postgres", done: 0, total: 0 };

function progressIn(value: unknown): RebuildProgress {
  const { doing, done, total }: Partial<RebuildProgress> = Object(value);
  if (doing === undefined || done === undefined || total === undefined) return NOTHING;
  return { doing, done, total };
}
