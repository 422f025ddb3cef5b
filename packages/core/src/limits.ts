/** Every upper bound that more than one room keeps, each with its reason. */

/** Largest raw record the journal takes. Base64 images in real transcripts reach 5 MB; ten times that and a margin. */
export const RAW_BYTES_MAX: number = 64 * 1024 * 1024;

/** Longest name a source may give a record: the longest path Linux allows, with generation and offset. */
export const KEY_BYTES_MAX: number = 4096 + 64;

/** Longest name of a source. */
export const SOURCE_BYTES_MAX: number = 64;

/** A segment is sealed when it has grown past this: small enough to verify in a blink, large enough that a day is a few files. */
export const SEGMENT_BYTES_MAX: number = 64 * 1024 * 1024;

/** Bytes waiting for one fdatasync. More waits for the next: a commit stays below a few milliseconds. */
export const COMMIT_BYTES_MAX: number = 4 * 1024 * 1024;

/** Bytes waiting for their turn to be committed; beyond it senders are made to wait. */
export const PENDING_BYTES_MAX: number = 64 * 1024 * 1024;

/** Entries a consumer settles in one go: one Lua call, one transaction. */
export const STRETCH_ENTRIES_MAX = 500;

/** Bytes a consumer settles in one go. */
export const STRETCH_BYTES_MAX: number = 4 * 1024 * 1024;

/** Messages kept hot in Redis and in current.json: what the contract calls "rolling 1000". */
export const HOT_MESSAGES = 1000;

/** Messages one POST may carry. */
export const POST_MESSAGES_MAX = 1000;

/** Messages one page of an answer may carry. */
export const PAGE_MAX = 500;
