/** The part of the contract that is about work: what is asked for as a job, and what jobs leave in files. */
import type { JobRow, NumbersFilter, QueueCounts, SegmentInfo } from "@verbatim/core";
import type { Checkpoint } from "@verbatim/core/checkpoints";
import type { ExportAsk, Originals } from "@verbatim/core/export";
import type { Receipt } from "@verbatim/core/forget";
import type { QueuesLook } from "@verbatim/core/queue";

/** A page of a listing; `next_cursor` is for the same question only. */
export type Listing<Row> = {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/** POST /v1/imports takes these: paths are absolute and the server's own. */
export type ImportAsk = { readonly paths: readonly string[]; readonly source: string };

/** The job an import became; GET /v1/imports/{id} shows how far it is. */
export type ImportAccepted = { readonly id: string; readonly queue: "ingest" };

/** The job that POST /v1/retention became. */
export type RetentionAccepted = { readonly id: string; readonly queue: "retention" };

/** POST /v1/rebuilds takes this: which stores are made again; both where none is named. */
export type RebuildAsk = {
  readonly hot?: boolean;
  readonly deep?: boolean;
  readonly numbers?: boolean;
};

/** The job a rebuild became; GET /v1/rebuilds/{id} shows how far it is. */
export type RebuildAccepted = { readonly id: string; readonly queue: "rebuild" };

/** GET /v1/queues */
export type QueuesAnswer = QueuesLook;

/** The job that POST /v1/archives became: Postgres has everything up to this seq when it is done. */
export type ArchiveAccepted = {
  readonly id: string;
  readonly queue: "archive";
  readonly up_to: number;
};

/** The journal's files, the newest first. */
export type SegmentListing = { readonly data: readonly SegmentInfo[] };

/** A look at every byte of the checkpoints: how far it is, or what came of it. */
export type CheckpointsVerified = {
  readonly state: "never" | "running" | "done" | "failed";
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** Bytes that were looked at, and all of them. */
  readonly done: number;
  readonly total: number;
  readonly report: CheckpointsReport | null;
  readonly problem: string | null;
};
export type CheckpointsReport = {
  readonly checkpoints: number;
  readonly entries: number;
  readonly bytes: number;
  readonly to: number;
  /** The end of the chain; written down elsewhere it proves that nothing was changed since. */
  readonly head: string | null;
  /** Files that are not as they were made, and what is wrong with each. */
  readonly faults: readonly { readonly file: string; readonly what: string }[];
};

export type JobListing = {
  readonly counts: readonly QueueCounts[];
  readonly data: readonly JobRow[];
};

/** A report that lies in a file, or is being made. */
export type ReportState = {
  /** Of the report once there is one; the job's until then. */
  readonly id: string;
  /** As a job's; what lies in a file is completed. */
  readonly state: string;
  readonly made_at: string | null;
  readonly total_messages: number | null;
  readonly collaboration_score: number | null;
  readonly asked: NumbersFilter;
  /** Sizes in bytes. */
  readonly files: { readonly json: number; readonly md: number } | null;
  readonly failed_why: string | null;
};

export type ReportListing = Listing<ReportState>;

/** The job a report became; GET /v1/reports/{id} shows how far it is. */
export type ReportAccepted = { readonly id: string; readonly queue: "report" };

/** GET /v1/exports/{id} */
export type ExportState = {
  /** Of the export once there is one; the job's until then. */
  readonly id: string;
  /** As a job's; what lies in a file is completed. */
  readonly state: string;
  readonly percent: number;
  readonly asked_at: string;
  readonly asked: Omit<ExportAsk, "filter"> & { readonly filter: Readonly<Record<string, string>> };
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string } | null;
  readonly sessions: number | null;
  readonly messages: number | null;
  readonly records: number | null;
  /** Values taken out, by kind; null where none were to be. */
  readonly redacted: Readonly<Record<string, number>> | null;
  /** Of the format original: what was given back, with the digest of each file; null of others. */
  readonly originals: Originals | null;
  readonly failed_why: string | null;
};

export type ExportListing = Listing<ExportState> & {
  /** Redis is away, so nobody can say what is being made. */
  readonly without_jobs: boolean;
};

/** The job an export became; GET /v1/exports/{id} shows how far it is. */
export type ExportAccepted = { readonly id: string; readonly queue: "export" };

/** A checkpoint that lies in files, or is being made. */
export type CheckpointState = {
  /** Of the checkpoint once there is one; the job's until then, and where nothing was new. */
  readonly id: string;
  /** As a job's; what lies in files is completed. */
  readonly state: string;
  /** As the index has it; null while it is being made. */
  readonly checkpoint: Checkpoint | null;
  /** Of a job that is done: what it made, the oldest first; more than one where very much was new. */
  readonly made: readonly string[];
  readonly failed_why: string | null;
};

export type CheckpointListing = Listing<CheckpointState>;

/** POST /v1/checkpoints takes this, or nothing. */
export type CheckpointAsk = { readonly label?: string | undefined };

/** The job a checkpoint became; GET /v1/checkpoints/{id} shows how far it is. */
export type CheckpointAccepted = { readonly id: string; readonly queue: "checkpoint" };

/** How far checkpoints go; null is what nobody can say now. */
export type CheckpointsStatus = {
  /** The newest; null where there is none. */
  readonly last: string | null;
  readonly made_at: string | null;
  /** Everything up to this seq is in one. */
  readonly to: number;
  /** Entries heard since. */
  readonly since: number | null;
  readonly problem: string | null;
};

/** POST /v1/forgets: what is to be forgotten. */
export type ForgetAsk = {
  readonly session_id?: string | undefined;
  /** Of that session, one message alone. */
  readonly message_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly reason?: string | undefined;
};

/** What became of it; names nobody. */
export type ForgetReceipt = Receipt;
export type ForgetListing = { readonly data: readonly ForgetReceipt[] };
