/** The deep store: everything, for ever, in Postgres. */
export { checkPostgres } from "./check.ts";
export { checkNumbers, type NumbersCheck } from "./check-numbers.ts";
export { openDeepStore } from "./deep.ts";
export { openLibrary } from "./library.ts";
export { openNumbers } from "./numbers.ts";
export { openSessionLibrary } from "./session-library.ts";
export { openWitness } from "./witness.ts";
