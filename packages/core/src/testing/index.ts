/** For tests of other packages: contracts and ready-made records. */
export { journalContract } from "./journal.contract.ts";
export { aHeard, anEntry } from "./samples.ts";
