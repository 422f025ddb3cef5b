/** Numbers as a person reads them on a terminal: a report in short, the score, threads. Pure. */
import type { ScoreAnswer, ThreadsAnswer } from "@verbatim/api/contract";
import {
  type ClassicScore,
  partlyText,
  type Reach,
  type Report,
  SCORE_PARTS,
  type Score,
} from "@verbatim/core";
import type { Surface } from "../surface.ts";
import { columns, countText, durationText, manyText, oneLine, shortIds, shown } from "./text.ts";

type Paint = Pick<Surface, "colours" | "widthOf" | "width">;

const RULE: string = "=".repeat(70);
const TOP = 5;
const BAR_CHARS = 30;
/** A name is cut to this on the narrowest terminal; beside it stands its number. */
const NAME_CHARS_MIN = 50;
const COUNT_CHARS = 20;
const THREADS_SHOWN = 50;

/** The summary of a report: total, score, the first five of everything, what was found, where it lies. */
export function reportSummary(report: Report, places: readonly string[], paint: Paint): string {
  const { colours, widthOf, width } = paint;
  const { bold, dim } = colours;
  const room = Math.max(NAME_CHARS_MIN, width - COUNT_CHARS);
  const block = (title: string, rows: readonly (readonly [string, number])[]): string =>
    `${bold(title)}\n${
      rows.length === 0
        ? dim("  none")
        : columns(
            rows.slice(0, TOP).map(([name, many]) => ["", oneLine(name, room), countText(many)]),
            widthOf,
            [2],
          )
    }`;
  const findings = report.findings.map((one) => `  - ${shown(one)}`);
  const blocks = [
    ...partly(report, paint),
    `${RULE}\n${bold("CONVERSATION ANALYTICS REPORT")}\n${RULE}`,
    `  messages             ${bold(countText(report.total_messages))}${saidText(report, dim)}\n  collaboration score  ${bold(`${report.collaboration_score}`)} of 100`,
    block("Speakers", mostFirst(report.speakers)),
    block("Domains", mostFirst(report.chain_types)),
    block("Keywords", report.keywords),
    `${bold("Findings")}\n${findings.length === 0 ? dim("  none") : findings.join("\n")}`,
    ...(places.length === 0
      ? []
      : [`${bold("Files")}\n${places.map((one) => `  ${one}`).join("\n")}`]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** What is counted: what somebody or something said, and bookkeeping of the source. */
function saidText(
  { total_messages, message_types }: Report,
  dim: (text: string) => string,
): string {
  const records = message_types["record"] ?? 0;
  return records === 0
    ? ""
    : dim(`: ${countText(total_messages - records)} said, ${countText(records)} of bookkeeping`);
}

function mostFirst(
  counts: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] {
  return Object.entries(counts).toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
}

/** Said first, and only while the numbers do not hold all that was heard. */
function partly(reach: Reach, { colours }: Paint): readonly string[] {
  const text = partlyText(reach);
  return text === null ? [] : [colours.yellow(text)];
}

/** The score with its parts as bars, each with what it means. */
export function scoreText(score: ScoreAnswer, paint: Paint): string {
  const { dim, bold } = paint.colours;
  const first = partly(score, paint);
  // What is not counted yet may count: then there is nothing to advise.
  const empty = score.score === 0 && first.length === 0 ? [dim(EMPTY)] : [];
  const title = `${bold("Collaboration score")} ${bold(String(score.score))} of 100`;
  return `${[...first, title, partsText(score, paint), ...empty].join("\n\n")}\n`;
}

const EMPTY =
  "  nothing counts yet: only what somebody known says in words, for the first time, does.\n  verbatim status says what is recorded; verbatim import PATH records more";

function partsText({ parts }: Score, { colours, widthOf }: Paint): string {
  return columns(
    SCORE_PARTS.map((name) => [
      "",
      name.replaceAll("_", " "),
      barOf(parts[name].value),
      parts[name].value.toFixed(2),
      colours.dim(parts[name].says),
    ]),
    widthOf,
    [3],
  );
}

function barOf(value: number): string {
  const full = Math.round((value / 100) * BAR_CHARS);
  return `${"█".repeat(full)}${"░".repeat(BAR_CHARS - full)}`;
}

/** The earlier recorders' score, in its five parts. */
export function classicText(
  { score, parts, rows }: ClassicScore,
  { colours, widthOf }: Paint,
): string {
  const { bold, dim } = colours;
  const lines = Object.entries(parts).map(([name, value]) => [
    "",
    name.replaceAll("_", " "),
    barOf(value),
    value.toFixed(2),
  ]);
  return `${bold("Classic score")} ${bold(String(score))} of 100 ${dim(`(${manyText(rows, "row")}; it rewards volume and empty rows: verbatim score does not)`)}\n\n${columns(lines, widthOf, [3])}\n`;
}

/** Threads, the newest last, each on a line. */
export function threadsText(
  { threads, windows, complete, messages }: ThreadsAnswer,
  { colours, widthOf, width }: Paint,
): string {
  const { bold, dim, red, yellow } = colours;
  const status = { Blocked: red, Open: yellow, Ready: colours.green, Ended: dim };
  const last = threads.slice(-THREADS_SHOWN);
  const ids = shortIds(last.map((one) => one.session_id));
  const rows = last.map((one) => [
    "",
    one.start_time.slice(0, 16).replace("T", " "),
    durationText(one.duration_seconds * 1000),
    countText(one.message_count),
    status[one.final_status](one.final_status),
    oneLine(one.participants.join(", "), Math.max(20, width - 70)),
    ids.get(one.session_id) ?? "",
  ]);
  const head = ["", "began", "went on", "messages", "ended as", "who", "session"].map(dim);
  const left = threads.length - rows.length;
  const within = threads.reduce((sum, one) => sum + one.message_count, 0);
  const of = within === messages ? "" : ` of the ${countText(messages)} that were said`;
  return [
    `${bold(manyText(threads.length, "thread"))} of ${manyText(within, "message")}${of}, in ${manyText(windows.length, "window")} of time`,
    columns([head, ...rows], widthOf, [2, 3]),
    dim("  verbatim show SESSION reads one"),
    ...(left > 0 ? [dim(`  and ${countText(left)} earlier ones; --json has all`)] : []),
    ...(complete ? [] : [dim("  there are more messages: name a session, or --since and --until")]),
    "",
  ].join("\n");
}
