/** Queues, their board, and what lies on the disk, of an API without servers. */
import { QUEUES } from "@verbatim/core";
import type { ApiPorts } from "../ports.ts";

const AT = "2026-01-01T00:00:00.000Z";

/** Queues of which one did something. */
export function fakeWork(
  there: () => Promise<void>,
): Pick<ApiPorts, "queues" | "board" | "survey" | "segments"> {
  const none = { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 };
  return {
    queues: {
      look: async () => {
        await there();
        return {
          queues: QUEUES.map((queue) => ({
            ...{ queue, ...none, paused: false, done_by_minute: [0, 2] },
            ...{ done_last_hour: 2, failed_last_hour: 1, waiting_since: null, took: null },
            waited: { median_ms: 3, max_ms: 4 },
            oldest_failed: { id: "7", failed_at: AT, failed_why: "no such file" },
          })),
          schedulers: [{ queue: "report", name: "report", every_ms: 60_000, next_at: AT }],
        };
      },
    },
    board: {
      answer: async ({ method, path, body }) => {
        if (path === "/api/nothing") return null;
        await there();
        if (method === "GET" && !path.startsWith("/api"))
          return { status: 200, type: "text/html;charset=utf-8", body: "<title>board</title>" };
        return { status: 200, type: "application/json", body: JSON.stringify({ method, body }) };
      },
    },
    survey: async (onProgress) => {
      onProgress(1, 1);
      return { checkpoints: 1, entries: 10, bytes: 20, to: 10, head: "end", faults: [] };
    },
    segments: async () => [
      {
        ...{ file: "current_session.jsonl", first_seq: 1, last_seq: 30, bytes: 9, stored_bytes: 9 },
        ...{ compressed: false, dropped: false, written_at: AT, sealed: false },
      },
    ],
  };
}
