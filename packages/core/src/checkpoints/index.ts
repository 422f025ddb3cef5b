/** The language of checkpoints: a door of its own, so that what needs only these takes only these. */
export { type AgainPorts, entriesAgain, forgottenWhy, isSameRecord } from "./again.ts";
export {
  type CheckpointIndex,
  checkpointedTo,
  headOf,
  indexText,
  linkedAnew,
  type Made,
  readIndex,
  withCheckpoint,
} from "./catalogue.ts";
export type {
  Checkpoint,
  CheckpointCounts,
  CheckpointFormat,
  CheckpointHead,
  CheckpointTail,
  FileFact,
} from "./checkpoint.ts";
export { digestText, headLine, headOfLine, tailOfLine, tailText } from "./document.ts";
export {
  type CheckpointEntry,
  entryOfLine,
  erasedEntry,
  keptEntry,
  lineOf,
  withheldEntry,
} from "./line.ts";
export {
  type CheckpointPorts,
  type CheckpointProgress,
  type CheckpointsMade,
  type CheckpointWish,
  makeCheckpoints,
} from "./making.ts";
export { checkpointIdOf, isCheckpointId, labelOf } from "./names.ts";
export type {
  CheckpointAsk,
  CheckpointDraft,
  CheckpointLibrary,
  CheckpointShelf,
  Erase,
  Remade,
  RemakeFrom,
} from "./port.ts";
export { CHECKPOINT_COLUMNS, rowsOf } from "./row.ts";
