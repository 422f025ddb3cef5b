/** Queue `recount`, put together: counting everything again, when there is something to count. */
import type { DeepStore, Hint } from "@verbatim/core";
import { openHints, runWorker } from "@verbatim/drivers/queue";
import type { WorkersConfig } from "../config.ts";
import { lookForUncounted, type RecountProgress, recountAll } from "../recounting.ts";

type Ports = Parameters<typeof recountAll>[1];

/** Starts it; ends with what was opened. */
export function startRecounts(
  { redisUrl }: WorkersConfig,
  deep: DeepStore,
  ports: Ports,
  opened: AsyncDisposableStack,
): void {
  opened.use(
    runWorker<Hint, RecountProgress>(
      redisUrl,
      "recount",
      ({ progress }, stop) => recountAll(deep, ports, progress, stop),
      ports.log,
    ),
  );
  opened.use(lookForUncounted(deep, opened.use(openHints(redisUrl, ports.log, ["recount"]))));
}
