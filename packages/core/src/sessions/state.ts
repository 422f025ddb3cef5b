/**
 * The state of a session, as it is shown: worked out from what is kept of it
 * (changes.ts), by whoever keeps it.
 *
 * What was said while a session was off the record is in no list here, whatever
 * a store was handed.
 */
import { countOf, fieldsOf, textOf } from "../sources/json.ts";
import type { Emotion } from "./event.ts";
import type { Added, ListKey, SaidMessage } from "./kept.ts";
import { openedOf, type SessionOpened } from "./opened.ts";

/** Days a session is kept hot after it was last touched, when nobody says otherwise. */
export const TTL_DAYS = 7;
const STATE_VERSION = "1.0";
/** Where a session starts, before anybody felt anything. */
const START: {
  readonly emotion: Emotion;
  readonly intensity: number;
  readonly confidence: number;
} = { emotion: "neutral", intensity: 0, confidence: 0.5 };

/** A member of a list that a store keeps. */
export type Member<Key extends ListKey> = {
  readonly id: string;
  readonly seq: number;
  readonly json: Added[Key];
};

/** Lists a state is read from. */
export const STATE_LISTS = [
  "emotions",
  "milestones",
  "breakthroughs",
  "models",
  "off_record",
  "judgements",
] as const;
export type StateList = (typeof STATE_LISTS)[number];

/** What a store keeps of a session, in any order; what was removed is not in it. */
export type Kept = {
  readonly user_id: string;
  readonly session_id: string;
  readonly fields: {
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly context_snapshot: Readonly<Record<string, unknown>>;
  };
  readonly lists: { readonly [Key in StateList]: readonly Member<Key>[] };
  /** Ids removed from `said`. */
  readonly deleted: readonly string[];
  readonly counts: {
    /** Members of `said`, of `notes` and of `events`. */
    readonly messages: number;
    readonly notes: number;
    readonly events: number;
  };
};

export type EmotionChange = Added["emotions"] & {
  readonly citation_id: string;
  /** The emotion before it. */
  readonly from: Emotion;
  readonly seq: number;
};
export type Milestone = Added["milestones"] & {
  readonly citation_id: string;
  readonly seq: number;
};
export type Breakthrough = Added["breakthroughs"] & { readonly seq: number };
type ModelSwitch = {
  readonly citation_id: string;
  /** Null at the start. */
  readonly from: string | null;
  readonly to: string;
  readonly at: string;
  readonly seq: number;
};
export type Judgement = Added["judgements"] & { readonly event_id: string; readonly seq: number };
/** Off the record after `from_seq`, up to `to_seq`; null while it still is. */
type OffRecord = { readonly from_seq: number; readonly to_seq: number | null };

type SessionMetadata = {
  readonly user_id: string;
  readonly session_id: string;
  readonly conversation_id: string | null;
  /** Null only of a session nobody has heard of. */
  readonly started_at: string | null;
  readonly last_updated: string | null;
  readonly last_resumed: string | null;
  readonly closed_at: string | null;
  readonly forgotten_at: string | null;
  readonly last_model: string | null;
  readonly ttl_days: number;
  readonly milestone_count: number;
  /** The newest entry of its events: changes whenever anything does. 0 when there is none. */
  readonly last_seq: number;
  readonly version: string;
};

export type SessionContext = {
  readonly current_theme: string | null;
  readonly therapeutic_focus: string | null;
  readonly client_state_summary: string | null;
  readonly session_notes: string | null;
  readonly working_hypotheses: readonly string[];
  readonly last_summarized: string | null;
};

export type SessionState = {
  readonly metadata: SessionMetadata;
  readonly emotion: {
    readonly current: Emotion;
    readonly intensity: number;
    readonly confidence: number;
    /** When the present emotion began; null when nobody ever said one. */
    readonly since: string | null;
    readonly citation_id: string | null;
  };
  /** Every change, oldest first; so are all lists here. */
  readonly emotions: readonly EmotionChange[];
  readonly milestones: readonly Milestone[];
  readonly breakthroughs: readonly Breakthrough[];
  readonly models: readonly ModelSwitch[];
  readonly judgements: readonly Judgement[];
  readonly context: SessionContext;
  readonly off_record: { readonly on: boolean; readonly spans: readonly OffRecord[] };
  readonly counts: Kept["counts"] & { readonly deleted: number };
  /** Ids of messages that were deleted. */
  readonly deleted: readonly string[];
  readonly opened: SessionOpened | null;
  readonly forked_from: { readonly session_id: string; readonly seq: number } | null;
  readonly snapshot: {
    readonly snapshot_id: string;
    readonly seq: number;
    readonly sha256: string;
    readonly messages: number;
    readonly at: string;
  } | null;
};

/** The state that what is kept amounts to. Answers for any `kept`. */
export function stateFrom(kept: Kept): SessionState {
  const { lists, fields } = kept;
  const spans = spansOf(bySeq(lists.off_record));
  const onRecord = <One extends { readonly seq: number }>(members: readonly One[]) =>
    bySeq(members).filter(({ seq }) => !isWithin(spans, seq));
  const emotions = emotionsOf(onRecord(lists.emotions));
  const milestones = onRecord(lists.milestones).map(({ id, seq, json }) => ({
    ...json,
    citation_id: id,
    seq,
  }));
  return {
    metadata: metadataOf(kept, milestones.length),
    emotion: currentOf(emotions),
    emotions,
    milestones,
    breakthroughs: onRecord(lists.breakthroughs).map(({ seq, json }) => ({ ...json, seq })),
    models: modelsOf(bySeq(lists.models)),
    judgements: bySeq(lists.judgements).map(({ id, seq, json }) => ({
      ...json,
      event_id: id,
      seq,
    })),
    context: contextOf(fields.context_snapshot),
    off_record: { on: spans.at(-1)?.to_seq === null, spans },
    counts: { ...kept.counts, deleted: kept.deleted.length },
    deleted: kept.deleted.toSorted(),
    opened: openedOf(fields.metadata["opened"] ?? fields.metadata["pointed_at_as"]),
    forked_from: forkOf(fields.metadata["forked_from"]),
    snapshot: snapshotOf(fields.metadata["snapshot"]),
  };
}

