/** What is written down of a home's copies. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FILES } from "@verbatim/core";

/** The text of the note; null when nothing was copied yet. */
export async function noteText(home: string): Promise<string | null> {
  return await readFile(join(home, FILES.copies), "utf8").catch(() => null);
}
