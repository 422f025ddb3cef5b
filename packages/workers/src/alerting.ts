/**
 * Looking whether an alert begins or is over, and seeing to it that it is told.
 *
 *   O1  What begins or ends is told once, whenever the workers die: it is
 *       written down under its own name first, then handed to the queue, which
 *       takes a name once.
 *
 * A rule that cannot be read stops no other: what is wrong with it is logged
 * and kept for the status, and what held goes on holding. When is looked is
 * reach.ts's (O3).
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
  heldOn,
  type Log,
  NO_RULES,
  type Report,
  readAlertRules,
} from "@verbatim/core";
import { heardAndCounted, holds, type ReachPorts } from "./reach.ts";

const HOUR_MS = 3_600_000;

export type AlertPorts = ReachPorts & {
  /** The text of the rules, or null where there are none. */
  readonly rules: () => Promise<string | null>;
  readonly note: { load(): Promise<string | null>; save(text: string): Promise<void> };
  readonly env: Readonly<Record<string, string | undefined>>;
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
  const { rules, problem, broken } = text === null ? NO_RULES : readAlertRules(text);
  if (problem !== null) ports.log.error("alerts_invalid", { why: problem });
  const told = { ...rested, problem, unset: unsetOf(rules, ports.env) };
  const reports = await reportsFor(rules, ports);
  const checked_at = ports.now().toISOString();
  if (reports === null) {
    ports.log.info("alerts_wait", { for: "what was heard is not all counted" });
    await keep(told, ports);
    return;
  }
  const { state, events } = crossed(rules, { reports, now: checked_at }, rested.firing);
  const firing = { ...heldOn(broken, rested.firing), ...state };
  const pending = events.filter(({ rule }) => rule.webhook !== undefined);
  const next: AlertsNote = { ...told, checked_at, firing, pending };
  await keep(next, ports);
  for (const event of events) tell(event, ports.log);
  await handOn(next, ports);
}

/** One report for each length of time that rules are about, all of one moment; null while the numbers hold less than what was heard. (O3) */
async function reportsFor(
  rules: readonly AlertRule[],
  ports: AlertPorts,
): Promise<ReadonlyMap<number, Report> | null> {
  const heard = await heardAndCounted(ports);
  if (heard === null) return null;
  const names = await ports.domains();
  return await ports.numbers.together(async (numbers) => {
    // Between the look and this one everything may have been forgotten.
    if (!holds(await numbers.counted(), heard)) return null;
    const at = ports.now();
    const reports = new Map<number, Report>();
    for (const hours of alertPeriods(rules)) {
      const since = new Date(at.getTime() - hours * HOUR_MS).toISOString();
      reports.set(hours, await gather(numbers, { since, domains: names, now: at.toISOString() }));
    }
    return reports;
  });
}

/** Secrets that webhooks are to be signed with and that are not set here, each once. */
function unsetOf(rules: readonly AlertRule[], env: AlertPorts["env"]): readonly string[] {
  const names = rules.flatMap(({ webhook }) => (webhook === undefined ? [] : [webhook.secret_env]));
  return [...new Set(names)].filter((name) => (env[name] ?? "") === "");
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
