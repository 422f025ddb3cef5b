/** For tests of other packages: contracts, fakes and ready-made records. */
export { type CopiesWorld, copiesContract } from "./copies.contract.ts";
export { hotContract } from "./hot.contract.ts";
export { journalContract } from "./journal.contract.ts";
export { openMemoryHot } from "./memory-hot.ts";
export { aHeard, anEntry } from "./samples.ts";
export { aHappened, anEventEntry, anyHistory, aUuid } from "./session-samples.ts";
