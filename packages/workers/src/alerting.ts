/**
 * Looking whether an alert begins or is over, and seeing to it that it is told.
 *
 *   O1  What begins or ends is told once, whenever the workers die: it is
 *       written down under its own name first, then handed to the queue, which
 *       takes a name once.
 *
 * Rules that cannot be read stop nothing else: what is wrong with them is
 * logged and kept for the status, and what held goes on holding.
 */
import {
  type AlertEvent,
  type AlertRule,
  type AlertsNote,
  alertPeriods,
  alertsNoteOf,
  type Chores,
  crossed,
  gather,
  type Log,
  type Numbers,
  type Report,
  readAlertRules,
  yes,
} from "@verbatim/core";

const HOUR_MS = 3_600_000;

export type AlertPorts = {
  /** The text of the rules, or null where there are none. */
  readonly rules: () => Promise<string | null>;
  readonly note: { load(): Promise<string | null>; save(text: string): Promise<void> };
  readonly numbers: Numbers;
  readonly domains: () => Promise<readonly string[]>;
  readonly chores: Pick<Chores, "deliver">;
  readonly now: () => Date;
  readonly log: Log;
};

/** Looks once. */
export async function checkAlerts(ports: AlertPorts): Promise<void> {
  const before = alertsNoteOf((await ports.note.load()) ?? "");
  // What an earlier look wrote down and could not hand on.
  const rested = await handOn(before, ports);
  const text = await ports.rules();
  const read = text === null ? yes([]) : readAlertRules(text);
  const checked_at = ports.now().toISOString();
  if (!read.ok) {
    ports.log.error("alerts_invalid", { why: read.why });
    await keep({ ...rested, checked_at, problem: read.why }, ports);
    return;
  }
  const { counted_to, settled_to } = await ports.numbers.counted();
  // While everything is counted again the numbers are too low, and no reason to wake anybody.
  if (counted_to < settled_to) return;
  const reports = await reportsFor(read.value, ports);
  const { state, events } = crossed(read.value, { reports, now: checked_at }, rested.firing);
  const pending = events.filter(({ rule }) => rule.webhook !== undefined);
  const next: AlertsNote = { checked_at, problem: null, firing: state, pending };
  await keep(next, ports);
  for (const event of events) tell(event, ports.log);
  await handOn(next, ports);
}

/** One report for each length of time that rules are about. */
async function reportsFor(
  rules: readonly AlertRule[],
  { numbers, domains, now }: AlertPorts,
): Promise<ReadonlyMap<number, Report>> {
  const at = now();
  const names = await domains();
  const reports = new Map<number, Report>();
  for (const hours of alertPeriods(rules)) {
    const since = new Date(at.getTime() - hours * HOUR_MS).toISOString();
    reports.set(hours, await gather(numbers, { since, domains: names, now: at.toISOString() }));
  }
  return reports;
}

function tell({ type, rule, value, says }: AlertEvent, log: Log): void {
  const { name, metric, above, below } = rule;
  log.warn("alert", { type, name, metric, value, above, below, says });
}

/** Hands what is to be told to the queue; what that leaves. (O1) */
async function handOn(note: AlertsNote, ports: AlertPorts): Promise<AlertsNote> {
  if (note.pending.length === 0) return note;
  for (const event of note.pending) await ports.chores.deliver(event);
  const rested = { ...note, pending: [] };
  await keep(rested, ports);
  return rested;
}

async function keep(note: AlertsNote, { note: file }: AlertPorts): Promise<void> {
  await file.save(JSON.stringify(note));
}
