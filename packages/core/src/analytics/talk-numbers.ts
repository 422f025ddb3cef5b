/** How people and agents talk to each other: turns, answers, who to whom, what is open. */
import { addedUp, ranked } from "./ranking.ts";
import type { Gathered, ReportNumbers } from "./report-shape.ts";
import type { Counts, Tally, TallyRow } from "./tally.ts";
import type { Open } from "./thread.ts";

/** Asked for; beyond it open work is not counted one by one. */
export const OPEN_ASKED = 1000;
const ITEMS_SHOWN = 50;
const TEXT_CHARS_MAX = 160;
const PAIRS_SHOWN = 50;
const SHIFTS_SHOWN = 50;

type TalkNumbers = Pick<
  ReportNumbers,
  | "sessions"
  | "words"
  | "turns"
  | "response_times"
  | "pairs"
  | "context_shifts"
  | "opened"
  | "settled"
  | "open"
>;

export function talkNumbers({ rows, sessions, open }: Gathered, sum: Tally): TalkNumbers {
  const sums = sum.sum ?? {};
  const words = sums["words"] ?? 0;
  const turns = sums["turns"] ?? 0;
  const each = (amount: number): number | null => (turns === 0 ? null : rounded(amount / turns));
  return {
    sessions,
    words,
    turns: {
      count: turns,
      words_per_turn: each(words),
      messages_per_turn: each(sum.message?.["counted"] ?? 0),
    },
    response_times: answersOf(sum),
    pairs: pairsOf(rows),
    context_shifts: shiftsOf(sum.shift ?? {}),
    opened: kindsOf(sum.opened ?? {}),
    settled: kindsOf(sum.settled ?? {}),
    open: openOf(open),
  };
}

function answersOf(sum: Tally): ReportNumbers["response_times"] {
  const count = sum.sum?.["answers"] ?? 0;
  const within = Object.entries(sum.answer_within_s ?? {}).toSorted(
    ([a], [b]) => Number(a) - Number(b),
  );
  let so = 0;
  const median = within.find(([, amount]) => {
    so += amount;
    return so * 2 >= count;
  });
  return {
    count,
    mean_seconds: count === 0 ? null : rounded((sum.sum?.["answer_ms"] ?? 0) / count / 1000),
    median_within_seconds: count === 0 || median === undefined ? null : Number(median[0]),
    within_seconds: Object.fromEntries(within),
  };
}

function pairsOf(rows: readonly TallyRow[]): ReportNumbers["pairs"] {
  const amounts = rows.flatMap(({ speaker, tally }) =>
    Object.entries(tally.receiver ?? {}).map(
      ([receiver, amount]) => [JSON.stringify([speaker, receiver]), amount] as const,
    ),
  );
  return ranked(addedUp(amounts))
    .slice(0, PAIRS_SHOWN)
    .map(([pair, messages]) => {
      const [speaker = "", receiver = ""]: string[] = JSON.parse(pair);
      return { speaker, receiver, messages };
    });
}

/** Names of domains hold no ">", but names that sources gave may: the first one divides. */
function shiftsOf(counts: Counts): ReportNumbers["context_shifts"] {
  return ranked(addedUp(Object.entries(counts)))
    .slice(0, SHIFTS_SHOWN)
    .map(([name, count]) => {
      const at = name.indexOf(">");
      return { from: name.slice(0, at), to: name.slice(at + 1), count };
    });
}

function kindsOf(counts: Counts): Readonly<Record<Open["kind"], number>> {
  return { question: counts["question"] ?? 0, blocked: counts["blocked"] ?? 0 };
}

function openOf(open: Gathered["open"]): ReportNumbers["open"] {
  const counts = addedUp(open.map(({ kind }) => [kind, 1]));
  return {
    question: counts.get("question") ?? 0,
    blocked: counts.get("blocked") ?? 0,
    is_bounded: open.length >= OPEN_ASKED,
    items: open.slice(0, ITEMS_SHOWN).map((one) => ({ ...one, text: lineOf(one.text) })),
  };
}

/** On one line, cut between characters. */
function lineOf(text: string): string {
  const chars = Array.from(
    text
      .slice(0, 4 * TEXT_CHARS_MAX)
      .replace(/\s+/gu, " ")
      .trim(),
  );
  if (chars.length <= TEXT_CHARS_MAX) return chars.join("");
  return `${chars.slice(0, TEXT_CHARS_MAX - 1).join("")}…`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
