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

/** Takes a stretch into the hot store, and its events into their sessions first. */
export async function takeHot(
  stretch: readonly Settled[],
  hot: Pick<HotStore, "apply">,
  sessions: Pick<HotSessionsPort, "settle">,
): Promise<void> {
  const events = happenedIn(stretch);
  if (events.length > 0) await sessions.settle(events);
  await hot.apply(stretch);
}
