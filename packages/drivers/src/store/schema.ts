/**
 * The tables of the deep store, all in schema `verbatim`.
 *
 * Everything in them is made from one journal (`cursors.journal_id`) and can be
 * made again. `messages` is partitioned by seq; partitions are made by the
 * transaction that first needs them (partitions.ts), which drizzle cannot say,
 * so the generated migration is edited for it.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const WHOSE = sql.raw(
  "CASE WHEN source ~ '^(session|api|api-[0-9a-f]{32})$' THEN meta->>'user_id' END",
);
const SPOKEN_AT = sql.raw(
  "CASE WHEN messages > 0 THEN (extract(epoch FROM last_said_at AT TIME ZONE 'UTC') * 1000)::int8 ELSE -62135596800001 END",
);
const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
/** A place in the journal. */
export const seqColumn = (name: string) => bigint(name, { mode: "number" });
/** A time of ours: UTC, in milliseconds. */
export const moment = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3, mode: "string" });

const schema = pgSchema("verbatim");

/** One row a message. `raw` is on the first message of an entry. Column order is COPY's order in rows.ts. */
export const messages = schema.table(
  "messages",
  {
    seq: seqColumn("seq").notNull(),
    sub: smallint("sub").notNull(),
    id: text("id").notNull(),
    session_id: text("session_id").notNull(),
    conversation_id: text("conversation_id"),
    source: text("source").notNull(),
    key: text("key").notNull(),
    author_name: text("author_name").notNull(),
    role: text("role").notNull(),
    receiver: text("receiver"),
    topic: text("topic"),
    said_at: moment("said_at").notNull(),
    heard_at: moment("heard_at").notNull(),
    parent_id: text("parent_id"),
    kind: text("kind").notNull(),
    parts: jsonb("parts").notNull(),
    text: text("text").notNull(),
    model: text("model"),
    usage: jsonb("usage"),
    meta: jsonb("meta").notNull(),
    chain_type: text("chain_type").notNull(),
    ace_tier: text("ace_tier").notNull(),
    enrichment: jsonb("enrichment").notNull(),
    raw: bytea("raw"),
    /** Counted, and read nowhere: no word of it is left here but in `raw` (hiding.ts). */
    hidden: boolean("hidden").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.seq, table.sub] }),
    index("messages_session").on(table.session_id, table.seq, table.sub),
    // The expression is WHOSE of filter.ts, written out: what is nobody's costs nothing.
    index("messages_whose")
      .on(sql`(${WHOSE})`, table.session_id, table.seq, table.sub)
      .where(sql`${WHOSE} IS NOT NULL`),
  ],
);

/** Which record a message id belongs to: the first one heard. `uid` and `raw_uid` are the first halves of sha-256(source, id) and sha-256(raw). */
export const messageIds = schema.table("message_ids", {
  uid: uuid("uid").primaryKey(),
  seq: seqColumn("seq").notNull(),
  sub: smallint("sub").notNull(),
  raw_uid: uuid("raw_uid").notNull(),
});

/** Later records of a message that is known; `raw` where its bytes differ from the first's. */
export const repeats = schema.table(
  "repeats",
  {
    seq: seqColumn("seq").notNull(),
    sub: smallint("sub").notNull(),
    first_seq: seqColumn("first_seq").notNull(),
    source: text("source").notNull(),
    key: text("key").notNull(),
    heard_at: moment("heard_at").notNull(),
    raw: bytea("raw"),
  },
  (table) => [
    primaryKey({ columns: [table.seq, table.sub] }),
    index("repeats_first").on(table.first_seq),
  ],
);

/** What was not understood. `partial`: something else of the entry was, so it counts as stored. */
export const asides = schema.table("asides", {
  seq: seqColumn("seq").primaryKey(),
  source: text("source").notNull(),
  key: text("key").notNull(),
  heard_at: moment("heard_at").notNull(),
  why: text("why").notNull(),
  partial: boolean("partial").notNull(),
  raw: bytea("raw"),
  bytes: integer("bytes").notNull(),
});

