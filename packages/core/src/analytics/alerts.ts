/**
 * Alerts: a number of a report that crosses a threshold is told once when it
 * does, and once when it is over.
 *
 *   N6  While a number stays on its side nothing is told again; a number nobody
 *       knows neither crosses nor ends.
 *
 * Pure: rules, reports and what was crossed before in; what to tell and what is
 * crossed now out.
 */
import { z } from "zod";
import { msOf } from "../message/time.ts";
import { metricOf } from "./alert-metrics.ts";
import type { AlertRule } from "./alert-rules.ts";
import type { Report } from "./report-shape.ts";

/** What goes on holding of rules that nobody can read now: it neither ends nor is forgotten. */
export function heldOn(broken: readonly string[] | "all", before: AlertState): AlertState {
  if (broken === "all") return before;
  return Object.fromEntries(Object.entries(before).filter(([name]) => broken.includes(name)));
}

/** What is crossed, by the name of its rule. */
export type AlertState = Readonly<Record<string, Crossing>>;
type Crossing = { readonly since: string; readonly value: number };

/** One thing to tell. */
export type AlertEvent = {
  /** The same however often it is told: `alert_⟨name⟩_⟨ms⟩_⟨fired|ended⟩`. */
  readonly id: string;
  readonly type: "alert.fired" | "alert.ended";
  readonly at: string;
  readonly rule: AlertRule;
  readonly value: number;
  /** Since when the threshold is, or was, crossed. */
  readonly since: string;
  /** One sentence. */
  readonly says: string;
};

export type Crossed = { readonly events: readonly AlertEvent[]; readonly state: AlertState };
export type AlertLook = { readonly reports: ReadonlyMap<number, Report>; readonly now: string };

/** The periods, in hours, that reports are needed of. */
export function alertPeriods(rules: readonly AlertRule[]): readonly number[] {
  return [...new Set(rules.map(({ hours }) => hours))].toSorted((a, b) => a - b);
}

/** What crossed or came back since `before`. Rules without a report of their period are left as they were. */
export function crossed(
  rules: readonly AlertRule[],
  { reports, now }: AlertLook,
  before: AlertState,
): Crossed {
  const events: AlertEvent[] = [];
  const state: Record<string, Crossing> = {};
  for (const rule of rules) {
    const was = Object.hasOwn(before, rule.name) ? before[rule.name] : undefined;
    const report = reports.get(rule.hours);
    const value = report === undefined ? null : metricOf(report, rule.metric);
    // A number nobody knows neither crosses nor ends (N6).
    const is = value === null ? was : crossingOf(rule, { value, since: was?.since ?? now });
    if (is !== undefined) state[rule.name] = is;
    if (value !== null) events.push(...told({ rule, value, at: now, was, is }));
  }
  return { events, state };
}

type Turn = {
  readonly rule: AlertRule;
  readonly value: number;
  readonly at: string;
  readonly was: Crossing | undefined;
  readonly is: Crossing | undefined;
};

function told({ rule, value, at, was, is }: Turn): readonly AlertEvent[] {
  if (was === undefined && is !== undefined)
    return [eventOf({ type: "alert.fired", rule, value, at, since: at })];
  if (was !== undefined && is === undefined)
    return [eventOf({ type: "alert.ended", rule, value, at, since: was.since })];
  return [];
}

function crossingOf({ above, below }: AlertRule, one: Crossing): Crossing | undefined {
  const isAbove = above !== undefined && one.value > above;
  return isAbove || (below !== undefined && one.value < below) ? one : undefined;
}

function eventOf(event: Omit<AlertEvent, "id" | "says">): AlertEvent {
  const { type, rule, at } = event;
  const what = type === "alert.fired" ? "fired" : "ended";
  return { id: `alert_${rule.name}_${msOf(at)}_${what}`, ...event, says: saysOf(event) };
}

function saysOf({ type, rule, value, since }: Omit<AlertEvent, "id" | "says">): string {
  const bounds = [
    ...(rule.above === undefined ? [] : [`above ${rule.above}`]),
    ...(rule.below === undefined ? [] : [`below ${rule.below}`]),
  ].join(" or ");
  const number = `${rule.metric} of the last ${rule.hours} h is ${value}`;
  return type === "alert.fired"
    ? `${rule.name}: ${number}, ${bounds}.`
    : `${rule.name} is over: ${number}, no longer ${bounds} as since ${since}.`;
}

const stateSchema: z.ZodType<AlertState> = z.record(
  z.string(),
  z.object({ since: z.string(), value: z.number() }),
);

/** What was crossed, as it was written down; nothing, where that cannot be read. */
export function alertStateOf(text: string): AlertState {
  try {
    return stateSchema.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
