/**
 * What is asked of sessions and conversations, and what is answered: the shapes,
 * for the routes and for the clients. Field names are the wire's.
 */
import type {
  Category,
  Citation,
  ContextFields,
  Conversation,
  Emotion,
  Journey,
  OpenedShown,
  SaidMessage,
  SessionState,
  SessionStats,
  Speaker,
  TherapistNote,
  Verdict,
} from "@verbatim/core/sessions";
import type { Listing } from "./contract.ts";

type Maybe<Value> = Value | undefined;

type FeelingAsk = {
  readonly emotion: Emotion;
  readonly intensity: number;
  readonly confidence: number;
};
export type EmotionAsk = FeelingAsk & { readonly evidence?: Maybe<readonly string[]> };
export type MessageAsk = {
  readonly message_id?: Maybe<string>;
  readonly role: Speaker;
  readonly content: string;
  readonly model?: Maybe<string>;
  readonly tokens?: Maybe<number>;
  readonly emotion?: Maybe<FeelingAsk>;
  readonly parent_message_id?: Maybe<string>;
  readonly is_breakthrough?: Maybe<boolean>;
  readonly insight?: Maybe<string>;
  readonly off_record?: Maybe<boolean>;
};
export type MessagesAsk = { readonly messages: readonly MessageAsk[] };
export type MilestoneAsk = {
  readonly description: string;
  readonly emotion?: Maybe<Emotion>;
  readonly model?: Maybe<string>;
};
export type BreakthroughAsk = {
  readonly insight: string;
  readonly category: Category;
  readonly confidence: number;
  readonly trigger_message_id?: Maybe<string>;
};
export type ForkAsk = {
  readonly at: number | string;
  readonly session_id?: Maybe<string>;
  readonly model?: Maybe<string>;
};
export type StartAsk = {
  readonly session_id?: Maybe<string>;
  readonly conversation_id?: Maybe<string>;
  readonly model?: Maybe<string>;
  readonly ttl_days?: Maybe<number>;
};
export type ResolveAsk = { readonly user_id?: Maybe<string>; readonly channel?: Maybe<string> };
export type SetAsk = ResolveAsk & { readonly session_id: string };
export type MoveAsk = { readonly user_id?: Maybe<string>; readonly summary?: Maybe<string> };
export type JudgeAsk = { readonly status: Verdict; readonly why?: Maybe<string> };

/** A store that this answer should have come from did not answer, or is behind: what is shown may be incomplete; what was written is safe. */
type Degraded = { readonly degraded: boolean };

/** Something recorded: on disk, after fsync. */
export type RecordedAnswer = Degraded & {
  readonly stored: true;
  readonly status: "created" | "known";
  readonly event_id: string;
  readonly seq: number;
  readonly at: string;
  /** Of a message. */
  readonly message_id?: string;
  /** Of the change it made, where it made one; `tracking_id` is its URI. */
  readonly citation_id: string | null;
  readonly tracking_id: string | null;
};
/** Something said off the record: nothing of it is kept. */
export type UnstoredAnswer = Degraded & { readonly stored: false; readonly off_record: true };
/** A message that was not stored, because its id is known with other words. */
export type RefusedAnswer = Degraded & {
  readonly stored: false;
  readonly status: "conflict";
  readonly message_id: string | null;
  readonly error: { readonly code: "conflict"; readonly message: string; readonly path: string };
};
export type SaidAnswer = Degraded & {
  readonly receipts: readonly (RecordedAnswer | UnstoredAnswer | RefusedAnswer)[];
};

export type ResolveAnswer = Degraded & {
  /** Whose it is; where nobody says, a conversation is its own: then this is its id. */
  readonly user_id: string;
  readonly session_id: string;
  readonly created: boolean;
  readonly generation: number;
};
export type ConversationAnswer = Omit<Conversation, "owner"> & { readonly user_id: string };
export type ConversationView = ConversationAnswer & Degraded;
export type ConversationListing = Listing<ConversationAnswer> & Degraded;
/** `reason` says how it moved on: of several who ask at once, one is heard. */
export type MoveAnswer = Degraded & {
  readonly session_id: string;
  readonly previous_session_id: string | null;
  readonly generation: number;
  readonly reason: string;
  readonly summary: string | null;
  /** What was summed up before: the new session goes on from both. */
  readonly earlier_summary: string | null;
};
export type CompactAnswer =
  | (MoveAnswer & { readonly compacted: true; readonly message_count: number })
  | (Degraded & {
      readonly compacted: false;
      readonly reason: string;
      readonly session_id: string;
      readonly message_count: number;
    });

export type StartedAnswer = Degraded & {
  readonly session_id: string;
  readonly user_id: string;
  readonly conversation_id: string | null;
  readonly started_at: string | null;
  readonly model: string | null;
  readonly ttl_days: number;
  readonly forked_from: SessionState["forked_from"];
  readonly created: boolean;
};
export type SessionMetadata = SessionState["metadata"];
export type UserSessionListing = Listing<SessionMetadata> & Degraded;
/** A session as it is now. */
export type SessionView = Degraded & {
  readonly session_metadata: SessionMetadata;
  readonly emotional_state: SessionState["emotion"];
  readonly context_snapshot: SessionState["context"];
  readonly counts: SessionState["counts"];
  readonly off_record: boolean;
  /** How it began, when a conversation opened it: the summary it goes on from, and the session before it. */
  readonly opened: OpenedShown | null;
  readonly forked_from: SessionState["forked_from"];
};
export type ResumeAnswer = SessionView & {
  readonly recent_messages: readonly SaidMessage[];
  readonly recent_milestones: SessionState["milestones"];
  readonly last_breakthrough: SessionState["breakthroughs"][number] | null;
};
export type HistoryAnswer = Listing<SaidMessage> & Degraded;
export type EmotionAnswer = SessionState["emotion"] & Degraded;
export type EmotionListing = Listing<SessionState["emotions"][number]> & Degraded;
export type MilestoneListing = Listing<SessionState["milestones"][number]> & Degraded;
export type BreakthroughListing = Listing<SessionState["breakthroughs"][number]> & Degraded;
export type ContextAnswer = SessionState["context"] & Degraded;
export type ContextAsk = ContextFields;
export type NoteListing = Listing<TherapistNote> & Degraded;
export type StatsAnswer = SessionStats & Degraded;
export type JourneyAnswer = Journey & Degraded;
export type CitationAnswer = Citation;
export type CitationListing = Listing<Citation> & Degraded;
