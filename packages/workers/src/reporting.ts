/**
 * Making a report: computed from the numbers, kept as JSON and Markdown.
 *
 *   R3  A job leaves one report, however often it is run, and a report of one
 *       job never takes the place of another's.
 *   R4  Numbers that nobody counted yet are kept as no report: the clock's waits
 *       for them, one that is asked for is refused.
 */
import type { Kept, Log, Numbers, NumbersFilter, ReportMade, ReportShelf } from "@verbatim/core";
import {
  gather,
  integerText,
  newestReportFirst,
  type Report,
  type ReportJob,
  reportIdOf,
  reportMarkdown,
  VerbatimError,
} from "@verbatim/core";
import { heardAndCounted, type ReachPorts } from "./reach.ts";

/** The oldest go when there are more: three months of reports every six hours would be 360. */
export const REPORTS_MAX = 400;
/** Reports looked at to find the newest of everything. */
const LOOKED_MAX = 20;

/** A report job in hand. */
export type ReportWork = {
  readonly id: string;
  readonly data: ReportJob;
  readonly added_at: string;
  progress(value: object): Promise<void>;
};

export type ReportPorts = ReachPorts & {
  /** Sees to it that the clock's report is tried again in a minute. */
  readonly putOff: () => Promise<void>;
  readonly shelf: ReportShelf;
  readonly domains: () => Promise<readonly string[]>;
  readonly now: () => Date;
  readonly log: Log;
};

/** Makes the report a job asks for, if there is anything new to say. */
export async function makeReport(work: ReportWork, ports: ReportPorts): Promise<ReportMade> {
  const { ask, only_if_new } = work.data;
  const { shelf, log } = ports;
  const step = (done: number, doing: string): Promise<void> =>
    work.progress({ done, total: 3, doing });
  const place = await placeFor(work, shelf);
  if (place.made !== null) return madeOf(place.id, place.made);
  if (only_if_new && !(await isDue(ports))) return { id: null, collaboration_score: null };
  await step(0, "reading the numbers");
  const heard_to = await ports.heard();
  await refuseNothing(heard_to, ports.numbers);
  const report = await gather(ports.numbers, {
    ...ask,
    heard_to,
    domains: await ports.domains(),
    now: ports.now().toISOString(),
  });
  await step(1, "writing");
  const kept: Report & Kept = { ...report, report_id: place.id, job_id: work.id, asked: ask };
  await shelf.save(place.id, {
    json: `${JSON.stringify(kept, null, 2)}\n`,
    md: reportMarkdown(report),
  });
  await step(2, "tidying up");
  await removeOldest(shelf, log);
  log.info("report_made", { report: place.id, messages: report.total_messages });
  return madeOf(place.id, kept);
}

type Known = Kept & Pick<Report, "collaboration_score" | "counted_to" | "taxonomy">;

function madeOf(id: string, { collaboration_score }: Known): ReportMade {
  return { id, collaboration_score };
}

/** The name for a job's report, and the report if an earlier run of the job made it. (R3) */
async function placeFor(
  work: ReportWork,
  shelf: ReportShelf,
): Promise<{ readonly id: string; readonly made: Known | null }> {
  for (let nth = 1; ; nth += 1) {
    const id = reportIdOf(work.added_at, nth);
    const there = await keptIn(shelf, id);
    if (there === "nothing") return { id, made: null };
    if (there !== "unreadable" && there.job_id === work.id) return { id, made: there };
  }
}

async function keptIn(shelf: ReportShelf, id: string): Promise<Known | "nothing" | "unreadable"> {
  const text = await shelf.read(id, "json");
  if (text === null) return "nothing";
  try {
    const read: Partial<Known> | null = JSON.parse(text);
    return isKept(read) ? read : "unreadable";
  } catch {
    return "unreadable";
  }
}

function isKept(read: Partial<Known> | null): read is Known {
  return typeof read?.job_id === "string" && typeof read.counted_to === "number";
}

/** Whether the clock's report is to be made now. While what was heard is not all counted it is put off. (O3) */
async function isDue(ports: ReportPorts): Promise<boolean> {
  if ((await ports.heard()) === 0) return false;
  if ((await heardAndCounted(ports)) !== null) return await isNew(ports);
  await ports.putOff();
  ports.log.info("report_put_off", { for: "what was heard is not all counted" });
  return false;
}

/** A report of nothing, where something was heard, would be kept as zeros that nobody counted. (R4) */
async function refuseNothing(heard: number, numbers: Numbers): Promise<void> {
  const { counted_to } = await numbers.counted();
  if (counted_to > 0 || heard === 0) return;
  throw new VerbatimError(
    "conflict",
    `nothing is counted yet of the ${integerText(heard)} entries that were heard; ask again when verbatim status says that some are`,
    { facts: { heard } },
  );
}

/** Whether anything was counted since the newest report of everything. */
async function isNew({ numbers, shelf }: ReportPorts): Promise<boolean> {
  const { counted_to, taxonomy } = await numbers.counted();
  for (const id of (await shelf.ids()).slice(0, LOOKED_MAX)) {
    const kept = await keptIn(shelf, id);
    if (kept === "nothing" || kept === "unreadable" || isNarrow(kept.asked)) continue;
    return kept.counted_to !== counted_to || kept.taxonomy !== taxonomy;
  }
  return true;
}

function isNarrow(asked: NumbersFilter): boolean {
  return Object.keys(asked).length > 0;
}

async function removeOldest(shelf: ReportShelf, log: Log): Promise<void> {
  const old = (await shelf.ids()).toSorted(newestReportFirst).slice(REPORTS_MAX);
  for (const id of old) await shelf.remove(id);
  if (old.length > 0) log.info("old_reports_removed", { reports: old.length });
}
