/**
 * Where sessions are kept, beside the journal: hot, for the next reply, and
 * deep, for ever. Both are made from the journal and may be thrown away.
 *
 * Promises of both
 *   - Making the changes of an event twice is making them once, and their order
 *     does not matter (kept.ts): whoever acknowledged an event may apply it at
 *     once, and the worker who reads the journal applies it again.
 *   - A session is read with its user: another user's session of the same name
 *     is another session, and nobody finds out that it is there.
 * What they throw when they are away is `redis_unreachable`, `postgres_unreachable`.
 */
import type { Citation, CitationStatus, CitationType } from "./citations.ts";
import type { Conversation } from "./conversation.ts";
import type { Happened } from "./event.ts";
import type { SaidMessage } from "./kept.ts";
import type { SessionState } from "./state.ts";
import type { KnownIds, StoredSession } from "./stored.ts";

/** A session and whose it is. */
export type SessionName = { readonly user_id: string; readonly session_id: string };

/** Every event of a session up to the entry `up_to`, in order; maybe newer ones too. */
export type WholeSession = {
  readonly name: SessionName;
  readonly events: readonly Happened[];
  readonly up_to: number;
};

/** Some of the events of a session; of an outline the words of messages are cut short, and are not for keeping. */
export type SessionPart = { readonly events: readonly Happened[]; readonly isOutline: boolean };

/** Every event of a session up to the entry `upTo()`, part by part in order; maybe newer ones too. */
export type SessionParts = {
  readonly name: SessionName;
  /** When the session last went on; null when it never did. */
  readonly heard_at: string | null;
  /** Asked after the last part. */
  readonly upTo: () => number;
  readonly parts: AsyncIterable<SessionPart>;
};

/** Messages a hot session keeps; the deep store has them all. */
export const HOT_SESSION_MESSAGES = 100;

/**
 * Sessions that are going on. Every key of a session lives as long as the
 * others: what touches one refreshes all, in the same step.
 */
export interface SessionStore {
  /**
   * Makes the changes of events of one session in one atomic step; what is asked
   * afterwards shows them. An event the session goes on by refreshes its life.
   * False when the session is not whole here: then somebody with the deep store
   * may restore it.
   */
  apply(events: readonly Happened[]): Promise<boolean>;
  /** Puts a session back that had expired; what was applied since stays. False when more was heard than these and this store know together: then later, with newer ones. */
  restore(whole: SessionParts): Promise<boolean>;
  /** Puts a conversation back that had expired. */
  restoreConversation(conversation: Conversation): Promise<void>;
  /** Null when it is not here (any more), or not everything up to the entry `floor` was heard here: then the deep store is asked. */
  state(name: SessionName, floor?: number): Promise<SessionState | null>;
  /** The newest, oldest first; at most HOT_SESSION_MESSAGES. Null when the session is not here, as above. */
  messages(
    name: SessionName,
    limit: number,
    floor?: number,
  ): Promise<readonly SaidMessage[] | null>;
  /** Seconds it has left; null when it is not here. */
  ttl(name: SessionName): Promise<number | null>;
  /** Gives all of its keys their whole life again; false when it is not here. */
  touch(name: SessionName): Promise<boolean>;
  /** Null when nobody opened it, or it is not here. */
  conversation(owner: string, conversationId: string): Promise<Conversation | null>;
  /** Users that have a conversation of this name here. */
  ownersOf(conversationId: string): Promise<readonly string[]>;
  /** Newest first; only sessions that are here. */
  sessionsOf(userId: string): Promise<readonly string[]>;
  /** Sessions with less than so many seconds left. */
  expiring(seconds: number): Promise<readonly SessionName[]>;
  /** Takes every key of a session away. */
  drop(name: SessionName): Promise<void>;
  /** Answers, or throws `redis_unreachable` without waiting. */
  ping(): Promise<void>;
}

/** A part of a list, and where the next one begins. */
export type Paged<Row> = { readonly rows: readonly Row[]; readonly next_seq: number | null };

/** Rows after `after_seq`, oldest first, or before `before_seq`, newest first. */
export type PagedAsk = {
  readonly limit: number;
  readonly after_seq?: number;
  readonly before_seq?: number;
};

export type CitationFilter = {
  readonly session_id?: string;
  readonly user_id?: string;
  readonly type?: CitationType;
  readonly status?: CitationStatus;
  readonly since?: string;
  readonly until?: string;
};

export type SessionSnapshot = {
  readonly snapshot_id: string;
  readonly name: SessionName;
  /** The entry up to which it is made. */
  readonly seq: number;
  readonly at: string;
  /** Of `content`. */
  readonly sha256: string;
  /** JSON of the state and the ids of all messages. */
  readonly content: string;
};

/** A session as it is put away; null when nobody ever heard of it. */
export type FoldedSession = {
  readonly stored: StoredSession | null;
  readonly up_to: number;
  readonly known: KnownIds;
};

/** All sessions there ever were, whole. */
export interface SessionLibrary {
  /** All that is known of a session, to put it back with. */
  whole(name: SessionName): Promise<WholeSession>;
  /** Sessions a snapshot is due of: enough was said since the last one, or they were closed after it. */
  due(limit: number): Promise<readonly SessionName[]>;
  /** Null when nobody ever heard of it. */
  state(name: SessionName): Promise<SessionState | null>;
  /** The entry up to which it has everything. */
  settledTo(): Promise<number>;
  /** A session folded, with the entry it is folded up to; and of ids, those it knows, so that more events can be added. */
  folded(name: SessionName, asked: KnownIds): Promise<FoldedSession>;
  /** Notes of the therapist, oldest first. */
  notes(name: SessionName): Promise<readonly Happened[]>;
  /** What was deleted is not among them. */
  messages(name: SessionName, ask: PagedAsk): Promise<Paged<SaidMessage>>;
  /** The same without their words: what a journey is counted from. */
  facts(name: SessionName, ask: PagedAsk): Promise<Paged<SaidMessage>>;
  /** The message of this id; null when it was never said, or was deleted. */
  message(name: SessionName, messageId: string): Promise<SaidMessage | null>;
  events(name: SessionName, ask: PagedAsk): Promise<Paged<Happened>>;
  /** The same, with the words of messages cut to what a state shows of them. */
  outline(name: SessionName, ask: PagedAsk): Promise<Paged<Happened>>;
  /** When its newest event was heard by which it goes on; null when there is none. */
  heardAt(name: SessionName): Promise<string | null>;
  conversation(owner: string, conversationId: string): Promise<Conversation | null>;
  /** Newest change first, at most `limit`; null is of all users. */
  conversations(owner: string | null, limit: number): Promise<readonly Conversation[]>;
  citation(citationId: string): Promise<Citation | null>;
  citations(filter: CitationFilter, ask: PagedAsk): Promise<Paged<Citation>>;
  /** Newest first. */
  sessionsOf(userId: string, limit: number): Promise<readonly SessionState["metadata"][]>;
  /** Answers when it is on disk. */
  saveSnapshot(snapshot: SessionSnapshot): Promise<void>;
  /** Made again from its session's events when it is no longer kept; null when there is none, or it cannot be made the same. */
  readSnapshot(snapshotId: string): Promise<SessionSnapshot | null>;
}
