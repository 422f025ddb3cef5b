/** Failures of the place that checkpoints lie in, with the name and the words that a person can act on. */
import { VerbatimError } from "@verbatim/core";

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EFBIG: "the file would be too large for its file system",
  EACCES: "we may not",
  EPERM: "we may not",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of its path is no folder",
  EIO: "the disk fails",
};

/** Does something there. What was there before is as it was when it fails. */
export async function placed<Value>(dir: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof VerbatimError ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const why = WORDS[code];
    if (why === undefined) throw error;
    throw new VerbatimError(
      "output_failed",
      `checkpoints cannot be written in ${dir}: ${why} (${code}). Those that are there are as they were; mend that, and the next one holds everything since the last`,
      { cause: error },
    );
  }
}
