/** Forgetting: a door of its own, so that what needs only this takes only this. */
export { FORGOTTEN } from "../sources/parse.ts";
export { type Files, fileDigest, openAged, openFiles, type RecordedFile } from "./aged.ts";
export {
  askedBy,
  endedBy,
  FORGET_FILES_MAX,
  type ForgetRecord,
  type ForgetWhat,
  forgetIn,
  type Hidden,
  hidden,
  offeredForget,
  offeredForgotten,
  wrongWith,
} from "./ask.ts";
export { type Belonging, openBelonging } from "./belonging.ts";
export {
  type ErasePorts,
  erasedEntry,
  type Grave,
  graveIn,
  isTombstone,
  rewordedEntry,
} from "./erase.ts";
export { plannedForget, recordedFiles, stretchesOf } from "./planning.ts";
export { holds, inParts, openRanges, type Range, type Ranges, within } from "./ranges.ts";
export {
  FORGET_STEPS,
  type ForgetPlan,
  type ForgetStep,
  isReceiptId,
  newReceipt,
  planFrom,
  type Receipt,
  reachedFiles,
  receiptFrom,
} from "./receipt.ts";
export type { Reworded } from "./rewording.ts";
