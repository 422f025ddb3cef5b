/**
 * What can happen in a session or a conversation. Every change is one event,
 * one event is one entry of the journal, and nothing is known of a session that
 * is not worked out from its events.
 *
 * Types only; what an event must look like on the wire is in event-schema.ts.
 */

export const SESSION_SOURCE = "session";

export const EMOTIONS = [
  "neutral",
  "happy",
  "frustrated",
  "anxious",
  "breakthrough",
  "integrated",
  "exploring",
  "resistant",
  "curious",
] as const;
export type Emotion = (typeof EMOTIONS)[number];

export const CATEGORIES = [
  "reframe",
  "integration",
  "insight",
  "acceptance",
  "pattern_recognition",
  "resolution",
] as const;
export type Category = (typeof CATEGORIES)[number];

export const SPEAKERS = ["user", "assistant", "system", "tool"] as const;
export type Speaker = (typeof SPEAKERS)[number];

/** `first`: nobody had spoken. `set`: somebody pointed it at a session that is there. */
export const OPENINGS = ["first", "cleared", "compacted", "set"] as const;
export type Opening = (typeof OPENINGS)[number];

export const VERDICTS = ["verified", "disputed", "revoked"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How strong and how sure: both from 0 to 1. */
export type Feeling = {
  readonly emotion: Emotion;
  readonly intensity: number;
  readonly confidence: number;
};

/** Fields of the context: null clears one, absent leaves it. */
export type ContextFields = {
  readonly current_theme?: string | null | undefined;
  readonly therapeutic_focus?: string | null | undefined;
  readonly client_state_summary?: string | null | undefined;
  readonly session_notes?: string | null | undefined;
  readonly working_hypotheses?: readonly string[] | null | undefined;
};

/** The message that a line of a summary was taken from; null when it is of nobody's. */
export type LineFrom = readonly [session_id: string, message_id: string] | null;

/** What each event says beside what all of them say. */
export type EventFields = {
  readonly conversation_opened: {
    readonly conversation_id: string;
    readonly owner: string;
    readonly channel?: string | undefined;
    /** 1, 2, 3: which session of this conversation it is. */
    readonly generation: number;
    readonly reason: Opening;
    readonly previous_session_id?: string | undefined;
    readonly summary?: string | undefined;
    /** What the session before went on from itself, so that nothing summed up is lost. */
    readonly earlier_summary?: string | undefined;
    /** Of each line of both, with the empty one between them; absent when nothing was taken from messages. */
    readonly summary_from?: readonly LineFrom[] | undefined;
    /** The model that goes on. */
    readonly model?: string | undefined;
  };
  readonly conversation_deleted: {
    readonly conversation_id: string;
    readonly owner: string;
    /** The generation it had: what is opened after it lives. */
    readonly generation: number;
  };
  readonly session_started: {
    readonly conversation_id?: string | undefined;
    readonly model?: string | undefined;
    readonly ttl_days?: number | undefined;
    /** The session it goes on from, up to and with the entry `seq`. */
    readonly forked_from?: { readonly session_id: string; readonly seq: number } | undefined;
  };
  readonly session_resumed: Readonly<Record<never, never>>;
  readonly session_closed: Readonly<Record<never, never>>;
  readonly message_said: {
    readonly message_id: string;
    readonly role: Speaker;
    readonly content: string;
    readonly conversation_id?: string | undefined;
    readonly model?: string | undefined;
    readonly tokens?: number | undefined;
    readonly emotion?: Feeling | undefined;
    readonly parent_message_id?: string | undefined;
    readonly is_breakthrough?: boolean | undefined;
    /** What was understood; without it, the message's first words. */
    readonly insight?: string | undefined;
  };
  readonly message_deleted: { readonly message_id: string };
  readonly emotion_changed: Feeling & { readonly evidence?: readonly string[] | undefined };
  readonly milestone_reached: {
    readonly description: string;
    readonly emotion: Emotion;
    readonly model?: string | undefined;
  };
  readonly breakthrough_recorded: {
    readonly insight: string;
    readonly category: Category;
    readonly confidence: number;
    readonly trigger_message_id?: string | undefined;
  };
  readonly context_changed: ContextFields;
  readonly model_switched: { readonly model: string };
  readonly ttl_changed: { readonly ttl_days: number };
  readonly off_record_set: { readonly on: boolean };
  /** A note of the therapist: in no export for a client. */
  readonly note_written: { readonly text: string };
  readonly citation_judged: {
    readonly citation_id: string;
    readonly status: Verdict;
    readonly why?: string | undefined;
  };
  readonly snapshot_taken: {
    readonly snapshot_id: string;
    /** The entry up to which it is made. */
    readonly seq: number;
    readonly sha256: string;
    readonly messages: number;
  };
  readonly session_forgotten: Readonly<Record<never, never>>;
  readonly user_forgotten: Readonly<Record<never, never>>;
};

export type EventName = keyof EventFields;

/** What every event says. */
type EventHead = {
  readonly v: 1;
  /** A UUID; also the id of the event's citation, where it has one. */
  readonly event_id: string;
  readonly user_id: string;
  readonly session_id: string;
  /** The credential it came with, where there was one. */
  readonly by: string | null;
  /** When it happened, where that is not when it was heard. */
  readonly at?: string | undefined;
  /** A UUID that follows from the Idempotency-Key it was asked for with: whoever asks again is known by it. */
  readonly request?: string | undefined;
};

/** One event of these names. */
export type SessionEvent<Name extends EventName = EventName> = {
  [Key in Name]: EventHead & { readonly event: Key } & EventFields[Key];
}[Name];

/** Where an event stands in the journal, and when it was heard. */
export type Moment = { readonly seq: number; readonly at: string };

/** An event with its place. */
export type Happened = { readonly event: SessionEvent; readonly moment: Moment };
