/** Jobs of an API without servers. */
import { type Jobs, VerbatimError } from "@verbatim/core";

const AT = "2026-01-01T00:00:00.000Z";

/** Jobs of which one failed and one is being worked on. */
export function fakeJobs(there: () => Promise<void>): Jobs {
  const job = {
    queue: "ingest",
    id: "7",
    name: "import",
    state: "failed",
    data: {},
    progress: null,
    attempts: 1,
    created_at: AT,
    finished_at: null,
    failed_why: "no such file",
    result: null,
  } as const;
  const report = {
    ...job,
    queue: "report",
    name: "report",
    state: "active",
    data: { ask: {} },
  } as const;
  const answered = async <Value>(value: Value): Promise<Value> => {
    await there();
    return value;
  };
  return {
    counts: () =>
      answered([{ queue: "ingest", waiting: 0, active: 0, delayed: 0, completed: 1, failed: 1 }]),
    list: (queue) => answered(queue === job.queue ? [job] : []),
    show: (queue, id) =>
      answered([job, report].find((one) => one.queue === queue && one.id === id) ?? null),
    retry: async (_, id) => {
      await there();
      if (id !== job.id) throw new VerbatimError("not_found", "no such job");
    },
    addImport: () => answered(job.id),
    addReport: () => answered(report.id),
  };
}
