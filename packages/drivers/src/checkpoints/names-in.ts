/**
 * What lies in the folder of checkpoints, by its names alone.
 *
 *     <id>.json or <id>.json.zst, <id>.parquet    a checkpoint
 *     <id>.json.part, <id>.parquet.<pid>.part     one that was being made
 *     <id>.json.new, <id>.parquet.new             one that is being made again
 *     index.json, erasing.json, writer.lock       which there are, what is under way, who writes
 *     index_damaged_….json                        an index that could not be trusted
 */
import { readdir } from "node:fs/promises";
import { isCheckpointId } from "@verbatim/core/checkpoints";

export const INDEX_FILE = "index.json";
export const NOTE_FILE = "erasing.json";
export const LOCK_FILE = "writer.lock";

export type NamesIn = {
  /** Those with a JSON file. */
  readonly ids: ReadonlySet<string>;
  /** Those with a Parquet file. */
  readonly tables: ReadonlySet<string>;
  /** What somebody who died left half written. */
  readonly leftovers: readonly string[];
};

/** The names in a folder; none where there is no folder. */
export async function namesIn(dir: string): Promise<NamesIn> {
  const names = await readdir(dir).catch(whenAbsent<string[]>([]));
  return {
    ids: new Set(names.flatMap((name) => idIn(name, /[.]json(?:[.]zst)?$/))),
    tables: new Set(names.flatMap((name) => idIn(name, /[.]parquet$/))),
    leftovers: names.filter((name) => /[.](?:part|new|zst[.]part)$/.test(name)),
  };
}

function idIn(name: string, ending: RegExp): readonly string[] {
  const id = name.replace(ending, "");
  return id !== name && isCheckpointId(id) ? [id] : [];
}

/** For a `catch`: what is not there is this. */
export function whenAbsent<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return value;
    throw error;
  };
}
