/** Keeping the record for decades: what is compressed, what may go, how it grows. */
export { type AgedFile, agedFiles, type SourceRule, type SourceRules } from "./aged.ts";
export { type AskingPorts, askToForget } from "./asking.ts";
export {
  COMPRESSED_END,
  decodeTable,
  encodeTable,
  FRAME_BYTES,
  type Frame,
  type FrameTable,
  framesIn,
  TABLE_END_BYTES,
  tableBytes,
} from "./compressed.ts";
export {
  type CopiesStatus,
  type CopyNote,
  type CopyPlace,
  type CopyPorts,
  copiesStatus,
  copyNoteOf,
  copyOne,
  type HomeCopies,
  onlyThere,
  type SealedFile,
  tidyCopies,
  toCopy,
} from "./copies.ts";
export {
  DROPPED_END,
  type Dropped,
  decodeDropped,
  encodeDropped,
  keptOf,
  plainOf,
} from "./dropped.ts";
export { type Growth, type SegmentSize, type Sizes, sizesOf } from "./growth.ts";
export { type KeptFile, type KeptPlace, planRetention, type RetentionStep } from "./plan.ts";
export { type RetentionPolicy, readRetention, STANDARD_RETENTION } from "./policy.ts";
export {
  type Home,
  type Retained,
  type RetainedStep,
  type RetainOptions,
  type RetainProgress,
  retain,
} from "./retain.ts";
