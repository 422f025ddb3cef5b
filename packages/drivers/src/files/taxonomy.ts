/** The taxonomy of a home: the file its owner wrote, or the standard one. */
import { readFile, stat } from "node:fs/promises";
import {
  type Result,
  readTaxonomy,
  STANDARD_TAXONOMY,
  type Taxonomy,
  VerbatimError,
} from "@verbatim/core";

/** The largest list of terms that parseTaxonomy takes, and a margin. */
const TAXONOMY_BYTES_MAX: number = 32 * 1024 * 1024;

/** What holds by the file at this path: the standard taxonomy when there is none. */
export async function loadTaxonomy(path: string): Promise<Taxonomy> {
  return (await taxonomyAt(path)) ?? STANDARD_TAXONOMY;
}

/** The taxonomy in a file, or null when there is no such file, or nothing in it. Throws `config_invalid` with the file, the place and what to do. */
export async function taxonomyAt(path: string): Promise<Taxonomy | null> {
  const read = await readTaxonomyAt(path);
  if (read === null) return null;
  if (read.ok) return read.value;
  throw broken(path, read.why);
}

/** The same for who wants to tell the faults themselves. Throws when the file cannot be read. */
export async function readTaxonomyAt(path: string): Promise<Result<Taxonomy> | null> {
  const text = await textAt(path);
  // A shell makes the file of `verbatim taxonomy show > file` before the command runs.
  return text === null || text === "" ? null : readTaxonomy(text);
}

async function textAt(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size <= TAXONOMY_BYTES_MAX) return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw broken(path, error instanceof Error ? error.message : String(error));
  }
  throw broken(path, `it is larger than ${TAXONOMY_BYTES_MAX} bytes`);
}

function broken(path: string, why: string): VerbatimError {
  return new VerbatimError(
    "config_invalid",
    `${path} is no taxonomy: ${why}. Mend it (verbatim taxonomy check ${path}), or move it away: then the standard one holds`,
  );
}
