/**
 * Names that programs share: Redis keys, queues, files under home. The contract
 * of names; changed only with a decision record.
 */

/** BullMQ queues in use. The prefix carries a hash tag, so that a queue lives in one cluster slot. */
export const QUEUES = ["ingest", "enrichment", "archive", "recount", "report", "webhook"] as const;
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
  /** ZSET: message ref -> seq at which it was given; the last 20 000 seqs, to know a repeat by. */
  liveKnown: "verbatim:live:known",
  /** STRING: how many events the stream was ever given; what it no longer holds, it has forgotten. */
  liveGiven: "verbatim:live:given",
} as const;

/** Files under home, relative to it. */
export const FILES = {
  journal: "journal",
  currentJson: "current.json",
  /** The taxonomy of whoever this home belongs to; absent, the standard one holds. */
  taxonomy: "taxonomy.json",
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
  /** Reports: analytics_report_YYYYMMDD_HHMMSS.json and .md. */
  reports: "reports",
  /** The operator's rules of what to be told of. */
  alerts: "alerts.json",
  /** Which alerts hold now, and what is still to be said of them; written by the workers. */
  alertsState: "run/alerts-state.json",
} as const;
