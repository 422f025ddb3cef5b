/** A file that somebody may have written for us. */
import { readFile, stat } from "node:fs/promises";
import { VerbatimError } from "@verbatim/core";

/** More than anybody writes by hand. */
const TEXT_BYTES_MAX: number = 1024 * 1024;

/** Its text, or null when there is no such file. Throws `config_invalid` when it cannot be read. */
export async function textAt(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size <= TEXT_BYTES_MAX) return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new VerbatimError("config_invalid", `${path} cannot be read: ${String(error)}`);
  }
  throw new VerbatimError("config_invalid", `${path} is larger than ${TEXT_BYTES_MAX} bytes`);
}
