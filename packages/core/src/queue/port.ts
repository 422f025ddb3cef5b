/**
 * What the system asks of a queue: a nudge, nothing more.
 *
 *   Q1  `announce` never fails and never waits: when Redis is away the hint is
 *       counted, dropped, and made again by the sweep.
 *   Q2  However often it is announced, at most one job of a queue runs and at
 *       most one waits.
 *
 * A hint says how far the journal is safe and carries no message. A lost hint
 * costs time, never data; a hint that comes twice costs work, never data.
 */
import type { AlertEvent } from "../analytics/alerts.ts";
import type { NumbersFilter } from "../analytics/port.ts";
import type { ExportAsk } from "../export/ask.ts";
import type { QueueName } from "../names.ts";
import type { RebuildJob } from "../proof/rebuild.ts";

/** "Everything up to this seq is safe: settle what you have not." */
export type Hint = { readonly up_to: number };

export interface Hints {
  announce(upTo: number): void;
}

/** Job of queue `ingest`: record existing files, once. */
export type ImportJob = {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  /** "auto" looks into each file. */
  readonly source: string;
};

/** What an import did; also its progress while it runs. Bytes count what was looked at. */
export type ImportProgress = {
  readonly files: number;
  readonly files_total: number;
  readonly bytes: number;
  readonly bytes_total: number;
  readonly records_new: number;
  readonly records_known: number;
};

/** Job `report` of queue `report`. */
export type ReportJob = {
  readonly ask: NumbersFilter;
  /** Made by the clock: nothing is written when nothing was counted since the last one. */
  readonly only_if_new: boolean;
};

/** What such a job leaves. */
export type ReportMade = {
  /** Null when there was nothing new. */
  readonly id: string | null;
  readonly collaboration_score: number | null;
};

/** What the workers add to their queues themselves. */
export interface Chores {
  /** Sees to it that a job comes every so often, from now on and after a restart. */
  every(name: "report" | "alerts" | "retention" | "checkpoint", ms: number): Promise<void>;
  /** The clock's report once more, at the next full minute; asked for twice within one it comes once. */
  reportLater(): Promise<void>;
  /** Job `webhook`: tells the rule's address of an alert until it is heard. Twice is once, by the event's id. */
  deliver(event: AlertEvent): Promise<void>;
}

export type JobState = "waiting" | "active" | "delayed" | "completed" | "failed";

/** A job as people see it. */
export type JobRow = {
  readonly queue: QueueName;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly data: unknown;
  readonly progress: unknown;
  readonly attempts: number;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly failed_why: string | null;
  readonly result: unknown;
};

export type QueueCounts = { readonly queue: QueueName } & Readonly<Record<JobState, number>>;

/** Looking at the queues, and adding imports. */
export interface Jobs {
  counts(): Promise<readonly QueueCounts[]>;
  list(queue: QueueName, state: JobState): Promise<readonly JobRow[]>;
  /** Null when there is no such job. */
  show(queue: QueueName, id: string): Promise<JobRow | null>;
  /** Throws `not_found`, or `conflict` when it has not failed. */
  retry(queue: QueueName, id: string): Promise<void>;
  /** Takes a job out of its queue, or stops it where it runs. Throws `not_found`, or `conflict` when it is over. */
  cancel(queue: QueueName, id: string): Promise<void>;
  /** Adds an import; gives the job's id. */
  addImport(job: ImportJob): Promise<string>;
  /** Adds an export; gives the job's id. */
  addExport(ask: ExportAsk): Promise<string>;
  /** Adds a report; gives the job's id. */
  addReport(ask: NumbersFilter): Promise<string>;
  /** Adds a checkpoint of what is new; gives the job's id. */
  addCheckpoint(label: string): Promise<string>;
  /** Adds what retention.json says; gives the job's id, that of the one under way when there is one. */
  addRetention(): Promise<string>;
  /** Adds a look of the archive worker at what is new up to this seq; gives the job's id, that of the one that waits when there is one. */
  addArchive(upTo: number): Promise<string>;
  /** Adds a rebuild; gives the job's id. */
  addRebuild(job: RebuildJob): Promise<string>;
}
