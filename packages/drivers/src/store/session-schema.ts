/**
 * The tables of sessions and conversations. What is known of a session is the
 * fold of its `session_events`; the others are there to find things by, and are
 * made from the same events in the same transaction (session-save.ts).
 *
 * `uid` is the first half of sha-256 of a session's user and name: names may be
 * longer than an index takes.
 */
import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { moment, seqColumn } from "./schema.ts";

const schema = pgSchema("verbatim");

/** One row an event: the first time it was heard. */
export const sessionEvents = schema.table(
  "session_events",
  {
    seq: seqColumn("seq").primaryKey(),
    event_id: uuid("event_id").notNull(),
    uid: uuid("uid").notNull(),
    user_id: text("user_id").notNull(),
    session_id: text("session_id").notNull(),
    event_name: text("event_name").notNull(),
    at: moment("at").notNull(),
    /** The message it says or deletes. */
    message_id: text("message_id"),
    /** The conversation it opens or deletes: first half of sha-256 of owner and id. */
    conversation_uid: uuid("conversation_uid"),
    event: jsonb("event").notNull(),
  },
  (table) => [
    uniqueIndex("session_events_once").on(table.uid, table.event_id),
    index("session_events_session").on(table.uid, table.seq),
    index("session_events_message")
      .on(table.uid, table.message_id)
      .where(sql`message_id IS NOT NULL`),
    index("session_events_conversation")
      .on(table.conversation_uid, table.seq)
      .where(sql`conversation_uid IS NOT NULL`),
    index("session_events_snapshot")
      .on(sql`(event ->> 'snapshot_id')`)
      .where(sql`event_name = 'snapshot_taken'`),
    index("session_events_summary")
      .on(table.user_id, sql`(event ->> 'previous_session_id')`)
      .where(sql`event ? 'summary_from'`),
    index("session_events_judged").on(table.uid).where(sql`event_name = 'citation_judged'`),
  ],
);

/** One row a session: what lists of sessions show, and what the next event needs to know. */
export const sessionHeads = schema.table(
  "session_heads",
  {
    uid: uuid("uid").primaryKey(),
    user_id: text("user_id").notNull(),
    session_id: text("session_id").notNull(),
    /** The newest event that is not a snapshot. */
    last_seq: seqColumn("last_seq").notNull(),
    closed: boolean("closed").notNull(),
    off_record: boolean("off_record").notNull(),
    /** Messages ever said, and how many there were at the newest snapshot. */
    said: integer("said").notNull(),
    snapshot_said: integer("snapshot_said").notNull(),
    snapshot_seq: seqColumn("snapshot_seq").notNull(),
    milestones: integer("milestones").notNull(),
    emotion: text("emotion").notNull(),
    model: text("model"),
    /** Fields of its metadata. */
    fields: jsonb("fields").notNull(),
    /** Its fold (session-stored.ts): fields with their seqs, null before there were folds; how many messages, notes and events. */
    kept: jsonb("kept"),
    messages: integer("messages").notNull().default(0),
    notes: integer("notes").notNull().default(0),
    events: integer("events").notNull().default(0),
  },
  (table) => [
    index("session_heads_user").on(table.user_id, table.last_seq),
    index("session_heads_due")
      .on(table.last_seq)
      .where(sql`(said - snapshot_said >= 15 OR closed) AND last_seq > snapshot_seq`),
  ],
);

/** One row a member of a list that a session's state is read from; of list `removed`, what was removed from others. */
export const sessionMembers = schema.table(
  "session_members",
  {
    uid: uuid("uid").notNull(),
    list: text("list").notNull(),
    id: text("id").notNull(),
    seq: seqColumn("seq").notNull(),
    json: jsonb("json"),
  },
  (table) => [primaryKey({ columns: [table.uid, table.list, table.id] })],
);

/** One row a conversation, to list them by. */
export const conversations = schema.table(
  "conversations",
  {
    uid: uuid("uid").primaryKey(),
    owner: text("owner").notNull(),
    last_seq: seqColumn("last_seq").notNull(),
  },
  (table) => [index("conversations_owner").on(table.owner, table.last_seq)],
);

/** One row a citation; how it stands is also in the events that judged it. */
export const citations = schema.table(
  "citations",
  {
    citation_id: uuid("citation_id").notNull(),
    seq: seqColumn("seq").notNull(),
    uid: uuid("uid").notNull(),
    user_id: text("user_id").notNull(),
    session_id: text("session_id").notNull(),
    at: moment("at").notNull(),
    type: text("type").notNull(),
    status: text("status").notNull(),
    citation: jsonb("citation").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.citation_id, table.seq] }),
    index("citations_seq").on(table.seq),
    index("citations_session").on(table.session_id, table.seq),
    index("citations_user").on(table.user_id, table.seq),
  ],
);

/** The newest snapshots of each session; older ones can be made again from the events. */
export const snapshots = schema.table(
  "snapshots",
  {
    snapshot_id: uuid("snapshot_id").primaryKey(),
    uid: uuid("uid").notNull(),
    user_id: text("user_id").notNull(),
    session_id: text("session_id").notNull(),
    seq: seqColumn("seq").notNull(),
    at: moment("at").notNull(),
    sha256: text("sha256").notNull(),
    content: text("content").notNull(),
  },
  (table) => [index("snapshots_session").on(table.uid, table.seq)],
);
