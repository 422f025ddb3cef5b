/** One thing done to one job: tried again, or taken out of its queue. */
import type { JobRow } from "@verbatim/core";
import { useDoing } from "../asking/doing.ts";
import { send } from "../asking/server.ts";

const WORDS = { retry: "Retry", cancel: "Cancel" } as const;

export function JobAct({
  job,
  act,
  again,
}: {
  readonly job: Pick<JobRow, "queue" | "id">;
  readonly act: keyof typeof WORDS;
  readonly again: () => void;
}) {
  const { isDoing, problem, run } = useDoing();
  const path = `/v1/jobs/${job.queue}/${encodeURIComponent(job.id)}/${act}`;
  return (
    <span className="act">
      <button
        type="button"
        disabled={isDoing}
        aria-label={`${WORDS[act]} ${job.queue} ${job.id}`}
        onClick={() =>
          run(async () => {
            await send("POST", path);
            again();
            return null;
          })
        }
      >
        {WORDS[act]}
      </button>
      {problem === null ? null : (
        <small className="bad" role="alert">
          {problem.message}
        </small>
      )}
    </span>
  );
}
