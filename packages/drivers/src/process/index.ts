/** How programs start, log, wait and end. */
export { DeadlinePassed, withDeadline } from "./deadline.ts";
export { openLog } from "./log.ts";
export type { Main } from "./run.ts";
export { run } from "./run.ts";
export { writeWhole } from "./write-whole.ts";
