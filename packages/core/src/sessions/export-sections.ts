/** Sections of the Markdown export that tell what became of a session: what was felt, reached and understood, and the numbers. */
import { verdictOf } from "./citations.ts";
import {
  type CitationLine,
  citationLines,
  clock,
  dayOf,
  type Exported,
  moment,
  percent,
  tenths,
} from "./export-parts.ts";
import type { SaidMessage } from "./kept.ts";
import { joined, named, table, titled } from "./markdown-shapes.ts";
import { markdownLine } from "./markdown-text.ts";
import type { Breakthrough, EmotionChange, SessionState } from "./state.ts";
import { uriOf } from "./uri.ts";

/** Rows of the chart: a page. The table has every change. */
const CHART_ROWS = 40;
const BAR = 10;
const EMOTION_CHARS = 12;
/** Of the message that a breakthrough came from. */
const EXCERPT_CHARS = 160;
/** Of what a citation is about, where it is only listed. */
const LISTED_CHARS = 80;

/** What was felt when: a table of every change, and a chart. */
export function trajectory({ state: { emotions }, options }: Exported): string {
  if (emotions.length === 0) return "";
  const rows = emotions.map((one) => [
    moment(one.at),
    one.from === one.emotion ? one.emotion : `${one.from} → ${one.emotion}`,
    tenths(one.intensity),
    percent(one.confidence),
    `\`${uriOf(options.scheme, "citation", one.citation_id)}\``,
  ]);
  const head = ["Time", "Emotion", "Intensity", "Confidence", "Citation"];
  const last = emotions.slice(-CHART_ROWS);
  const few = last.length < emotions.length ? [`The last ${CHART_ROWS} changes:`] : [];
  return titled("Emotional Trajectory", table(head, rows), ...few, chart(last));
}

/** One bar a change; the day where it is a new one. */
function chart(emotions: readonly EmotionChange[]): string {
  const lines = emotions.flatMap(({ at, emotion, intensity }, place) => {
    const full = Math.round(intensity * BAR);
    const bar = "█".repeat(full) + "░".repeat(BAR - full);
    const line = `${clock(at)}  ${emotion.padEnd(EMOTION_CHARS)}  ${bar}  ${tenths(intensity)}`;
    const isNewDay = dayOf(at) !== dayOf(emotions[place - 1]?.at ?? "");
    return isNewDay ? [dayOf(at), line] : [line];
  });
  return ["```text", ...lines, "```"].join("\n");
}

/** Milestones, oldest first. */
export function milestones({ journey, options, state }: Exported): string {
  if (journey.milestones.length === 0)
    return titled("Key Milestones", "No milestone was recorded.");
  const items = journey.milestones.map(({ at, description, emotion, message_count, citation_id }) =>
    [
      `- **${moment(at)}** ${markdownLine(description)}`,
      `  - Emotion: ${emotion}`,
      `  - Messages to this point: ${message_count}`,
      ...judgedLine(citation_id, state),
      `  - Citation: \`${uriOf(options.scheme, "citation", citation_id)}\``,
    ].join("\n"),
  );
  return titled("Key Milestones", items.join("\n"));
}

/** Breakthroughs, the most confident first, each with the message it came from. */
export function breakthroughs({ journey, messages, options, state }: Exported): string {
  const all = journey.breakthroughs_by_confidence;
  if (all.length === 0) return titled("Breakthroughs", "No breakthrough was recorded.");
  const items = all.map((one) =>
    [
      `- **${moment(one.at)}** ${markdownLine(one.insight)}`,
      `  - Category: ${one.category.replaceAll("_", " ")}`,
      `  - Confidence: ${percent(one.confidence)}`,
      ...judgedLine(one.citation_id, state),
      ...triggerOf(one, messages),
      `  - Citation: \`${uriOf(options.scheme, "citation", one.citation_id)}\``,
    ].join("\n"),
  );
  return titled("Breakthroughs", "Most confident first.", items.join("\n"));
}

/** How it was judged, where anybody did: what was disputed or revoked is not shown as if it held. */
function judgedLine(citationId: string, { judgements }: SessionState): readonly string[] {
  const { status } = verdictOf(citationId, judgements);
  return status === "unverified" ? [] : [`  - Status: **${status}**`];
}

/** The message it came from, unless that is what it shows already. */
function triggerOf(one: Breakthrough, messages: readonly SaidMessage[]): readonly string[] {
  const trigger = messages.find(({ message_id }) => message_id === one.trigger_message_id);
  if (trigger === undefined || trigger.content.startsWith(one.insight)) return [];
  return [`  - Triggered by: "${excerptOf(trigger.content, EXCERPT_CHARS)}"`];
}

/** The first words of a text, as one line. Cut before it is escaped, so that no escape is cut. */
function excerptOf(text: string, charsMax: number): string {
  const chars = [...text.replaceAll(/\s+/g, " ").trim()];
  const isWhole = chars.length <= charsMax;
  return isWhole
    ? markdownLine(chars.join(""))
    : `${markdownLine(chars.slice(0, charsMax).join(""))}…`;
}

/** The numbers. */
export function statistics({ journey }: Exported): string {
  const roles = Object.entries(journey.messages_by_role).map(([role, count]) => `${count} ${role}`);
  const { average_response_seconds, models, tokens } = journey;
  const rows = [
    ["Messages by Role", roles.join(", ") || "-"],
    [
      "Average Response Time",
      average_response_seconds === null ? "-" : `${average_response_seconds.toFixed(1)} s`,
    ],
    ["Emotion Changes", String(journey.emotion_change_count)],
    ["Dominant Emotion", journey.dominant_emotion ?? "-"],
    ["Models Used", models.map(markdownLine).join(", ") || "-"],
    ["Tokens", tokens === 0 ? "-" : String(tokens)],
  ];
  return titled("Session Statistics", table(["Metric", "Value"], rows));
}

/** Where everything above can be looked up, and whether anybody has confirmed it. */
export function citations(exported: Exported): string {
  const { state, options, uri } = exported;
  const { session_id } = state.metadata;
  const lines = citationLines(exported);
  const own = [
    `- ${named("Session", `\`${uriOf(options.scheme, "conversation", session_id)}\``)}`,
    `- ${named("This export", `\`${uri}\``)}`,
    ...(state.snapshot === null
      ? []
      : [
          `- ${named("Last snapshot", `\`${uriOf(options.scheme, "archive", session_id, state.snapshot.snapshot_id)}\``)}`,
        ]),
  ];
  const lists = [
    listed("Emotions", lines.emotions),
    listed("Milestones", lines.milestones),
    listed("Breakthroughs", lines.breakthroughs),
    listed("Models", lines.models),
  ];
  return titled("Citations & Traceability", own.join("\n"), ...lists.filter((one) => one !== ""));
}

function listed(title: string, lines: readonly CitationLine[]): string {
  if (lines.length === 0) return "";
  const items = lines.map(
    ({ uri, what, status }) => `- \`${uri}\` ${excerptOf(what, LISTED_CHARS)} (${status})`,
  );
  return joined([`### ${title}`, items.join("\n")]);
}
