/**
 * What became of a session: how long it took, what was felt when, what was
 * reached. Numbers from a state and its messages; the same for the same.
 */
import { msOf } from "../message/time.ts";
import type { Emotion, Speaker } from "./event.ts";
import type { SaidMessage } from "./kept.ts";
import {
  type Breakthrough,
  type EmotionChange,
  type Milestone,
  type SessionState,
  shownMessages,
} from "./state.ts";

const MINUTE_MS = 60_000;

type MilestoneReached = Milestone & {
  /** Messages said before it. */
  readonly message_count: number;
};

export type Journey = {
  readonly total_duration_minutes: number;
  readonly message_count: number;
  readonly messages_by_role: Readonly<Partial<Record<Speaker, number>>>;
  readonly milestone_count: number;
  readonly breakthrough_count: number;
  /** Changes from one emotion to another; a new strength of the same one is none. */
  readonly emotion_change_count: number;
  readonly emotions: readonly EmotionChange[];
  /** The one felt longest; null when nobody said one. */
  readonly dominant_emotion: Emotion | null;
  readonly milestones: readonly MilestoneReached[];
  readonly breakthroughs: readonly Breakthrough[];
  readonly breakthroughs_by_confidence: readonly Breakthrough[];
  /** From what the user said to the next answer; null when there was none. */
  readonly average_response_seconds: number | null;
  /** In the order of their first use. */
  readonly models: readonly string[];
  readonly tokens: number;
};

/** The journey of a session, from its state and all of its messages. */
export function journeyOf(state: SessionState, messages: readonly SaidMessage[]): Journey {
  const shown = shownMessages(state, messages);
  const { emotions, milestones, breakthroughs } = state;
  return {
    total_duration_minutes: minutesOf(state),
    message_count: shown.length,
    messages_by_role: byRole(shown),
    milestone_count: milestones.length,
    breakthrough_count: breakthroughs.length,
    emotion_change_count: emotions.filter(({ from, emotion }) => from !== emotion).length,
    emotions,
    dominant_emotion: dominantOf(state),
    milestones: milestones.map((one) => ({ ...one, message_count: countBefore(shown, one.seq) })),
    breakthroughs: newestFirst(breakthroughs),
    breakthroughs_by_confidence: mostConfidentFirst(breakthroughs),
    average_response_seconds: averageResponse(shown),
    models: modelsOf(state, shown),
    tokens: tokensOf(shown),
  };
}

/** The breakthroughs, newest first. */
export function newestFirst(all: readonly Breakthrough[]): readonly Breakthrough[] {
  return all.toSorted((one, other) => other.seq - one.seq);
}

/** The breakthroughs, most confident first; of equals the newer. */
export function mostConfidentFirst(all: readonly Breakthrough[]): readonly Breakthrough[] {
  return all.toSorted((one, other) => other.confidence - one.confidence || other.seq - one.seq);
}

export type SessionStats = {
  readonly session_id: string;
  readonly started_at: string | null;
  readonly message_count: number;
  readonly milestone_count: number;
  readonly breakthrough_count: number;
  readonly emotion_change_count: number;
  readonly event_count: number;
  /** Seconds until its hot copy goes; null when there is none. */
  readonly ttl_seconds: number | null;
};

/** The numbers of a session that need no message to be read. */
export function statsOf(state: SessionState, ttlSeconds: number | null): SessionStats {
  return {
    session_id: state.metadata.session_id,
    started_at: state.metadata.started_at,
    message_count: state.counts.messages,
    milestone_count: state.milestones.length,
    breakthrough_count: state.breakthroughs.length,
    emotion_change_count: state.emotions.filter(({ from, emotion }) => from !== emotion).length,
    event_count: state.counts.events,
    ttl_seconds: ttlSeconds,
  };
}

/** As far as a number can count: a client may say any. */
function tokensOf(messages: readonly SaidMessage[]): number {
  const sum = messages.reduce((all, { tokens }) => all + (tokens ?? 0), 0);
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}

/** Minutes from its start to when it was last active, to one decimal. */
function minutesOf({ metadata: { started_at, last_updated } }: SessionState): number {
  if (started_at === null || last_updated === null) return 0;
  const minutes = Math.max(0, msOf(last_updated) - msOf(started_at)) / MINUTE_MS;
  return Math.round(minutes * 10) / 10;
}

function byRole(messages: readonly SaidMessage[]): Readonly<Partial<Record<Speaker, number>>> {
  const counts: Partial<Record<Speaker, number>> = {};
  for (const { role } of messages) counts[role] = (counts[role] ?? 0) + 1;
  return counts;
}

/** Each emotion lasts until the next is said; of equally long ones the one said last. */
function dominantOf({ emotions, metadata }: SessionState): Emotion | null {
  const lasted = new Map<Emotion, number>();
  for (const [at, { emotion, at: from }] of emotions.entries()) {
    const until = emotions[at + 1]?.at ?? metadata.last_updated ?? from;
    lasted.set(emotion, (lasted.get(emotion) ?? 0) + Math.max(0, msOf(until) - msOf(from)));
  }
  let dominant: Emotion | null = null;
  for (const { emotion } of emotions) {
    const longest = dominant === null ? -1 : (lasted.get(dominant) ?? 0);
    if ((lasted.get(emotion) ?? 0) >= longest) dominant = emotion;
  }
  return dominant;
}

function countBefore(messages: readonly SaidMessage[], seq: number): number {
  return messages.filter((one) => one.seq < seq).length;
}

function averageResponse(messages: readonly SaidMessage[]): number | null {
  let waiting: string | null = null;
  const seconds: number[] = [];
  for (const { role, at } of messages) {
    if (role === "user") waiting = at;
    else if (role === "assistant" && waiting !== null) {
      seconds.push(Math.max(0, msOf(at) - msOf(waiting)) / 1000);
      waiting = null;
    }
  }
  if (seconds.length === 0) return null;
  const sum = seconds.reduce((total, one) => total + one, 0);
  return Math.round((sum / seconds.length) * 10) / 10;
}

function modelsOf(state: SessionState, messages: readonly SaidMessage[]): readonly string[] {
  const switched = state.models.map(({ to, seq }) => ({ model: to, seq }));
  const used = messages.flatMap(({ model, seq }) => (model === null ? [] : [{ model, seq }]));
  const ordered = [...switched, ...used].toSorted((one, other) => one.seq - other.seq);
  return [...new Set(ordered.map(({ model }) => model))];
}
