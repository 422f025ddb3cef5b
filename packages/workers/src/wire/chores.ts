/** Queues `report` and `webhook`, put together: reports and alerts, by the clock and when asked for, and telling of them. */
import { join } from "node:path";
import { FILES, type Log, type Taxonomy } from "@verbatim/core";
import { openReportShelf, textAt } from "@verbatim/drivers/files";
import { writeWhole } from "@verbatim/drivers/process";
import { openChores, runWorker } from "@verbatim/drivers/queue";
import { openNumbers } from "@verbatim/drivers/store";
import { hmacOf, postOnce } from "@verbatim/drivers/webhook";
import { doChore, keepClock } from "../chores.ts";
import type { WorkersConfig } from "../config.ts";

type Known = {
  readonly taxonomy: () => Promise<Taxonomy>;
  readonly heard: () => Promise<number>;
  readonly log: Log;
};

/** Starts them; ends with what was opened. */
export function startChores(
  { home, redisUrl, databaseUrl, alertsMs }: WorkersConfig,
  { taxonomy, heard, log }: Known,
  opened: AsyncDisposableStack,
): void {
  const domains = async (): Promise<readonly string[]> => Object.keys((await taxonomy()).domains);
  const chores = opened.use(openChores(redisUrl));
  const numbers = opened.use(openNumbers(databaseUrl));
  const state = join(home, FILES.alertsState);
  const now = (): Date => new Date();
  const shelf = openReportShelf(join(home, FILES.reports));
  const pause = (ms: number): Promise<void> => Bun.sleep(ms);
  const shared = { numbers, heard, pause, domains, now, log };
  const ports = {
    report: { ...shared, shelf, putOff: () => chores.reportLater() },
    alerts: {
      rules: () => textAt(join(home, FILES.alerts)),
      note: { load: () => textAt(state), save: (text: string) => writeWhole(state, text) },
      ...{ ...shared, chores, env: process.env },
    },
    delivery: { env: process.env, hmac: hmacOf, post: postOnce, now },
  };
  for (const queue of ["report", "webhook"] as const) {
    opened.use(
      runWorker<unknown, object | null>(
        redisUrl,
        queue,
        (work, stop) => doChore(work, ports, stop),
        log,
      ),
    );
  }
  opened.use(keepClock(chores, alertsMs, log));
}