/** One row a session, kept up to date by every save. */
export const sessions = schema.table(
  "sessions",
  {
    session_id: text("session_id").primaryKey(),
    source: text("source").notNull(),
    conversation_id: text("conversation_id"),
    /** What the source calls it; the newest name it gave. */
    title: text("title"),
    /** The first words a person said in it. */
    opening: text("opening"),
    project: text("project"),
    first_said_at: moment("first_said_at").notNull(),
    last_said_at: moment("last_said_at").notNull(),
    messages: integer("messages").notNull(),
    user_turns: integer("user_turns").notNull(),
    models: text("models").array().notNull(),
    first_seq: seqColumn("first_seq").notNull(),
    last_seq: seqColumn("last_seq").notNull(),
    /** How many of its messages are hidden. */
    hidden: integer("hidden").notNull().default(0),
  },
  (table) => [
    index("sessions_newest").on(table.last_seq),
    // The expression is NEWEST of library.ts, written out.
    index("sessions_spoken").on(sql`(${SPOKEN_AT})`, table.last_seq),
  ],
);

/** The one row that says what all other rows are made from, and how far. */
export const cursors = schema.table("cursors", {
  name: text("name").primaryKey(),
  journal_id: text("journal_id").notNull(),
  settled_to: seqColumn("settled_to").notNull(),
  stored: seqColumn("stored").notNull(),
  aside: seqColumn("aside").notNull(),
  repeats: seqColumn("repeats").notNull(),
  messages: seqColumn("messages").notNull(),
  last_heard_at: moment("last_heard_at"),
  /** Everything up to here is counted, and enriched by `taxonomy`. */
  counted_to: seqColumn("counted_to").notNull().default(0),
  taxonomy: text("taxonomy").notNull().default(""),
  /** Everything up to here is in sealed segments of the text index. */
  sealed_to: seqColumn("sealed_to").notNull(),
  /** Everything up to here is in the text index. */
  indexed_to: seqColumn("indexed_to").notNull(),
});

/** Numbers of an hour, a project and a speaker (core/analytics/tally.ts). */
export const tallies = schema.table(
  "tallies",
  {
    hour: moment("hour").notNull(),
    project: text("project").notNull(),
    speaker: text("speaker").notNull(),
    tally: jsonb("tally").notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.project, table.speaker] })],
);

/** What is remembered of a thread to count its next message. `uid` is the first half of sha-256(its key). */
export const threads = schema.table(
  "threads",
  {
    uid: uuid("uid").primaryKey(),
    session_id: text("session_id").notNull(),
    /** Questions and blocked work in it that are open. */
    open: integer("open").notNull(),
    thread: jsonb("thread").notNull(),
    /** What its calls cost; null while that is not known of any. */
    cost_micro_usd: bigint("cost_micro_usd", { mode: "number" }).generatedAlwaysAs(
      sql`(thread ->> 'cost_micro_usd')::int8`,
    ),
  },
  (table) => [index("threads_session_cost").on(table.session_id, table.cost_micro_usd)],
);

/** Where words were said first, and a model call was heard first. `uid` is the first half of normal_hash, or of sha-256(callNameOf). */
export const said = schema.table("said", {
  uid: uuid("uid").primaryKey(),
  seq: seqColumn("seq").notNull(),
  sub: smallint("sub").notNull(),
});

/** What was worked out about a message by a taxonomy that holds no longer. */
export const pastEnrichments = schema.table(
  "past_enrichments",
  {
    seq: seqColumn("seq").notNull(),
    sub: smallint("sub").notNull(),
    taxonomy: text("taxonomy").notNull(),
    enrichment: jsonb("enrichment").notNull(),
  },
  (table) => [primaryKey({ columns: [table.seq, table.sub, table.taxonomy] })],
);

/** The text index: for each word and segment, the packed places of its messages. */
export const searchPostings = schema.table(
  "search_postings",
  {
    term: text("term").notNull(),
    segment: integer("segment").notNull(),
    n: integer("n").notNull(),
    places: bytea("places").notNull(),
  },
  (table) => [primaryKey({ columns: [table.term, table.segment] })],
);

/** Words of the newest messages, those of no sealed segment yet. */
export const searchTail = schema.table(
  "search_tail",
  {
    term: text("term").notNull(),
    seq: seqColumn("seq").notNull(),
    sub: smallint("sub").notNull(),
  },
  (table) => [primaryKey({ columns: [table.term, table.seq, table.sub] })],
);
