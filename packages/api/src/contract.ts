/**
 * What the API answers: the shapes, for the routes that make them and the
 * clients that read them. Field names are the wire's.
 */
import type {
  AsideRow,
  BusStatus,
  EnrichedMessage,
  Hit,
  IngestStatus,
  OpenItem,
  QueueCounts,
  Reach,
  Report,
  Scope,
  Score,
  SessionSummary,
  ThreadView,
  ThreadWindow,
  UsageRow,
} from "@verbatim/core";
import type { Sizes } from "@verbatim/core/keeping";
import type { CheckpointsStatus, Listing } from "./contract-work.ts";

export type {
  ArchiveAccepted,
  CheckpointAccepted,
  CheckpointAsk,
  CheckpointListing,
  CheckpointState,
  CheckpointsReport,
  CheckpointsStatus,
  CheckpointsVerified,
  ExportAccepted,
  ExportListing,
  ExportState,
  ForgetAsk,
  ForgetListing,
  ForgetReceipt,
  ImportAccepted,
  ImportAsk,
  JobListing,
  Listing,
  QueuesAnswer,
  RebuildAccepted,
  RebuildAsk,
  ReportAccepted,
  ReportListing,
  ReportState,
  RetentionAccepted,
  SegmentListing,
} from "./contract-work.ts";

export type MessageListing = Listing<EnrichedMessage>;
export type SessionListing = Listing<SessionSummary>;
export type AsideListing = Listing<AsideRow>;
/** A message with what was found in it. */
export type Found = EnrichedMessage & { readonly snippet: Hit["snippet"] };
export type SearchListing = Listing<Found> & {
  readonly count: number;
  readonly count_capped: boolean;
};

/** What became of one posted message. */
export type PostReceipt = {
  readonly id: string | null;
  readonly seq: number | null;
  readonly status: "created" | "known" | "error";
  readonly error?: { readonly code: string; readonly message: string; readonly path?: string };
};

/** The answer to POST /v1/messages: one receipt for each message, in order, after fsync. */
export type PostAnswer = {
  readonly receipts: readonly PostReceipt[];
  readonly durability: "fsync";
};

/** A program or server that `up` runs. */
export type ProcessState = {
  readonly name: string;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
  readonly since: string;
};

/** A source that is known, looked for when `up` started, and not on this machine. */
export type NotFoundSource = { readonly source: string; readonly path: string };

/** Whether a part answers, and what it said when it does not; `held` is one that answers and still does not do its work. */
export type PartState = {
  readonly ok: boolean;
  readonly state: "ok" | "held" | "away";
  readonly problem: string | null;
};

/** GET /v1/status. Nulls are what nobody can say now because the part that knows is away. */
export type StatusAnswer = {
  readonly heard: number | null;
  readonly stored: number | null;
  readonly aside: number | null;
  readonly behind: number | null;
  /** Since the newest record that went all the way through was heard; null when there is none. */
  readonly last_record_age_ms: number | null;
  readonly messages: number | null;
  /** Of them those that somebody or something said; the others are bookkeeping of the source. */
  readonly said: number | null;
  readonly sessions: number | null;
  readonly repeats: number | null;
  readonly indexed_to: number | null;
  /** Everything up to this seq is counted by the taxonomy that holds; less than stored + aside while it is counted again. */
  readonly counted_to: number | null;
  readonly hot_to: number | null;
  /** `bus` is there where a bus runs. */
  readonly parts: Readonly<Record<"ingest" | "postgres" | "redis", PartState>> & {
    readonly bus?: PartState;
  };
  /** What the bus last said of itself; null where none has run. */
  readonly bus: BusStatus | null;
  readonly ingest: IngestStatus | null;
  /** Where known sources were looked for and are not. */
  readonly not_found: readonly NotFoundSource[];
  readonly queues: readonly QueueCounts[] | null;
  readonly processes: readonly ProcessState[];
  readonly alerts: AlertsState;
  readonly checkpoints: CheckpointsStatus;
  /** What lies under the home and how it grows, as it was within the last minute; null when it cannot be looked at. */
  readonly sizes: Sizes | null;
};

/** The alerts that hold now, and what is wrong with their rules. */
export type AlertsState = { readonly firing: readonly string[]; readonly problem: string | null };

/** One thing that must hold for records to go all the way through, and what is known of it. */
export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly fact: string };

/** GET /health/ready: 200 when every check is ok, 503 when one is not. */
export type Health = { readonly ok: boolean; readonly checks: readonly HealthCheck[] };

/** What was said in one day or hour. */
export type Moment = {
  /** A day (2026-11-21), or the beginning of an hour. */
  readonly at: string;
  readonly messages: number;
  readonly counted: number;
  readonly words: number;
  readonly tool_calls: number;
  readonly tokens: number;
};

/** GET /v1/analytics/timeline: days or hours in which nothing was said are left out. */
export type TimelineAnswer = Reach & {
  readonly by: "day" | "hour";
  readonly data: readonly Moment[];
};

/** How many of one name; `share` is of all names, 0 to 1. */
export type Named = {
  readonly name: string;
  /** Of pairs: whom it was said to. */
  readonly to?: string;
  readonly count: number;
  readonly share: number;
  /** Of tools: calls that failed. */
  readonly errors?: number;
};

/** GET /v1/analytics/breakdown: the most first; `names` is how many there are in all. */
export type BreakdownAnswer = Reach & {
  readonly of: string;
  readonly total: number;
  readonly names: number;
  readonly data: readonly Named[];
};

/** GET /v1/analytics/usage: what was used in all, and by each model, day, project or speaker. */
export type UsageAnswer = Reach &
  Pick<Report, "tokens" | "cost"> & {
    readonly by: "model" | "day" | "project" | "speaker";
    readonly data: readonly UsageRow[];
  };

/** GET /v1/analytics/open: questions and blocked work without a later resolution, the newest first. */
export type OpenAnswer = Reach & { readonly data: readonly OpenItem[] };

/** GET /v1/analytics/score */
export type ScoreAnswer = Reach & Score;

/** GET /v1/analytics/threads: messages as threads, and as windows of time; both name all of them. */
export type ThreadsAnswer = Reach & {
  /** False when there were more messages than are read at once: ask for less time, or one session. */
  readonly complete: boolean;
  readonly messages: number;
  readonly threads: readonly ThreadView[];
  readonly windows: readonly ThreadWindow[];
};

/** A rule, and whether it holds; webhooks are told of, not named, because they may hold a key. */
export type Alert = {
  readonly name: string;
  readonly metric: string;
  readonly above: number | null;
  readonly below: number | null;
  /** Of so many hours until now. */
  readonly hours: number;
  readonly webhook: boolean;
  readonly firing: boolean;
  /** While it holds: the value that was last seen, and since when. */
  readonly value: number | null;
  readonly since: string | null;
};
export type AlertsAnswer = {
  readonly checked_at: string | null;
  /** What is wrong with the rules; then none are looked at. */
  readonly problem: string | null;
  readonly data: readonly Alert[];
};

/** GET /v1/me */
export type Me = {
  /** Of the key; "loopback" where none is needed. */
  readonly name: string;
  /** The one user whose data it opens. */
  readonly owner: string | null;
  readonly scopes: readonly Scope[];
  readonly via: "key" | "cookie" | "loopback";
  /** What a page sends along as X-Verbatim-Token when it changes something; null where it need not. */
  readonly token: string | null;
};

/** RFC 9457, with the code of our table of failures. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
};
