/**
 * How a session began when a conversation opened it, and the summary it goes on
 * from. A summary that was made here is sentences of others, so of each of its
 * lines it is known which message it was taken from.
 *
 *   K30  A summary shows no line of a message that is not shown any more; what
 *        somebody wrote himself stays, and no heading stands over nothing.
 */
import { countOf, fieldsOf, textOf } from "../sources/json.ts";
import { type LineFrom, OPENINGS, type Opening, type SessionEvent } from "./event.ts";

/** Headings of a summary that is made here. */
export const HEADINGS = {
  decisions: "Decisions:",
  questions: "Open questions:",
  said: "What was said:",
} as const;

/** What stands over an earlier summary and the new one. */
const SUMMARY_GAP = "\n\n";

/** What is told of it. */
export type OpenedShown = {
  readonly generation: number;
  readonly reason: Opening;
  readonly previous_session_id: string | null;
  readonly summary: string | null;
};

export type SessionOpened = OpenedShown & {
  /** Of each line of the summary; absent when all of it was handed in. */
  readonly summary_from?: readonly LineFrom[];
};

/** Whether a message of a session is shown. */
export type IsShown = (sessionId: string, messageId: string) => boolean;

type ConversationOpened = SessionEvent<"conversation_opened">;

/** How an event opens its session. */
export function openedBy(event: ConversationOpened): SessionOpened {
  const { generation, reason, previous_session_id = null, earlier_summary, summary } = event;
  const parts = [earlier_summary, summary].filter((one) => one !== undefined);
  const whole = parts.length === 0 ? null : parts.join(SUMMARY_GAP);
  const opened = { generation, reason, previous_session_id, summary: whole };
  return { ...opened, ...fromOf(event.summary_from) };
}

function fromOf(
  summary_from: readonly LineFrom[] | undefined,
): Pick<SessionOpened, "summary_from"> {
  return summary_from === undefined ? {} : { summary_from };
}

/** The same out of a store. */
export function openedOf(value: unknown): SessionOpened | null {
  const fields = fieldsOf(value);
  const reason = OPENINGS.find((one) => one === fields?.["reason"]);
  const generation = countOf(fields?.["generation"]);
  if (fields === null || reason === undefined || generation === undefined) return null;
  const previous_session_id = textOf(fields["previous_session_id"]);
  const opened = { generation, reason, previous_session_id, summary: textOf(fields["summary"]) };
  const from = fields["summary_from"];
  return { ...opened, ...fromOf(Array.isArray(from) ? from.map(lineFrom) : undefined) };
}

function lineFrom(value: unknown): LineFrom {
  const [session, message] = Array.isArray(value) ? value.map(textOf) : [];
  return session == null || message == null ? null : [session, message];
}

/** Without where its lines are from: that is for nobody but us. */
export function openedShown(opened: SessionOpened | null): OpenedShown | null {
  if (opened === null) return null;
  const { summary_from: _, ...shown } = opened;
  return shown;
}

/** The sessions whose words are in a summary. */
export function sessionsIn(from: readonly LineFrom[] | undefined): readonly string[] {
  return [...new Set((from ?? []).flatMap((one) => (one === null ? [] : [one[0]])))];
}

/** With the lines of its summary that may be shown. (K30) */
export function openedWith(opened: SessionOpened, isShown: IsShown): SessionOpened {
  const { summary, summary_from, ...rest } = opened;
  if (summary === null || summary_from === undefined) return opened;
  const left = linesShown(linesOf(summary, summary_from), isShown);
  const text = textIn(left);
  return text === ""
    ? { ...rest, summary: null }
    : { ...rest, summary: text, summary_from: sourcesOf(left) };
}

/** An opening with the lines of both summaries that may be shown; the very same when these are all. (K30) */
export function openingWith(event: ConversationOpened, isShown: IsShown): ConversationOpened {
  const { summary, earlier_summary, summary_from = [], ...rest } = event;
  const gone = summary_from.some((from) => from !== null && !isShown(...from));
  if (!gone) return event;
  const shown = (text: string | undefined, from: readonly LineFrom[]): readonly Line[] =>
    text === undefined ? [] : linesShown(linesOf(text, from), isShown);
  // Between the two is an empty line.
  const own = earlier_summary === undefined ? 0 : earlier_summary.split("\n").length + 1;
  const [before, after] = [
    shown(earlier_summary, summary_from),
    shown(summary, summary_from.slice(own)),
  ];
  const [earlier, now] = [textIn(before), textIn(after)];
  const gap = earlier === "" || now === "" ? [] : [null];
  const from = [
    ...(earlier === "" ? [] : sourcesOf(before)),
    ...gap,
    ...(now === "" ? [] : sourcesOf(after)),
  ];
  return {
    ...rest,
    ...(earlier === "" ? {} : { earlier_summary: earlier }),
    ...(now === "" ? {} : { summary: now }),
    ...(from.every((one) => one === null) ? {} : { summary_from: from }),
  };
}

function sourcesOf(lines: readonly Line[]): readonly LineFrom[] {
  return lines.map(({ from }) => from);
}

/** An opening without words of others: whoever may read these finds them where they were said. */
export function withoutExcerpts(event: ConversationOpened): ConversationOpened {
  if (event.summary_from === undefined) return event;
  const { summary: _, earlier_summary: __, summary_from: ___, ...rest } = event;
  return rest;
}

type Line = { readonly text: string; readonly from: LineFrom };

function linesOf(text: string, from: readonly LineFrom[]): readonly Line[] {
  return text.split("\n").map((line, at) => ({ text: line, from: from[at] ?? null }));
}

function linesShown(lines: readonly Line[], isShown: IsShown): readonly Line[] {
  const left = lines.filter(({ from }) => from === null || isShown(...from));
  if (left.length === lines.length) return lines;
  const headings: ReadonlySet<string> = new Set(Object.values(HEADINGS));
  const full = left.filter(
    ({ text, from }, at) => from !== null || !headings.has(text) || left[at + 1]?.from != null,
  );
  // Of empty lines that meet, and at both ends, one is too many.
  const end = full.findLastIndex(({ text }) => text !== "") + 1;
  return full
    .slice(0, end)
    .filter(({ text }, at) => text !== "" || (at > 0 && full[at - 1]?.text !== ""));
}

function textIn(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join("\n");
}
