/** The deep store: everything, for ever, in Postgres. */
export { checkPostgres } from "./check.ts";
export { openDeepStore } from "./deep.ts";
export { openLibrary } from "./library.ts";
export { openWitness } from "./witness.ts";
