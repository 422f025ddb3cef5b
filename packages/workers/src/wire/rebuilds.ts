/** Queue `rebuild`, put together: the stores made again when somebody asks for it. */
import type { RebuildJob, RebuildProgress } from "@verbatim/core/proof";
import { runWorker } from "@verbatim/drivers/queue";
import { openRebuilding } from "@verbatim/drivers/store";
import type { WorkersConfig } from "../config.ts";
import { type RebuildPorts, rebuild } from "../rebuilding.ts";

const PAUSE_MS = 200;

/** Starts it; ends with what was opened. */
export function startRebuilds(
  { redisUrl, databaseUrl }: WorkersConfig,
  ports: Omit<RebuildPorts, "openRebuilding" | "pause">,
  opened: AsyncDisposableStack,
): void {
  opened.use(
    runWorker<RebuildJob, RebuildProgress>(
      redisUrl,
      "rebuild",
      (work, stop) =>
        rebuild(
          work,
          {
            ...ports,
            openRebuilding: () => openRebuilding(databaseUrl),
            pause: () => Bun.sleep(PAUSE_MS),
          },
          stop,
        ),
      ports.log,
    ),
  );
}
