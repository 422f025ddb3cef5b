/** Queues: hints that something is to be done, by BullMQ. */
export { openChores } from "./chores.ts";
export type { QueueHints } from "./hints.ts";
export { openHints } from "./hints.ts";
export { openJobs } from "./jobs.ts";
export { openSnapshotJobs, type SnapshotJob, type SnapshotJobs } from "./snapshots.ts";
export type { Processor, Work } from "./worker.ts";
export { runWorker } from "./worker.ts";
