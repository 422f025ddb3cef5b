/** Waiting for a server that was just started. */
import type { Guarded } from "./guard.ts";

/** Asked this often: a start is tens of milliseconds. */
const ASK_EVERY_MS = 15;

/** Resolves when `answers` says yes; throws `problem` when the server ends or `ms` pass. Stops it then. */
export async function readyWithin(
  ms: number,
  server: Guarded,
  answers: () => Promise<boolean>,
  problem: () => Error,
): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const end = Date.now() + ms;
  while (!ended && Date.now() < end) {
    if (await answers().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  await server.stop();
  throw problem();
}
