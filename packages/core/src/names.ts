/**
 * Names that programs share: Redis keys, queues, files under home. The contract
 * of names; changed only with a decision record.
 */
import { percentEncoded } from "./sessions/uri.ts";

/** BullMQ queues in use. The prefix carries a hash tag, so that a queue lives in one cluster slot. */
export const QUEUES = [
  "ingest",
  "enrichment",
  "archive",
  "recount",
  "rebuild",
  "export",
  "report",
  "webhook",
  "checkpoint",
  "retention",
  "session-snapshot",
  "forget",
] as const;
export type QueueName = (typeof QUEUES)[number];
export function queuePrefix(queue: QueueName): string {
  return `{verbatim:${queue}}`;
}

/** Redis keys of the hot store. */
export const KEYS = {
  /** STRING: id of the journal this Redis is made from. */
  journal: "verbatim:journal",
  /** STRING: every entry up to this seq has been applied. */
  cursor: "verbatim:hot:cursor",
  /** ZSET: message ref -> said_at in ms, at most five minutes after heard_at; the newest 1000. */
  messagesSorted: "verbatim:messages:sorted",
  /** HASH: message ref -> JSON of the message with its enrichment; the same 1000. */
  messagesData: "verbatim:messages:data",
  /** ZSET: user and session (`sessionMember`) -> when it expires. */
  sessionsGlobal: "verbatim:sessions:global:active",
  /** STRING: how far the journal was when sessions began to be kept here; until the cursor is there, none is whole. */
  sessionsMadeTo: "verbatim:sessions:made_to",
  /** ZSET: session id -> the same of its newest message. */
  sessionsActive: "verbatim:sessions:active",
  /** SET: `source/path` of files of which something has been recorded. */
  processedFiles: "verbatim:processed:files",
  /** HASH: `source/path` -> `generation@offset` up to which it has been recorded. */
  filePositions: "verbatim:file:positions",
  /** PUB/SUB channel: JSON of each message when it is first applied. */
  live: "verbatim:live",
  /** STREAM: the same, entry id `<seq>-<sub>`, for resumption. */
  liveStream: "verbatim:live:stream",
  /** ZSET: message ref -> seq at which it was given; the last 20 000 seqs and all that the stream holds, to know a repeat by. */
  liveKnown: "verbatim:live:known",
  /** SET: refs of messages that are hidden for good, and `off `, user and session of those off the record now. */
  messagesHidden: "verbatim:messages:hidden",
  /** STRING: how many events the stream was ever given; what it no longer holds, it has forgotten. */
  liveGiven: "verbatim:live:given",
} as const;

/** Redis keys of one session. Ids are percent-encoded: no id can reach into another's keys. All expire together. */
export function sessionKeys(
  userId: string,
  sessionId: string,
): Readonly<Record<SessionKeyName, string>> {
  const prefix = `verbatim:session:${percentEncoded(userId)}:${percentEncoded(sessionId)}:`;
  const of = (name: SessionKeyName): string => prefix + name;
  return {
    metadata: of("metadata"),
    emotion: of("emotion"),
    messages: of("messages"),
    milestones: of("milestones"),
    breakthroughs: of("breakthroughs"),
    context_snapshot: of("context_snapshot"),
    events: of("events"),
    said: of("said"),
    notes: of("notes"),
    emotions: of("emotions"),
    models: of("models"),
    off_record: of("off_record"),
    judgements: of("judgements"),
    removed: of("removed"),
  };
}

export type SessionKeyName =
  /** HASH: field -> seq it was set at, a space, JSON of its value. */
  | "metadata"
  | "emotion"
  | "context_snapshot"
  /** HASH: message id -> seq and JSON of the message; the newest. */
  | "messages"
  /** Lists, HASH: id -> seq and JSON. */
  | "milestones"
  | "breakthroughs"
  | "emotions"
  | "models"
  | "off_record"
  | "judgements"
  /** ZSET: ids of all events, messages and notes, by seq. */
  | "events"
  | "said"
  | "notes"
  /** SET: `<list>/<id>` of what was removed, so that it does not come back. */
  | "removed";

/** ZSET: session ids of a user. */
export function userSessionsKey(userId: string): string {
  return `verbatim:sessions:user:${percentEncoded(userId)}:index`;
}

/** HASH: `g/<generation>/<owner>` -> seq and JSON of that generation, `d/<owner>` -> the one it was deleted at. */
export function conversationsKey(conversationId: string): string {
  return `verbatim:conv:${percentEncoded(conversationId)}`;
}

/** A session as a member of KEYS.sessionsGlobal. */
export function sessionMember(userId: string, sessionId: string): string {
  return `${percentEncoded(userId)}:${percentEncoded(sessionId)}`;
}

/** The user and the session that a member names, or null. */
export function sessionOfMember(
  member: string,
): { readonly user_id: string; readonly session_id: string } | null {
  const [user, session, ...more] = member.split(":");
  if (user === undefined || session === undefined || more.length > 0) return null;
  try {
    return { user_id: decodeURIComponent(user), session_id: decodeURIComponent(session) };
  } catch {
    return null;
  }
}

/** Files under home, relative to it. */
export const FILES = {
  journal: "journal",
  currentJson: "current.json",
  /** The taxonomy of whoever this home belongs to; absent, the standard one holds. */
  taxonomy: "taxonomy.json",
  /** API keys: digests, whose they are, what they may. */
  keys: "keys.json",
  /** JSON: when each key was last used, to the minute; may be lost. */
  keysUsed: "run/keys-used.json",
  /** The key of our own commands on this machine, made anew by each start of the API. */
  ownKey: "run/api-key",
  /** What keys in cookies are sealed with. */
  cookieSecret: "run/cookie-secret",
  /** Who read what of whom, one JSON a line; older files beside it. */
  audit: "logs/audit.jsonl",
  run: "run",
  logs: "logs",
  exports: "exports",
  redis: "redis",
  postgres: "postgres",
  /** Unix socket of the intake: hand records to the one writer, ask it things. */
  intakeSocket: "run/ingest.sock",
  redisSocket: "run/redis.sock",
  /** JSON {redis, postgres}: why a store is not added to, or null; written by the workers. */
  storesFile: "run/stores.json",
  /** JSON {pid, started_at, port, ...} of the running `up`. */
  upFile: "run/up.json",
  /** How the bus is doing, written every second while it runs. */
  busFile: "run/bus.json",
  /** Checkpoints: <id>.json and .parquet, and index.json. */
  checkpoints: "checkpoints",
  /** What is kept how long, as the operator wrote it; absent, the standard holds. */
  retention: "retention.json",
  /** What of this home has a copy elsewhere, and as what. */
  copies: "copies.json",
  /** Reports: analytics_report_YYYYMMDD_HHMMSS.json and .md. */
  reports: "reports",
  /** What was asked to be forgotten and what became of it: <receipt>.json. */
  receipts: "receipts",
  /** The operator's rules of what to be told of. */
  alerts: "alerts.json",
  /** Which alerts hold now, and what is still to be said of them; written by the workers. */
  alertsState: "run/alerts-state.json",
} as const;
