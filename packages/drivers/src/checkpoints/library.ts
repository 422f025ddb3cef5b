/** Reading checkpoints beside whoever makes them: which there are, their files, their entries. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Sha256, VerbatimError } from "@verbatim/core";
import {
  type CheckpointEntry,
  type CheckpointIndex,
  type CheckpointLibrary,
  entryOfLine,
  headOfLine,
  isCheckpointId,
} from "@verbatim/core/checkpoints";
import { INDEX_FILE, whenAbsent } from "./names-in.ts";
import { isThere, jsonBytes, linesIn, tableBytes } from "./reading.ts";
import { indexIn } from "./recovering.ts";

const DECODER = new TextDecoder();

/** The checkpoints of this folder. */
export function openCheckpointLibrary(dir: string, sha256: Sha256): CheckpointLibrary {
  let known: { readonly stamp: string; readonly index: CheckpointIndex | null } | null = null;

  /** Which of many files this is: the index is replaced as a whole. */
  async function stampOf(): Promise<string> {
    const found = await stat(join(dir, INDEX_FILE)).catch(whenAbsent(null));
    return found === null ? "" : `${found.ino} ${found.mtimeMs} ${found.size}`;
  }

  async function index(): Promise<CheckpointIndex | null> {
    const stamp = await stampOf();
    if (known?.stamp === stamp) return known.index;
    const read = await indexIn(dir, sha256);
    if (read !== null && !read.ok) throw untrusted(dir, read.why);
    known = { stamp, index: read?.value ?? null };
    return known.index;
  }

  return {
    index,
    // A name from outside becomes a path here and nowhere else (C21).
    file: async (id, format) => {
      const found = (await index())?.checkpoints.find((one) => one.id === id);
      const open = format === "json" ? jsonBytes : tableBytes;
      if (found === undefined || !isCheckpointId(id) || !isThere(dir, id, format)) return null;
      const { bytes, sha256: mark } = found.files[format];
      return { bytes, mark, read: (from, to) => part(open(dir, id) ?? [], from, to) };
    },
    entries: (id) => entriesOf(dir, id),
  };
}

/** What lies between two places. */
async function* part(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of bytes) {
    const wanted = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (wanted.length > 0) yield wanted;
    at += piece.length;
    if (at >= to) return;
  }
}

async function* entriesOf(dir: string, id: string): AsyncGenerator<CheckpointEntry> {
  let after = "its beginning";
  for await (const line of textLinesOf(dir, id)) {
    if (line.startsWith("],")) return;
    const isHead = after === "its beginning";
    const entry = isHead ? headOfLine(line) : entryOfLine(line);
    if (entry === null) throw damaged(dir, id, after);
    after = "seq" in entry ? `entry ${entry.seq}` : "its first line";
    if ("seq" in entry) yield entry;
  }
  throw damaged(dir, id, after);
}

async function* textLinesOf(dir: string, id: string): AsyncGenerator<string> {
  const bytes = isCheckpointId(id) ? jsonBytes(dir, id) : null;
  if (bytes === null)
    throw new VerbatimError("not_found", `there is no checkpoint ${id} in ${dir}`);
  for await (const line of linesIn(bytes)) if (line.length > 0) yield DECODER.decode(line);
}

function damaged(dir: string, id: string, after: string): VerbatimError {
  return new VerbatimError(
    "source_unreadable",
    `${id}.json in ${dir} is damaged after ${after}; see: verbatim checkpoints verify`,
  );
}

function untrusted(dir: string, why: string): VerbatimError {
  return new VerbatimError(
    "source_unreadable",
    `${INDEX_FILE} in ${dir} cannot be trusted: ${why}. It is made again from the files by the next: verbatim checkpoint`,
  );
}
