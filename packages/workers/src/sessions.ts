/**
 * Events of sessions on their way into Redis, with the stretch they came in:
 * before the cursor moves, so that whatever lies up to it has been applied.
 */
import type { HotStore, Settled } from "@verbatim/core";
import { type Happened, happenedIn } from "@verbatim/core/sessions";

/** Sessions in Redis, as the workers fill them. */
export type HotSessionsPort = {
  begin(upTo: number): Promise<void>;
  settle(events: readonly Happened[]): Promise<void>;
};

/** Entries of one step: Redis answers no chat meanwhile, and one waits for 50 ms at most. */
const STEP = 100;

/** Takes a stretch into the hot store step by step, and its events into their sessions first. */
export async function takeHot(
  stretch: readonly Settled[],
  hot: Pick<HotStore, "apply">,
  sessions: Pick<HotSessionsPort, "settle">,
): Promise<void> {
  const events = happenedIn(stretch);
  if (events.length > 0) await sessions.settle(events);
  for (let at = 0; at < stretch.length; at += STEP) await hot.apply(stretch.slice(at, at + STEP));
}
