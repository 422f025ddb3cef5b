/** Checkpoints as files on this disk: made, read, looked over, and made again without what is to be forgotten. */
export { checkpointFault } from "./as-made.ts";
export { type CheckpointEntries, openCheckpointEntries } from "./entries.ts";
export { entriesHeld } from "./held.ts";
export { type CheckpointsHolding, openCheckpointsHolding } from "./holding.ts";
export { openCheckpointLibrary } from "./library.ts";
export { openCheckpointShelf, type ShelfOptions } from "./shelf.ts";
export { realShelfFs, type ShelfFs } from "./shelf-fs.ts";
export { type CheckpointReport, surveyCheckpoints } from "./survey.ts";
