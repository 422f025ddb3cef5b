/**
 * Making a long conversation short, in its own words: the sentences that say
 * most of what was decided, asked and talked about, in the order they were said.
 * For when nobody with a model is at hand; who has one hands in a summary.
 *
 *   K10  A summary says nothing that was not said, keeps its bound, keeps the
 *        order, and is empty only when there were no words.
 *   K20  What was summed up before, and the model, go on with it.
 */
import type { Sha256 } from "../settle/port.ts";
import type { Conversation } from "./conversation.ts";
import type { LineFrom, SessionEvent } from "./event.ts";
import type { SaidMessage } from "./kept.ts";
import { openingOf } from "./keys.ts";
import { HEADINGS, type SessionOpened } from "./opened.ts";

/** Fewer messages are short already. */
export const COMPACT_MESSAGES_MIN = 3;
/** A page and a half. */
const SUMMARY_CHARS = 4000;
/** One sentence; of a longer one its beginning. */
const SENTENCE_CHARS = 400;
/** Sentences looked at; of longer conversations the newest. */
const SENTENCES_MAX = 5000;
const DECISIONS_MAX = 10;
const QUESTIONS_MAX = 10;

const DECISION =
  /\b(decided?|decision|agreed?|will do|let's|we'll|i'll|i will|we will|going to|settled on|chose|plan to|promised?|from now on)\b/i;
const QUESTION = /[?？]\s*$/u;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’_-]{3,}/gu;
const SENTENCE_END = /(?<=[.!?…。！？])\s+|\n+/u;

type Sentence = {
  readonly text: string;
  readonly speaker: string;
  readonly message: number;
  readonly isQuestion: boolean;
  readonly isDecision: boolean;
  readonly words: readonly string[];
};

type Scored = Sentence & { readonly score: number };

/** A line of a summary, and which of the messages it is from. */
type Line = { readonly text: string; readonly message: number | null };

/** A summary of messages in at most so many characters. (K10) */
export function summaryOf(
  messages: readonly SaidMessage[],
  charsMax: number = SUMMARY_CHARS,
): string {
  return textOf(summaryLines(messages, charsMax));
}

function textOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join("\n");
}

function summaryLines(messages: readonly SaidMessage[], charsMax: number): readonly Line[] {
  const sentences = scored(messages.flatMap(sentencesOf).slice(-SENTENCES_MAX));
  const questions = openQuestions(sentences, messages.length).slice(-QUESTIONS_MAX);
  const decisions = sentences.filter(({ isDecision }) => isDecision).slice(-DECISIONS_MAX);
  const named = new Set<Sentence>([...questions, ...decisions]);
  const rest = sentences.filter((one) => !named.has(one) && !one.isQuestion);
  const parts = [
    { title: HEADINGS.decisions, sentences: decisions, share: 0.35 },
    { title: HEADINGS.questions, sentences: questions, share: 0.25 },
    { title: HEADINGS.said, sentences: rest, share: 1 },
  ];
  return bounded(parts, charsMax);
}

type Section = {
  readonly title: string;
  readonly sentences: readonly Scored[];
  readonly share: number;
};

/** Sections that fit, each with at most its share of what is there. */
function bounded(sections: readonly Section[], charsMax: number): readonly Line[] {
  const whole: Line[] = [];
  let left = charsMax;
  for (const { title, sentences, share } of sections) {
    const lines = sectionOf(title, sentences, Math.floor(left * share) - SECTION_GAP);
    if (lines.length === 0) continue;
    whole.push(...(whole.length === 0 ? [] : [nobodys("")]), ...lines);
    left -= textOf(lines).length + SECTION_GAP;
  }
  if (whole.length > 0) return whole;
  const best = sections.flatMap((one) => one.sentences).toSorted(byScore)[0];
  return best === undefined ? [] : [{ ...best, text: cut(best.text, charsMax) }];
}

function nobodys(text: string): Line {
  return { text, message: null };
}

/** The empty line between two sections. */
const SECTION_GAP = 2;

/** The best sentences that fit, in the order they were said. */
function sectionOf(title: string, sentences: readonly Scored[], charsMax: number): readonly Line[] {
  let left = charsMax - title.length;
  const chosen = new Set<Scored>();
  for (const one of sentences.toSorted(byScore)) {
    const length = lineOf(one).text.length + 1;
    if (length > left) continue;
    chosen.add(one);
    left -= length;
  }
  const lines = sentences.filter((one) => chosen.has(one)).map(lineOf);
  return lines.length === 0 ? [] : [nobodys(title), ...lines];
}

function byScore(one: Scored, other: Scored): number {
  return other.score - one.score;
}

function lineOf({ speaker, text, message }: Sentence): Line {
  return { text: `- ${speaker}: ${text}`, message };
}

function sentencesOf(message: SaidMessage, at: number): readonly Sentence[] {
  const seen = message.content
    .split(SENTENCE_END)
    .map((one) => one.replaceAll(/\s+/gu, " ").trim());
  return seen
    .filter((one) => one !== "")
    .map((one) => ({
      text: cut(one, SENTENCE_CHARS),
      speaker: message.role,
      message: at,
      isQuestion: QUESTION.test(one),
      isDecision: DECISION.test(one) && !QUESTION.test(one),
      words: [...new Set(one.toLowerCase().match(WORD) ?? [])],
    }));
}

