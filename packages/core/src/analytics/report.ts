/**
 * Reports: asked for of whoever keeps the numbers, and put together. The same
 * numbers give the same report; nothing in it is a constant.
 */
import { VerbatimError } from "../errors.ts";
import { msOf, utcOf, utcOfMs } from "../message/time.ts";
import { comparisonOf } from "./comparison.ts";
import { findingsOf } from "./findings.ts";
import { type Counted, type Numbers, type NumbersFilter, reachOf } from "./port.ts";
import { numbersOf } from "./report-numbers.ts";
import { type Gathered, REPORT_VERSION, type Report, type ReportAsk } from "./report-shape.ts";
import { OPEN_ASKED } from "./talk-numbers.ts";

const HOUR_MS = 3_600_000;

/** Asks for the numbers of a period and of the one before, all of one moment, and makes the report of them. */
export function gather(numbers: Numbers, ask: ReportAsk): Promise<Report> {
  return numbers.together((one) => gathered(one, ask));
}

async function gathered(numbers: Numbers, ask: ReportAsk): Promise<Report> {
  const { now: period, before } = periodsOf(ask);
  const counted = await numbers.counted();
  const is = await asked(numbers, ask, period);
  // What came up before the period and is open still is open in it.
  const open = await numbers.open(filterOf(ask, { until: period.until }), OPEN_ASKED);
  // What was open back then nobody knows any more: it is not compared.
  const was = before === null ? null : { ...(await asked(numbers, ask, before)), open: [] };
  return reportOf(ask, counted, { now: { ...is, open }, before: was });
}

/** The report of what was gathered. */
function reportOf(
  ask: ReportAsk,
  counted: Counted,
  gathered: { readonly now: Gathered; readonly before: Gathered | null },
): Report {
  const { now: period, before } = periodsOf(ask);
  const numbers = numbersOf(gathered.now, ask.domains);
  const told = {
    version: REPORT_VERSION,
    timestamp: ask.now,
    period: { since: period.since ?? gathered.now.rows[0]?.hour ?? null, until: period.until },
    filter: {
      project: ask.project ?? null,
      speaker: ask.speaker ?? null,
      session: ask.session ?? null,
    },
    ...reachOf(counted, ask.heard_to ?? null),
    ...numbers,
    comparison:
      before === null || gathered.before === null
        ? null
        : { ...before, metrics: comparisonOf(numbers, numbersOf(gathered.before, ask.domains)) },
  } as const;
  return { ...told, findings: findingsOf(told) };
}

type Period = { readonly since?: string; readonly until: string };

/** Whole hours: `since` rounded down, `until` up; the period before is as long. */
function periodsOf(ask: ReportAsk): {
  readonly now: Period;
  readonly before: { readonly since: string; readonly until: string } | null;
} {
  const untilMs = Math.ceil(momentOf("until", ask.until ?? ask.now) / HOUR_MS) * HOUR_MS;
  const until = utcOfMs(untilMs);
  if (ask.since === undefined) return { now: { until }, before: null };
  const sinceMs = Math.floor(momentOf("since", ask.since) / HOUR_MS) * HOUR_MS;
  if (sinceMs >= untilMs)
    throw new VerbatimError("usage", `"since" (${ask.since}) must be before "until" (${until})`);
  const since = utcOfMs(sinceMs);
  return {
    now: { since, until },
    before: { since: utcOfMs(sinceMs - (untilMs - sinceMs)), until: since },
  };
}

function momentOf(name: string, text: string): number {
  const utc = utcOf(text);
  if (utc === null)
    throw new VerbatimError(
      "usage",
      `"${name}" must be a time with a zone, such as 2026-11-21T00:00:00Z`,
    );
  return msOf(utc);
}

async function asked(
  numbers: Numbers,
  ask: ReportAsk,
  period: Period,
): Promise<Omit<Gathered, "open">> {
  const filter = filterOf(ask, period);
  return {
    rows: await numbers.tallies(filter),
    sessions: await numbers.sessions(filter),
    // What nobody could read is of no project, speaker or session.
    asides: isNarrow(ask) ? null : await numbers.asides(filter),
  };
}

function isNarrow({ project, speaker, session }: ReportAsk): boolean {
  return [project, speaker, session].some((one) => one !== undefined);
}

function filterOf(ask: ReportAsk, period: Period): NumbersFilter {
  return {
    ...period,
    ...(ask.project === undefined ? {} : { project: ask.project }),
    ...(ask.speaker === undefined ? {} : { speaker: ask.speaker }),
    ...(ask.session === undefined ? {} : { session: ask.session }),
  };
}
