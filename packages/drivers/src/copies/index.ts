/** A second copy of what is sealed, in another folder or a bucket: only for programs that Bun runs. */
export { noteText } from "./note.ts";
export { digestOf, isCopyName, openCopies, openCopyPlace, type Seals } from "./open.ts";
