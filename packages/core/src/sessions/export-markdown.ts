/**
 * A session as Markdown: what a therapist hands to a colleague, or to the
 * client. The same session and options give the same text, to the byte.
 *
 *   X53  Written piece by piece, however it is cut, it is the same text.
 *
 * Everything anybody wrote goes through markdown-text.ts; what is written here
 * is ours.
 */

import {
  clock,
  dayOf,
  type Exported,
  type ExportOptions,
  exportedOf,
  moment,
  percent,
  TRANSCRIPT_MESSAGES,
  tenths,
} from "./export-parts.ts";
import { breakthroughs, citations, milestones, statistics, trajectory } from "./export-sections.ts";
import type { SaidMessage } from "./kept.ts";
import { joined, named, table, titled } from "./markdown-shapes.ts";
import { markdownBlock, markdownLine, markdownQuote } from "./markdown-text.ts";
import type { SessionState } from "./state.ts";

/** The export of a session, from its state and all of its messages. */
export function sessionMarkdown(
  state: SessionState,
  messages: readonly SaidMessage[],
  options: ExportOptions,
): string {
  const exported = exportedOf(state, messages, options);
  const { above, below } = aroundOf(exported);
  return `${above}${transcript(exported)}${below}`;
}

/** What stands above and below what was said, where that is written piece by piece: of `messages` only what is quoted needs its words. */
export function markdownAround(
  state: SessionState,
  messages: readonly SaidMessage[],
  options: ExportOptions,
): { readonly above: string; readonly below: string } {
  return aroundOf(exportedOf(state, messages, options));
}

/** What was said, piece by piece, oldest first; the same as in a document that is written at once. */
export function openSaid(title: string = WHOLE): {
  text(messages: readonly SaidMessage[]): string;
  end(): string;
} {
  let day: string | null = null;
  return {
    text: (messages) => {
      const parts = day === null && messages.length > 0 ? [`## ${title}`] : [];
      for (const message of messages) {
        if (dayOf(message.at) !== day) parts.push(`### ${dayOf(message.at)}`);
        day = dayOf(message.at);
        parts.push(...saidBy(message));
      }
      return parts.map((part) => `${part}\n\n`).join("");
    },
    end: () => (day === null ? `${titled(title, "No message was recorded.")}${BETWEEN}` : RULE),
  };
}

const RULE = "---\n\n";
const BETWEEN = `\n\n${RULE}`;
const WHOLE = "Conversation Transcript";

function aroundOf(exported: Exported): { readonly above: string; readonly below: string } {
  const above = [
    header(exported),
    overview(exported),
    emotionalState(exported),
    trajectory(exported),
    milestones(exported),
    breakthroughs(exported),
  ];
  const below = [
    context(exported),
    hypotheses(exported),
    notes(exported),
    statistics(exported),
    citations(exported),
    "*Exported by Verbatim. All times are UTC.*",
  ];
  const sections = (all: readonly string[]): string =>
    all.filter((one) => one !== "").join(BETWEEN);
  return { above: `${sections(above)}${BETWEEN}`, below: `${sections(below)}\n` };
}

function header({ state, options, uri }: Exported): string {
  const { session_id, user_id, conversation_id } = state.metadata;
  const lines = [
    named("Session ID", markdownLine(session_id)),
    named("User ID", markdownLine(user_id)),
    ...(conversation_id === null ? [] : [named("Conversation", markdownLine(conversation_id))]),
    named("Export Date", moment(options.exported_at)),
    named("Audience", options.audience),
    named("Citation", `\`${uri}\``),
  ];
  return joined(["# Conversation Export", lines.join("  \n")]);
}

function overview({ state, journey }: Exported): string {
  const { started_at, last_updated, closed_at } = state.metadata;
  const rows = [
    ["Duration", `${journey.total_duration_minutes.toFixed(1)} minutes`],
    ["Started", moment(started_at)],
    ["Last Updated", moment(last_updated)],
    ...(closed_at === null ? [] : [["Closed", moment(closed_at)]]),
    ["Total Messages", String(journey.message_count)],
    ["Milestones", String(journey.milestone_count)],
    ["Breakthroughs", String(journey.breakthrough_count)],
  ];
  return titled("Session Overview", table(["Metric", "Value"], rows), ...before(state));
}

/** What came before this session, when it goes on from another one. */
function before({ opened, forked_from }: SessionState): readonly string[] {
  const parts: string[] = [];
  if (opened?.previous_session_id != null)
    parts.push(`This session follows session ${markdownLine(opened.previous_session_id)}.`);
  if (forked_from !== null)
    parts.push(
      `This session was forked from session ${markdownLine(forked_from.session_id)}, after entry ${forked_from.seq}.`,
    );
  if (opened?.summary != null)
    parts.push("What was said before, in short:", markdownQuote(markdownBlock(opened.summary)));
  return parts;
}

function emotionalState({ state: { emotion }, journey }: Exported): string {
  if (journey.emotions.length === 0)
    return titled("Current Emotional State", "No emotion was recorded.");
  return titled(
    "Current Emotional State",
    [
      `- ${named("Emotion", emotion.current)}`,
      `- ${named("Intensity", tenths(emotion.intensity))}`,
      `- ${named("Confidence", percent(emotion.confidence))}`,
      `- ${named("Since", moment(emotion.since))}`,
    ].join("\n"),
  );
}

function transcript({ transcript: shown, messages, options }: Exported): string {
  if (options.transcript === "none") return "";
  const isCut = shown.length < messages.length;
  const said = openSaid(isCut ? `${WHOLE} (Last ${TRANSCRIPT_MESSAGES} Messages)` : WHOLE);
  return `${said.text(shown)}${said.end()}`;
}

function saidBy({ role, model, at, content }: SaidMessage): readonly string[] {
  const who = role.charAt(0).toUpperCase() + role.slice(1);
  const by = model === null || role !== "assistant" ? who : `${who} (${markdownLine(model)})`;
  const words = markdownBlock(content).replaceAll(/^\n+|\n+$/g, "");
  return [`**[${clock(at)}] ${by}:**`, markdownQuote(words === "" ? "*(no words)*" : words)];
}

function context({ state, options }: Exported): string {
  const { current_theme, therapeutic_focus, client_state_summary, session_notes } = state.context;
  const fields: readonly (readonly [string, string | null])[] = [
    ["Current Theme", current_theme],
    ["Focus", therapeutic_focus],
    ["Client State", client_state_summary],
    ["Notes", session_notes],
  ];
  const lines = fields
    .filter(([name]) => name !== "Notes" || options.audience === "therapist")
    .map(([name, value]) => `- ${named(name, value === null ? "-" : markdownLine(value))}`);
  return titled("Therapeutic Context", lines.join("\n"));
}

function hypotheses({
  state: {
    context: { working_hypotheses },
  },
}: Exported): string {
  if (working_hypotheses.length === 0) return "";
  return titled(
    "Working Hypotheses",
    working_hypotheses.map((one) => `- ${markdownLine(one)}`).join("\n"),
  );
}

function notes({ notes: written }: Exported): string {
  if (written.length === 0) return "";
  const parts = written.flatMap(({ text, at, by }) => {
    const who = by === null ? "" : `, ${markdownLine(by)}`;
    return [`**${moment(at)}${who}**`, markdownQuote(markdownBlock(text))];
  });
  return titled("Therapist Notes", "Not in exports for clients.", ...parts);
}