/** Whether an entry was heard while the session was off the record. */
export function isOffRecord(state: SessionState, seq: number): boolean {
  return isWithin(state.off_record.spans, seq);
}

/** Of messages, those that may be shown, oldest first: neither deleted nor off the record. */
export function shownMessages(
  state: SessionState,
  messages: readonly SaidMessage[],
): readonly SaidMessage[] {
  const deleted = new Set(state.deleted);
  return bySeq(messages).filter(
    ({ message_id, seq }) => !deleted.has(message_id) && !isOffRecord(state, seq),
  );
}

function isWithin(spans: readonly OffRecord[], seq: number): boolean {
  return spans.some(({ from_seq, to_seq }) => seq > from_seq && (to_seq === null || seq < to_seq));
}

function bySeq<One extends { readonly seq: number }>(members: readonly One[]): readonly One[] {
  return members.toSorted((one, other) => one.seq - other.seq);
}

function spansOf(switches: readonly Member<"off_record">[]): readonly OffRecord[] {
  const spans: OffRecord[] = [];
  for (const { seq, json } of switches) {
    const last = spans.at(-1);
    const isOn = last !== undefined && last.to_seq === null;
    if (json.on && !isOn) spans.push({ from_seq: seq, to_seq: null });
    else if (!json.on && isOn) spans[spans.length - 1] = { from_seq: last.from_seq, to_seq: seq };
  }
  return spans;
}

function emotionsOf(members: readonly Member<"emotions">[]): readonly EmotionChange[] {
  return members.map(({ id, seq, json }, at) => {
    const from = members[at - 1]?.json.emotion ?? START.emotion;
    return { ...json, citation_id: id, from, seq };
  });
}

function currentOf(emotions: readonly EmotionChange[]): SessionState["emotion"] {
  const newest = emotions.at(-1);
  if (newest === undefined) {
    const { emotion: current, intensity, confidence } = START;
    return { current, intensity, confidence, since: null, citation_id: null };
  }
  const { emotion: current, intensity, confidence, citation_id } = newest;
  const before = emotions.findLastIndex(({ emotion }) => emotion !== current);
  const since = emotions[before + 1]?.at ?? newest.at;
  return { current, intensity, confidence, since, citation_id };
}

function modelsOf(members: readonly Member<"models">[]): readonly ModelSwitch[] {
  return members.map(({ id, seq, json }, at) => {
    const from = members[at - 1]?.json.model ?? null;
    return { citation_id: id, from, to: json.model, at: json.at, seq };
  });
}

function metadataOf(kept: Kept, milestoneCount: number): SessionMetadata {
  const { metadata } = kept.fields;
  const started = textOf(metadata["started_at"]);
  return {
    user_id: kept.user_id,
    session_id: kept.session_id,
    conversation_id: textOf(metadata["conversation_id"] ?? metadata["pointed_at_from"]),
    started_at: started,
    last_updated: textOf(metadata["last_updated"]) ?? started,
    last_resumed: textOf(metadata["last_resumed"]),
    closed_at: textOf(metadata["closed_at"]),
    forgotten_at: textOf(metadata["forgotten_at"]),
    last_model: textOf(metadata["last_model"]),
    ttl_days: countOf(metadata["ttl_days"]) ?? TTL_DAYS,
    milestone_count: milestoneCount,
    last_seq: countOf(metadata["last_seq"]) ?? 0,
    version: STATE_VERSION,
  };
}

function contextOf(fields: Readonly<Record<string, unknown>>): SessionContext {
  const hypotheses = fields["working_hypotheses"];
  return {
    current_theme: textOf(fields["current_theme"]),
    therapeutic_focus: textOf(fields["therapeutic_focus"]),
    client_state_summary: textOf(fields["client_state_summary"]),
    session_notes: textOf(fields["session_notes"]),
    working_hypotheses: Array.isArray(hypotheses) ? hypotheses.filter(isText) : [],
    last_summarized: textOf(fields["last_summarized"]),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function forkOf(value: unknown): SessionState["forked_from"] {
  const session_id = textOf(fieldsOf(value)?.["session_id"]);
  const seq = countOf(fieldsOf(value)?.["seq"]);
  return session_id === null || seq === undefined ? null : { session_id, seq };
}

function snapshotOf(value: unknown): SessionState["snapshot"] {
  const fields = fieldsOf(value) ?? {};
  const [snapshot_id, sha256, at] = ["snapshot_id", "sha256", "at"].map((one) =>
    textOf(fields[one]),
  );
  if (snapshot_id == null || sha256 == null || at == null) return null;
  const [seq, messages] = [countOf(fields["seq"]), countOf(fields["messages"])];
  return { snapshot_id, seq: seq ?? 0, sha256, messages: messages ?? 0, at };
}
