/** How programs start, log, wait and end. */
export { DeadlinePassed, withDeadline } from "./deadline.ts";
export { sweepBeside, sweepParts } from "./leftovers.ts";
export type { Lock, Owner } from "./lock.ts";
export { isLocked, ownerOf, takeLock } from "./lock.ts";
export { openLog } from "./log.ts";
export { giveWay } from "./priority.ts";
export type { Program } from "./program.ts";
export { startProgram } from "./program.ts";
export type { Main } from "./run.ts";
export { run } from "./run.ts";
export { makeShortFolder } from "./short-folder.ts";
export type { WholeFile, WholeFileMade } from "./whole-file.ts";
export { openWholeFile, readBack, syncFiles, syncFolder } from "./whole-file.ts";
export { writeWhole } from "./write-whole.ts";
