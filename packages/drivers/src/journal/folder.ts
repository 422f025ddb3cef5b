/**
 * The journal's own name, in `journal.json`: stores remember by it which journal
 * they are made from. Which segments a journal has is in segments.ts.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { VerbatimError } from "@verbatim/core";
import { realFs } from "./fs.ts";

/** The journal's own name, made when it is first written to. */
export function journalIdOf(folder: string): string | null {
  try {
    const found: unknown = JSON.parse(readFileSync(join(folder, "journal.json"), "utf8"));
    if (
      typeof found === "object" &&
      found !== null &&
      "id" in found &&
      typeof found.id === "string"
    )
      return found.id;
  } catch (cause) {
    if (existsSync(join(folder, "journal.json"))) {
      throw new VerbatimError(
        "journal_corrupt",
        `${folder}/journal.json cannot be read; move it away to give the journal a new name, then run: verbatim rebuild`,
        { cause },
      );
    }
  }
  return null;
}

/** Reads the journal's name, or gives it one that survives a power cut. */
export function journalIdFor(folder: string, now: string): string {
  const known = journalIdOf(folder);
  if (known !== null) return known;
  const id = randomUUID();
  const path = join(folder, "journal.json");
  const fd = openSync(`${path}.new`, "w", 0o600);
  writeSync(fd, `${JSON.stringify({ id, created_at: now, format: 1 })}\n`);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
  realFs.syncFolder(folder);
  return id;
}

/** How often a journal that is not there yet is looked for. */
const LOOK_EVERY_MS = 100;

/** The journal's name once its writer has made it; throws when the signal fires before that. */
export async function journalIdWhenThere(folder: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const id = journalIdOf(folder);
    if (id !== null) return id;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
