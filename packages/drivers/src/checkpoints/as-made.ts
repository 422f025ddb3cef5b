/** Whether one file of the folder of checkpoints is as it was made: by the index, and the index by its chain. */
import { basename, dirname } from "node:path";
import type { Sha256 } from "@verbatim/core";
import { INDEX_FILE } from "./names-in.ts";
import { bytesAt, factOf } from "./reading.ts";
import { indexIn } from "./recovering.ts";

/** What is not as it was; null when all of it is. */
export async function checkpointFault(path: string, sha256: Sha256): Promise<string | null> {
  const index = await indexIn(dirname(path), sha256);
  if (index === null || !index.ok)
    return `the index cannot be trusted: ${index === null ? "it is gone" : index.why}`;
  const name = basename(path);
  if (name === INDEX_FILE) return null;
  const [id, format] = name.split(".");
  const one = index.value.checkpoints.find((each) => each.id === id);
  if (one === undefined) return "the index does not name it";
  const made = format === "parquet" ? one.files.parquet : one.files.json;
  try {
    const { sha256: found } = await factOf(bytesAt(path));
    return found === made.sha256 ? null : "it has other bytes than it was made with";
  } catch (error) {
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
