/**
 * The jobs of queues `report` and `webhook`: which of them does what, and the
 * clock that they come by. Those of a queue take turns, so that no two reports
 * are made at once.
 */
import type { AlertEvent, Chores, Log, ReportJob } from "@verbatim/core";
import { type AlertPorts, checkAlerts } from "./alerting.ts";
import { type DeliveryPorts, deliver } from "./delivering.ts";
import { makeReport, type ReportPorts, type ReportWork } from "./reporting.ts";

const REPORT_MS: number = 6 * 3_600_000;
const CHECKPOINT_MS: number = 5 * 60_000;
const RETENTION_MS: number = 24 * 3_600_000;
/** After Redis was emptied the clock stands still no longer than this. */
const LOOK_MS = 60_000;

/** Data of a job by its name. */
type Work = Omit<ReportWork, "data"> & { readonly name: string; readonly data: unknown };

export type ChorePorts = {
  readonly report: ReportPorts;
  readonly alerts: AlertPorts;
  readonly delivery: DeliveryPorts;
};

/** Does one job. */
export async function doChore(
  work: Work,
  ports: ChorePorts,
  signal: AbortSignal,
): Promise<object | null> {
  if (isReport(work)) return await makeReport(work, ports.report);
  if (isAlert(work)) return await deliver(work.data, ports.delivery, signal);
  if (work.name === "alerts") await look(ports.alerts);
  return null;
}

/** One look of many: what kept it from looking is gone at the next one, or is logged again. */
async function look(ports: AlertPorts): Promise<void> {
  try {
    await checkAlerts(ports);
  } catch (error) {
    ports.log.warn("alerts_not_checked", { why: whyOf(error) });
  }
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is added under these names is made by our own program (Chores, Jobs). */
function isReport(work: Work): work is Work & { readonly data: ReportJob } {
  return work.name === "report";
}

function isAlert(work: Work): work is Work & { readonly data: AlertEvent } {
  return work.name === "webhook";
}

/** Sees to it that reports, looks at the alerts, checkpoints and retention come by the clock, until disposed. */
export function keepClock(
  chores: Pick<Chores, "every">,
  alertsMs: number,
  log: Log,
): AsyncDisposable {
  let turn: Promise<void> = Promise.resolve();
  const set = async (): Promise<void> => {
    try {
      await chores.every("report", REPORT_MS);
      await chores.every("alerts", alertsMs);
      await chores.every("checkpoint", CHECKPOINT_MS);
      await chores.every("retention", RETENTION_MS);
    } catch (error) {
      log.warn("clock_not_set", { why: whyOf(error) });
    }
  };
  const timer = setInterval(() => {
    turn = turn.then(set);
  }, LOOK_MS);
  turn = set();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await turn;
    },
  };
}
