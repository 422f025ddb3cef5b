/** What proves that nothing was changed, and what puts it right: a door of its own. */

export {
  type FilePlan,
  fileName,
  type RecordHead,
  recordPlace,
  restorePlan,
} from "../restore/plan.ts";
export { proofText } from "../restore/sums.ts";
export { FIRST_RECORDS, isNamed, LATE_RECORDS, sessionsIn, writtenAt } from "../restore/whose.ts";
export {
  type Held,
  type HeldAside,
  type HeldMessage,
  type HeldRepeat,
  type RowFault,
  rowFaults,
} from "./compare.ts";
export { fillHole, type Hole, mendHole } from "./mend.ts";
export { type OneByte, oneByteChanges } from "./one-byte.ts";
export { type RebuildJob, type RebuildProgress, rebuildJobOf } from "./rebuild.ts";
export { openWindow, type Window } from "./window.ts";
