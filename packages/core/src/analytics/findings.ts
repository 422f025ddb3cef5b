/**
 * What a report finds, in sentences. Each is worked out from numbers and names
 * them; one whose numbers are missing is not there.
 */

import { ELSEWHERE } from "../enrich/taxonomy.ts";
import { biggestChange, COMPARED } from "./comparison.ts";
import {
  areText,
  countText,
  integerText,
  moneyText,
  percentText,
  secondsText,
  shareText,
} from "./figures.ts";
import { countedShare, type Reach } from "./port.ts";
import { ranked } from "./ranking.ts";
import type { Report } from "./report-shape.ts";
import { SCORE_PARTS } from "./score.ts";
import { OTHER } from "./tally.ts";

type Told = Omit<Report, "findings">;
type Finding = (report: Told) => string | null;

/** The findings of a report, the most telling first. */
export function findingsOf(report: Told): readonly string[] {
  if (report.total_messages === 0) return [nothingYet(report)];
  return FINDINGS.map((find) => find(report)).filter((one) => one !== null);
}

/** What a report of less than what was heard says first; null where it holds everything. */
export function partlyText(reach: Reach): string | null {
  const share = countedShare(reach);
  if (share === 1) return null;
  const what = reach.heard_to === null ? "recorded" : "heard";
  if (share === 0) return `Nothing of what was ${what} is counted yet; it follows.`;
  return `Only ${shareText(share)} of what was ${what} is counted yet; the rest follows.`;
}

function nothingYet({ counted_to, settled_to, heard_to, filter, period }: Told): string {
  const heard = heard_to ?? settled_to;
  if (counted_to < heard)
    return `The numbers are still being counted: ${integerText(counted_to)} of ${integerText(heard)} entries of the journal so far. Ask again in a moment.`;
  const narrowed = Object.values(filter).some((one) => one !== null) || period.since !== null;
  if (narrowed && counted_to > 0)
    return "Nothing was recorded of what was asked for: take a longer time, or leave out the project, speaker or session.";
  return "Nothing is recorded yet: `verbatim up` listens to transcript folders and to the bus, `verbatim import PATH` reads what there is.";
}

const FINDINGS: readonly Finding[] = [
  topDomain,
  topSpeaker,
  change,
  answers,
  openWork,
  costs,
  failingTool,
  quality,
];

function topDomain({ chain_types, counted_messages }: Told): string | null {
  if (counted_messages === 0) return null;
  const elsewhere = chain_types[ELSEWHERE] ?? 0;
  const [first] = named(chain_types, ELSEWHERE);
  if (first === undefined)
    return `No message that counts is of a domain of the taxonomy (0 of ${integerText(counted_messages)}).`;
  const [name, amount] = first;
  const rest = elsewhere === 0 ? "" : `; ${areText(elsewhere)} of no domain`;
  return `Most was said about ${name}: ${integerText(amount)} of ${countText(counted_messages, "message")} (${percentText(amount / counted_messages)})${rest}.`;
}

function topSpeaker({ speakers, speaker_count, counted_messages, score }: Told): string | null {
  const [first] = named(speakers);
  if (first === undefined) return null;
  const [name, amount] = first;
  const who =
    speaker_count === 1
      ? `${name} is the only one who speaks, in ${countText(amount, "message")}`
      : `${name} said the most of ${speaker_count} speakers: ${integerText(amount)} of ${countText(counted_messages, "message")} (${percentText(amount / counted_messages)})`;
  const parts = SCORE_PARTS.map((part) => ({ part, value: score.parts[part].value }));
  const weakest = parts.toSorted((a, b) => a.value - b.value)[0];
  const limit =
    weakest === undefined ? "" : `, held back most by ${weakest.part} (${weakest.value} of 100)`;
  return `${who}; the collaboration score is ${score.score} of 100${limit}.`;
}

function change({ comparison }: Told): string | null {
  const biggest = biggestChange(comparison);
  if (biggest === null || comparison === null) return null;
  const { now, before, change_share } = biggest.change;
  const text = (value: number): string => figureOf(biggest.path, value);
  const share =
    change_share === null ? "" : ` (${change_share > 0 ? "+" : ""}${percentText(change_share)})`;
  return `The biggest change: ${COMPARED[biggest.path] ?? biggest.path} went from ${text(before)} to ${text(now)}${share} against the period before.`;
}

/** A number of a report as people read it. */
export function figureOf(path: string, value: number): string {
  if (path === "cost.micro_usd") return moneyText(value);
  if (path.endsWith("_share")) return percentText(value);
  return Number.isInteger(value) ? integerText(value) : String(Number(value.toFixed(2)));
}

