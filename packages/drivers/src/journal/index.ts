/** The journal as files on local disk. */
export { segmentFault } from "./as-sealed.ts";
export type { DropProof } from "./drop.ts";
export { droppedOn } from "./dropped-file.ts";
export type { ErasedEntries } from "./erase.ts";
export { eraseEntries } from "./erase.ts";
export { journalIdOf, journalIdWhenThere } from "./folder.ts";
export type { JournalFs } from "./fs.ts";
export { realFs } from "./fs.ts";
export { type Mended, mendJournal } from "./mend.ts";
export type { Pieces } from "./put-in-place.ts";
export type { FileJournalReader, HeadOnly } from "./reader.ts";
export { openJournalReader } from "./reader.ts";
export type { Rewriting } from "./rewrite.ts";
export { compressSealed, dropSealed, openRewriting } from "./rewrite.ts";
export type { JournalFault, JournalReport } from "./verify.ts";
export { verifyJournal } from "./verify.ts";
export type { FileJournal, OpenOptions, WriterFacts } from "./writer.ts";
export { openJournal, writerLockOf } from "./writer.ts";
