/** The sections of a report about work: sessions, tools, tokens and cost, and what is open. */
import { bars } from "./charts.ts";
import { codeCell, fenced, table } from "./escaping.ts";
import { countText, integerText, moneyText, percentText, secondsText } from "./figures.ts";
import { bar, chart, type Lines, NOTHING } from "./markdown-words.ts";
import { ranked } from "./ranking.ts";
import type { Report, UsageRow } from "./report-shape.ts";

const ROWS_SHOWN = 15;
const DAYS_LISTED = 14;

export function sessionLines(report: Report): Lines {
  const { sessions, turns, response_times, context_shifts, projects, sources, roles } = report;
  if (report.total_messages === 0) return [NOTHING];
  const number = (value: number | null): string => (value === null ? "-" : String(value));
  const seconds = (value: number | null): string => (value === null ? "-" : secondsText(value));
  const rows = [
    ["Sessions", integerText(sessions)],
    ["Turns", integerText(turns.count)],
    ["Words a turn", number(turns.words_per_turn)],
    ["Messages a turn", number(turns.messages_per_turn)],
    ["Answers", integerText(response_times.count)],
    ["Half of them within", seconds(response_times.median_within_seconds)],
    ["Mean time to an answer", seconds(response_times.mean_seconds)],
    ...(report.asides === null ? [] : [["Records set aside", integerText(report.asides)]]),
  ];
  const shifts = context_shifts
    .slice(0, ROWS_SHOWN)
    .map(({ from, to, count }) => bar(`${from} > ${to}`, count, "time"));
  return [
    table(["What", "How much"], rows),
    "Messages of any kind, by role:",
    ...chart(roles, 0, "message"),
    "By source:",
    ...chart(sources, 0, "message"),
    "By project:",
    ...chart(projects, report.counted_messages, "message"),
    "Left out, by reason:",
    ...chart(withoutZeros(report.left_out), report.total_messages, "message"),
    "Changes of domain that lasted:",
    shifts.length === 0 ? NOTHING : fenced(bars(shifts)),
  ];
}

function withoutZeros(counts: Report["left_out"]): Report["left_out"] {
  return Object.fromEntries(Object.entries(counts).filter(([, amount]) => amount > 0));
}

export function toolLines({ tools, secrets }: Report): Lines {
  const rows = tools.by_tool
    .slice(0, ROWS_SHOWN)
    .map(({ name, calls, errors, error_share }) => [
      codeCell(name),
      integerText(calls),
      integerText(errors),
      error_share === null ? "-" : percentText(error_share),
    ]);
  const found = ranked(Object.entries(secrets)).map(([kind, amount]) => bar(kind, amount, "time"));
  return [
    rows.length === 0 ? NOTHING : table(["Tool", "Calls", "Errors", "Share"], rows),
    ...(found.length === 0 ? [] : ["Secrets found in what was said:", fenced(bars(found))]),
  ];
}

export function costLines({ cost, tokens, usage }: Report): Lines {
  if (cost.calls === 0 && tokens.total === 0) return [NOTHING];
  const unknown =
    cost.unpriced_calls === 0
      ? ""
      : ` ${countText(cost.unpriced_calls, "call")} of them have no known price and are not in the cost.`;
  return [
    `${countText(cost.calls, "model call")}, ${countText(tokens.total, "token")}, ${money(cost.micro_usd)}.${unknown}`,
    usageTable("Model", usage.by_model.slice(0, ROWS_SHOWN)),
    usageTable("Day", usage.by_day.slice(-DAYS_LISTED)),
    usageTable("Project", usage.by_project.slice(0, ROWS_SHOWN)),
    usageTable("Speaker", usage.by_speaker.slice(0, ROWS_SHOWN)),
  ];
}

function usageTable(name: string, rows: readonly UsageRow[]): string {
  const head = [name, "Calls", "Input", "Output", "Cache read", "Cache write", "Cost", "Unpriced"];
  const cells = rows.map((row) => [
    codeCell(row.name),
    integerText(row.calls),
    integerText(row.input_tokens),
    integerText(row.output_tokens),
    integerText(row.cache_read_tokens),
    integerText(row.cache_write_tokens),
    money(row.cost_micro_usd),
    integerText(row.unpriced_calls),
  ]);
  return table(head, cells);
}

function money(microUsd: number | null): string {
  return microUsd === null ? "cost unknown" : moneyText(microUsd).replace("$", "\\$");
}

export function openLines({ open, opened, settled }: Report): Lines {
  const came = `Came up in this period: ${countText(opened.question, "question")} and ${countText(opened.blocked, "report")} of blocked work; settled: ${integerText(settled.question)} and ${integerText(settled.blocked)}.`;
  if (open.items.length === 0) return [came, "_Nothing is open._"];
  const rows = open.items
    .slice(0, ROWS_SHOWN)
    .map((item) => [
      codeCell(item.text),
      item.kind,
      codeCell(item.speaker),
      item.said_at,
      codeCell(item.session_id),
      String(item.seq),
    ]);
  const least = open.is_bounded ? "at least " : "";
  return [
    came,
    `Open, of this period and before: ${least}${countText(open.question, "question")} and ${countText(open.blocked, "report")} of blocked work. The newest:`,
    table(["What", "Kind", "Who", "When", "Session", "Seq"], rows),
  ];
}