function answers({ response_times }: Told): string | null {
  const { count, mean_seconds, median_within_seconds, within_seconds } = response_times;
  if (mean_seconds === null || median_within_seconds === null) return null;
  const slowest = Object.entries(within_seconds).at(-1);
  if (slowest === undefined) return null;
  const [bound, amount] = slowest;
  if (count === 1) return `The one answer came within ${secondsText(Number(bound))}.`;
  const few =
    Number(bound) <= median_within_seconds
      ? ""
      : `; the slowest ${amount === 1 ? "one" : integerText(amount)} took up to ${secondsText(Number(bound))}`;
  return `Half of ${countText(count, "answer")} came within ${secondsText(median_within_seconds)}, ${secondsText(mean_seconds)} in the mean${few}.`;
}

function openWork({ open, opened }: Told): string | null {
  const [questions, blocked] = [open.question, open.blocked];
  if (questions + blocked === 0) {
    const came = opened.question + opened.blocked;
    return came === 0
      ? null
      : `Nothing is left open: ${countText(opened.question, "question")} and ${countText(opened.blocked, "report")} of blocked work came up, and all were settled.`;
  }
  const newest = open.items[0];
  const which =
    newest === undefined
      ? ""
      : `; the newest is of ${newest.said_at.slice(0, "2026-11-21".length)} by ${newest.speaker} (seq ${newest.seq})`;
  const least = open.is_bounded ? "At least " : "";
  const text = `${countText(questions, "question")} without an answer and ${countText(blocked, "report")} of blocked work are open${which}.`;
  return `${least}${text}`;
}

function costs({ cost, usage, tokens }: Told): string | null {
  if (cost.micro_usd === null || cost.micro_usd <= 0) return unpriced(cost.calls, tokens.total);
  const driver = usage.by_model.find(({ cost_micro_usd }) => cost_micro_usd !== null);
  if (driver === undefined || driver.cost_micro_usd === null) return null;
  const share = percentText(driver.cost_micro_usd / cost.micro_usd);
  const unknown =
    cost.unpriced_calls === 0
      ? ""
      : `; ${countText(cost.unpriced_calls, "call")} without a known price ${cost.unpriced_calls === 1 ? "is" : "are"} not in it`;
  return `Model calls cost ${moneyText(cost.micro_usd)}, ${moneyText(driver.cost_micro_usd)} (${share}) of it ${driver.name} in ${countText(driver.calls, "call")}${unknown}.`;
}

function unpriced(calls: number, tokens: number): string | null {
  return calls === 0
    ? null
    : `What ${countText(calls, "model call")} with ${countText(tokens, "token")} cost is not known: no price is.`;
}

function failingTool({ tools }: Told): string | null {
  if (tools.calls === 0) return null;
  const worst = tools.by_tool.toSorted((a, b) => b.errors - a.errors)[0];
  if (worst === undefined || worst.errors === 0)
    return `None of ${countText(tools.calls, "tool call")} failed.`;
  const of = worst.calls === 0 ? "" : ` in ${countText(worst.calls, "call")}`;
  return `${worst.name} fails the most: ${countText(worst.errors, "error")}${of}, of ${countText(tools.errors, "error")} in ${countText(tools.calls, "tool call")} of all tools.`;
}

function quality({ total_messages, counted_messages, left_out, asides }: Told): string {
  const out = total_messages - counted_messages;
  const aside =
    asides === null || asides === 0
      ? ""
      : ` ${countText(asides, "record")} could not be read and ${asides === 1 ? "lies" : "lie"} aside.`;
  if (out === 0) {
    const all =
      total_messages === 1
        ? "The one message counts."
        : `All ${integerText(total_messages)} messages count.`;
    return `${all}${aside}`;
  }
  const why = ranked(Object.entries(left_out).filter(([, amount]) => amount > 0))
    .map(([standing, amount]) => `${integerText(amount)} ${LEFT_OUT[standing] ?? standing}`)
    .join(", ");
  return `Of ${countText(total_messages, "message")} ${areText(out)} left out (${percentText(out / total_messages)}): ${why}.${aside}`;
}

const LEFT_OUT: Readonly<Record<string, string>> = {
  duplicate: "repeated",
  unknown: "by nobody known",
  wordless: "without words (tool calls, thoughts)",
  empty: "empty",
  machine: "by tools and systems",
  record: "bookkeeping of the source",
};

function named(counts: Report["speakers"], but?: string): readonly (readonly [string, number])[] {
  return ranked(Object.entries(counts)).filter(([name]) => name !== OTHER && name !== but);
}
