/** The journal as files on local disk. */
export { journalIdOf, journalIdWhenThere } from "./folder.ts";
export type { JournalFs } from "./fs.ts";
export { realFs } from "./fs.ts";
export type { FileJournalReader, HeadOnly } from "./reader.ts";
export { openJournalReader } from "./reader.ts";
export type { JournalFault, JournalReport } from "./verify.ts";
export { verifyJournal } from "./verify.ts";
export type { FileJournal, OpenOptions, WriterFacts } from "./writer.ts";
export { openJournal, writerLockOf } from "./writer.ts";
