/**
 * What the system asks of the deep store (Postgres): every message for ever,
 * its raw bytes, what was set aside, and finding all of it again.
 *
 *   S1  Saving is all or nothing, moves the cursor in the same transaction, and
 *       saving twice is saving once.
 *   S2  A message id is one row: the first record heard wins, later ones are
 *       counted as repeats of it, with their raw bytes where these differ.
 *   S3  Every entry up to the cursor is stored, a repeat, or aside with a
 *       reason; the three counts add up to the cursor.
 *   S4  The raw bytes of every entry come back exactly.
 *   S5  Search finds every stored message up to `indexed_to`, and what is newer
 *       than that as well.
 */
import type { Entry } from "../message/heard.ts";
import type { EnrichedMessage } from "../message/message.ts";
import type { Held } from "../proof/compare.ts";
import type { Settled, Taken } from "../settle/port.ts";

/** Entries, not messages: heard = stored + aside + behind. Repeats are part of `stored`. */
export type DeepTotals = {
  readonly settled_to: number;
  readonly stored: number;
  readonly aside: number;
  readonly repeats: number;
  readonly messages: number;
  /** Of the messages those that are no bookkeeping of a source. */
  readonly said: number;
  readonly sessions: number;
  /** Everything up to this seq is in the text index. */
  readonly indexed_to: number;
  /** Everything up to this seq is in the numbers, and enriched by the taxonomy that holds. */
  readonly counted_to: number;
  /** When the newest settled entry was heard, or null. */
  readonly last_heard_at: string | null;
};

/** Writing: used by the archive worker alone. */
export interface DeepStore {
  /** Binds this database to a journal. Throws `journal_foreign` when it is made from another one. */
  claim(journalId: string): Promise<void>;
  cursor(): Promise<number>;
  /** The newest entry it has taken; null when it is empty. */
  newest(): Promise<Taken | null>;
  /** Saves what follows the cursor, in order. Entries at or below it are skipped; a hole is refused (`conflict`). */
  save(stretch: readonly Settled[]): Promise<void>;
  /** Says by which taxonomy stretches are enriched. Where it is another one than before, everything is to be counted again. */
  useTaxonomy(taxonomy: string): Promise<void>;
  /** Everything up to this seq is counted; behind the cursor only while all of it is counted again. */
  countedTo(): Promise<number>;
  /** Counts what is saved and follows `countedTo`, all or nothing; enrichments of another taxonomy are kept and replaced. A hole is refused (`conflict`). */
  recount(stretch: readonly Settled[]): Promise<void>;
  /** Empties the numbers, so that everything is counted again. */
  forgetNumbers(): Promise<void>;
  /** Brings the text index nearer to the cursor; the number of messages it took in, 0 when it is there. */
  indexSome(): Promise<number>;
  /** Empties everything that was made from the journal and puts the cursor to 0. */
  clear(): Promise<void>;
}

export type SessionSummary = {
  readonly session_id: string;
  readonly source: string;
  readonly conversation_id: string | null;
  readonly title: string | null;
  /** Folder or project the session was about, where the source knows. */
  readonly project: string | null;
  readonly first_said_at: string;
  readonly last_said_at: string;
  readonly messages: number;
  readonly user_turns: number;
  readonly models: readonly string[];
  readonly first_seq: number;
  readonly last_seq: number;
  /** How many of `messages` are hidden: deleted, or said off the record. */
  readonly hidden: number;
  /** What its model calls cost, in micro-dollars, as far as it is counted; null while that is not known of any. */
  readonly cost_micro_usd: number | null;
};

