/**
 * Queue `session-snapshot`: one job a session that wants a snapshot, and one by
 * the clock that looks for sessions about to go.
 *
 * However often a session is asked for, one job of it runs and one waits. The
 * clock lies in Redis; after Redis was emptied `every` makes it anew.
 */
import { sessionMember } from "@verbatim/core";
import type { SessionName } from "@verbatim/core/sessions";
import { guarded } from "../redis/failures.ts";
import { lazyQueue } from "./settings.ts";

/** The session that wants a snapshot; empty: whichever is about to go. */
export type SnapshotJob = SessionName | Readonly<Record<string, never>>;

export interface SnapshotJobs {
  ask(name: SessionName): Promise<void>;
  /** Sees to it that somebody looks every so often. */
  every(ms: number): Promise<void>;
}

/** Opens the queue. Fails with `redis_unreachable` while Redis is away. */
export function openSnapshotJobs(url: string): SnapshotJobs & AsyncDisposable {
  const queue = lazyQueue<SnapshotJob>(url, "session-snapshot");
  return {
    ask: (name) =>
      guarded(async () => {
        const id = sessionMember(name.user_id, name.session_id);
        const { user_id, session_id } = name;
        await (await queue.get()).add(
          "snapshot",
          { user_id, session_id },
          { deduplication: { id, keepLastIfActive: true } },
        );
      }),
    every: (ms) =>
      guarded(async () => {
        const opened = await queue.get();
        const there = await opened.getJobScheduler("expiring");
        if (there?.every === ms) return;
        await opened.upsertJobScheduler("expiring", { every: ms }, { name: "expiring", data: {} });
      }),
    [Symbol.asyncDispose]: () => queue.close(),
  };
}