/** A text without more than so many characters, never ending in half of one. */
function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${text
    .slice(0, Math.max(0, charsMax - 1))
    .toWellFormed()
    .replace(/\ufffd$/u, "")}…`.slice(0, charsMax);
}

/** A sentence counts by how often its words are said in all, per word; beginnings and what is new count a little more. */
function scored(sentences: readonly Sentence[]): readonly Scored[] {
  const often = new Map<string, number>();
  for (const { words } of sentences)
    for (const word of words) often.set(word, (often.get(word) ?? 0) + 1);
  const seen = new Set<string>();
  return sentences.map((one, at) => {
    const weights = one.words.map((word) => Math.log2(often.get(word) ?? 1));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const repeated = seen.has(one.text.toLowerCase()) ? 0 : 1;
    seen.add(one.text.toLowerCase());
    const early = at < 3 ? 1 : 0;
    return { ...one, score: repeated * (sum / Math.sqrt(one.words.length + 4) + early) };
  });
}

/** Questions that the other side said nothing after. */
function openQuestions(sentences: readonly Scored[], messages: number): readonly Scored[] {
  const speakers = new Map(sentences.map(({ message, speaker }) => [message, speaker]));
  return sentences.filter((one) => {
    if (!one.isQuestion) return false;
    for (let at = one.message + 1; at < messages; at += 1) {
      const speaker = speakers.get(at);
      if (speaker !== undefined && speaker !== one.speaker) return false;
    }
    return true;
  });
}

export type CompactPlan =
  | { readonly kind: "open"; readonly event: SessionEvent<"conversation_opened"> }
  /** There is no session, or it is short already. */
  | { readonly kind: "nothing"; readonly why: string };

/** What compacting a conversation takes: one event, so it is done whole or not at all. */
export function compactPlan(ask: {
  readonly conversation: Conversation;
  readonly user_id: string;
  /** Those that may be shown (`shownMessages`): a summary holds their words. */
  readonly messages: readonly SaidMessage[];
  /** From the caller; an empty one counts as none. */
  readonly summary?: string | undefined;
  /** The session a message was said in, where it is not the conversation's: of a fork, what was before it. */
  readonly saidIn?: (message: SaidMessage) => string;
  /** What the session went on from itself, and its model: both go on. */
  readonly earlier?: Pick<SessionOpened, "summary" | "summary_from"> | null;
  readonly model?: string | null;
  readonly request?: string | undefined;
  readonly sha256: Sha256;
}): CompactPlan {
  const { conversation, messages, user_id, sha256 } = ask;
  const { owner, conversation_id, session_id, generation } = conversation;
  if (session_id === null) return { kind: "nothing", why: "No active session to compact." };
  if (messages.length < COMPACT_MESSAGES_MIN)
    return { kind: "nothing", why: "Session has too few messages to compact." };
  const given = ask.summary?.trim() ?? "";
  const made = given === "" ? summaryLines(messages, SUMMARY_CHARS) : [];
  const summary = given === "" ? textOf(made) : given;
  const before = carried(ask.earlier ?? null, summary);
  const saidIn = ask.saidIn ?? (() => session_id);
  const own = made.map(({ message }): LineFrom => {
    const one = message === null ? undefined : messages[message];
    return one === undefined ? null : [saidIn(one), one.message_id];
  });
  const opening = {
    owner,
    conversation_id,
    user_id,
    generation: generation + 1,
    reason: "compacted",
    previous_session_id: session_id,
    ...(summary === "" ? {} : { summary }),
    ...(before === null ? {} : { earlier_summary: before.text }),
    ...fromOf(before?.from ?? null, own),
    ...(ask.model == null ? {} : { model: ask.model }),
    ...(ask.request === undefined ? {} : { request: ask.request }),
  } as const;
  return { kind: "open", event: openingOf(opening, sha256) };
}

/** Longest summary that is handed on; of a longer one the end, which is the newest. */
const CARRIED_CHARS_MAX = 50_000;

/** The earlier summary with where its lines are from, unless the new one has it in it. */
function carried(
  earlier: Pick<SessionOpened, "summary" | "summary_from"> | null,
  summary: string,
): { readonly text: string; readonly from: readonly LineFrom[] } | null {
  const { summary: whole, summary_from = [] } = earlier ?? { summary: null };
  const end = (whole ?? "").slice(-CARRIED_CHARS_MAX).toWellFormed();
  const text = end.trim();
  if (whole === null || text === "" || summary.includes(text)) return null;
  const left = whole.slice(0, whole.length - end.trimStart().length);
  const first = left.split("\n").length - 1;
  const from = text.split("\n").map((_, at) => summary_from[first + at] ?? null);
  return { text, from };
}

/** Of each line of both summaries; between them is an empty one. */
function fromOf(
  earlier: readonly LineFrom[] | null,
  own: readonly LineFrom[],
): { readonly summary_from?: readonly LineFrom[] } {
  const all = [...(earlier === null ? [] : [...earlier, null]), ...own];
  const last = all.findLastIndex((one) => one !== null);
  return last === -1 ? {} : { summary_from: all.slice(0, last + 1) };
}