export type MessageFilter = {
  readonly source?: string;
  readonly author?: string;
  readonly role?: string;
  readonly chain_type?: string;
  readonly ace_tier?: string;
  readonly tag?: string;
  /** The model that said it. */
  readonly model?: string;
  readonly session?: string;
  readonly user?: string;
  /** Only what was said in sessions of this folder or project; of listings alone. */
  readonly project?: string;
  /** One of the few best keywords, those the numbers count; of listings alone. */
  readonly keyword?: string;
  /** Only what counts in the numbers: what somebody known said, in words, for the first time (standing.ts); of listings alone. */
  readonly counted?: boolean;
  /** Only what is this user's own: `isOf`. */
  readonly whose?: string;
  /** said_at at or after / before: ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  /** Also bookkeeping records; without it only messages. */
  readonly records?: boolean;
};

export type SessionFilter = Pick<MessageFilter, "source" | "whose" | "since" | "until"> & {
  readonly q?: string;
  readonly project?: string;
  /** One of its models. */
  readonly model?: string;
  /** Somebody of this name spoke in it. */
  readonly agent?: string;
  /** Only where a tool failed. */
  readonly failed?: boolean;
  /** Only what cost so much or more, in micro-dollars. */
  readonly min_cost_micro_usd?: number;
};

export type PageAsk = {
  readonly limit: number;
  /** (seq, sub) to go on after, in the page's own order; from an earlier answer's `next`. */
  readonly after?: { readonly seq: number; readonly sub: number };
  readonly order?: "asc" | "desc";
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  readonly next: { readonly seq: number; readonly sub: number } | null;
};

export type Hit = {
  readonly message: EnrichedMessage;
  /** Pieces of the text around what was found, marks as [start, end) into `text`. */
  readonly snippet: {
    readonly text: string;
    readonly marks: readonly (readonly [number, number])[];
  };
};

/** Newest first. `count` is exact up to `count_cap`, then it is the cap. */
export type HitPage = Page<Hit> & { readonly count: number; readonly count_capped: boolean };

export type AsideRow = {
  readonly seq: number;
  readonly source: string;
  readonly key: string;
  readonly heard_at: string;
  readonly why: string;
  readonly bytes: number;
};

/** A later record of a message that is known, with its own bytes. */
export type RepeatRow = Entry & { readonly sub: number };

/** Where the first record of an id lies, and in what: the journal the database was made from, and how far. */
export type KnownRecord = {
  readonly seq: number;
  /** Of its raw bytes, as hex. */
  readonly sha256: string;
  readonly journal_id: string;
  readonly settled_to: number;
};

/** Reading: used by the API. */
export interface Library {
  totals(): Promise<DeepTotals>;
  sessions(filter: SessionFilter, page: PageAsk): Promise<Page<SessionSummary>>;
  /** With `whose`, as far as it is that user's: what others said in a session of the same id is not counted. */
  session(id: string, whose?: string): Promise<SessionSummary | null>;
  messages(filter: MessageFilter, page: PageAsk): Promise<Page<EnrichedMessage>>;
  search(query: string, filter: MessageFilter, page: PageAsk): Promise<HitPage>;
  aside(page: PageAsk): Promise<Page<AsideRow>>;
  /** Later records of the messages of an entry, in order, at most PAGE_MAX. */
  repeats(firstSeq: number): Promise<readonly RepeatRow[]>;
  /** For idempotent writes: the records of these ids of a source. Whether the journal they are of is theirs, the caller must see. */
  known(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, KnownRecord>>;
}

/** For `verify`: what the database holds of each entry, in seq order. */
export type Trace = {
  readonly seq: number;
  readonly sha256: string;
  readonly outcome: "stored" | "repeat" | "aside";
};

/** A count, or a row made of other rows, that is not what these come to; `seq` where it is of one entry. */
export type Disagreement = { readonly table: string; readonly what: string; readonly seq?: number };

export interface Witness {
  traces(from: number, limit: number): Promise<readonly Trace[]>;
  /** Everything that is held of so many entries, those of which nothing is held left out. */
  held(from: number, limit: number): Promise<readonly Held[]>;
  /** Counts and sums of its tables that do not agree with each other. */
  disagreements(): Promise<readonly Disagreement[]>;
  totals(): Promise<DeepTotals>;
  /** The taxonomy its enrichments are of. */
  taxonomy(): Promise<string>;
}
