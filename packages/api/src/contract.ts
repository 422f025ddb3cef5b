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
  JobRow,
  QueueCounts,
  SessionSummary,
} from "@verbatim/core";

/** A page of a listing; `next_cursor` is for the same question only. */
export type Listing<Row> = {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

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

/** Whether a part answers, and what it said when it does not. */
export type PartState = { readonly ok: boolean; readonly problem: string | null };

/** GET /v1/status. Nulls are what nobody can say now because the part that knows is away. */
export type StatusAnswer = {
  readonly heard: number | null;
  readonly stored: number | null;
  readonly aside: number | null;
  readonly behind: number | null;
  /** Since the newest record that went all the way through was heard; null when there is none. */
  readonly last_record_age_ms: number | null;
  readonly messages: number | null;
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
  readonly queues: readonly QueueCounts[] | null;
  readonly processes: readonly ProcessState[];
};

/** One thing that must hold for records to go all the way through, and what is known of it. */
export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly fact: string };

/** GET /health/ready: 200 when every check is ok, 503 when one is not. */
export type Health = { readonly ok: boolean; readonly checks: readonly HealthCheck[] };

/** POST /v1/imports takes these: paths are absolute and the server's own. */
export type ImportAsk = { readonly paths: readonly string[]; readonly source: string };

/** The job an import became; GET /v1/imports/{id} shows how far it is. */
export type ImportAccepted = { readonly id: string; readonly queue: "ingest" };

export type JobListing = {
  readonly counts: readonly QueueCounts[];
  readonly data: readonly JobRow[];
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
