/** The deep store: everything, for ever, in Postgres. */
export { checkPostgres } from "./check.ts";
export { checkFolds } from "./check-folds.ts";
export { checkNumbers, type NumbersCheck } from "./check-numbers.ts";
export { mendRows, openDeepStore } from "./deep.ts";
export { type DeepEntries, openDeepEntries } from "./entries.ts";
export { type Forgetting, openForgetting } from "./forgetting.ts";
export { openLibrary } from "./library.ts";
export { mendSums } from "./mend-sums.ts";
export { openNumbers } from "./numbers.ts";
export { openRebuilding, type Rebuilding } from "./rebuilding.ts";
export { openSessionLibrary } from "./session-library.ts";
export { heldOf, openWitness } from "./witness.ts";
