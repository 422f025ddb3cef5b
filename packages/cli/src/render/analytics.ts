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
import { columns, countText, durationText, oneLine, shown } from "./text.ts";

type Paint = Pick<Surface, "colours" | "widthOf" | "width">;

const RULE: string = "=".repeat(70);
const TOP = 5;
const BAR_CHARS = 30;
const THREADS_SHOWN = 50;

/** The summary of a report: total, score, the first five of everything, what was found, where it lies. */
export function reportSummary(report: Report, places: readonly string[], paint: Paint): string {
  const { colours, widthOf } = paint;
  const { bold, dim } = colours;
  const block = (title: string, rows: readonly (readonly [string, number])[]): string =>
    `${bold(title)}\n${
      rows.length === 0
        ? dim("  none")
        : columns(
            rows.slice(0, TOP).map(([name, many]) => ["", oneLine(name, 50), countText(many)]),
            widthOf,
            [2],
          )
    }`;
  const findings = report.findings.map((one) => `  - ${shown(one)}`);
  const blocks = [
    ...partly(report, paint),
    `${RULE}\n${bold("CONVERSATION ANALYTICS REPORT")}\n${RULE}`,
    `  messages             ${bold(countText(report.total_messages))}\n  collaboration score  ${bold(`${report.collaboration_score}`)} of 100`,
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
  return `${bold("Classic score")} ${bold(String(score))} of 100 ${dim(`(${countText(rows)} rows; it rewards volume and empty rows: verbatim score does not)`)}\n\n${columns(lines, widthOf, [3])}\n`;
}

/** Threads, the newest last, each on a line. */
export function threadsText(
  { threads, windows, complete, messages }: ThreadsAnswer,
  { colours, widthOf, width }: Paint,
): string {
  const { bold, dim, red, yellow } = colours;
  const status = { Blocked: red, Open: yellow, Ready: colours.green, Ended: dim };
  const rows = threads
    .slice(-THREADS_SHOWN)
    .map((one) => [
      "",
      one.start_time.slice(0, 16).replace("T", " "),
      durationText(one.duration_seconds * 1000),
      countText(one.message_count),
      status[one.final_status](one.final_status),
      oneLine(one.participants.join(", "), Math.max(20, width - 70)),
      dim(`#${one.messages[0]?.seq ?? 0}`),
    ]);
  const head = ["", "began", "went on", "messages", "ended as", "who", "from"].map(dim);
  const left = threads.length - rows.length;
  return [
    `${bold(countText(threads.length))} threads of ${countText(messages)} messages, in ${countText(windows.length)} windows of time`,
    columns([head, ...rows], widthOf, [2, 3]),
    ...(left > 0 ? [dim(`  and ${countText(left)} earlier ones; --json has all`)] : []),
    ...(complete ? [] : [dim("  there are more messages: name a session, or --since and --until")]),
    "",
  ].join("\n");
}
