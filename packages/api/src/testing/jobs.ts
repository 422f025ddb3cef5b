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
  const exporting = {
    ...job,
    queue: "export",
    id: "8",
    name: "export",
    state: "active",
    data: { format: "md", redact: false, all: true, filter: {} },
    progress: { percent: 40 },
    failed_why: null,
  } as const;
  const rebuild = {
    ...job,
    queue: "rebuild",
    name: "rebuild",
    id: "9",
    state: "active",
    data: { hot: true, deep: true, numbers: false },
    progress: { doing: "Postgres", done: 5, total: 30 },
  } as const;
  const answered = async <Value>(value: Value): Promise<Value> => {
    await there();
    return value;
  };
  return {
    counts: () =>
      answered([{ queue: "ingest", waiting: 0, active: 0, delayed: 0, completed: 1, failed: 1 }]),
    list: (queue, state) =>
      answered(
        [job, exporting].filter(
          (one) => one.queue === queue && (queue === "ingest" || one.state === state),
        ),
      ),
    show: (queue, id) =>
      answered(
        [job, report, exporting, rebuild].find((one) => one.queue === queue && one.id === id) ??
          null,
      ),
    retry: async (_, id) => {
      await there();
      if (id !== job.id) throw new VerbatimError("not_found", "no such job");
    },
    cancel: async (_, id) => {
      await there();
      if (id === report.id) return;
      throw new VerbatimError("conflict", "it is over");
    },
    addImport: () => answered(job.id),
    addExport: () => answered(exporting.id),
    addRebuild: () => answered(rebuild.id),
    addArchive: () => answered("3"),
    addReport: () => answered(report.id),
    addCheckpoint: () => answered("8"),
    addRetention: () => answered(job.id),
  };
}
