/**
 * Where the JSON of a checkpoint differs from what it should hold, entry by
 * entry, beside a source that has them.
 *
 *   C41  What differs is named by its entries; where none of them does, it is the
 *        first or the last line.
 */
import {
  type CheckpointEntry,
  entryOfLine,
  isSameRecord,
  lineOf,
} from "@verbatim/core/checkpoints";
import { jsonBytes, linesIn } from "./reading.ts";

/** Entries that differ: the first and the last of them, and how many there are. */
export type Differing = { readonly first: number; readonly last: number; readonly count: number };

const DECODER = new TextDecoder();

/** Entries of the file that are not those of the source; null when all of them are. */
export async function differingIn(
  dir: string,
  id: string,
  source: AsyncIterable<CheckpointEntry>,
): Promise<Differing | null> {
  const records: number[] = [];
  const readings: number[] = [];
  let seen = 0;
  for await (const { found, entry } of pairsOf(dir, id, source)) {
    seen += 1;
    if (found === null || !isSameRecord(found, entry)) records.push(entry.seq);
    else if (lineOf(found) !== lineOf(entry)) readings.push(entry.seq);
  }
  // Another version reads all of them otherwise: then it says nothing of a damage.
  const seqs = records.length === 0 && readings.length * 2 < seen ? readings : records;
  const [first, last] = [seqs[0], seqs.at(-1)];
  return first === undefined || last === undefined ? null : { first, last, count: seqs.length };
}

type Pair = { readonly found: CheckpointEntry | null; readonly entry: CheckpointEntry };

/** Each entry of the source, with what the file has of it: null where that cannot be read, or is gone. */
export async function* pairsOf(
  dir: string,
  id: string,
  source: AsyncIterable<CheckpointEntry>,
): AsyncGenerator<Pair> {
  const lines = entriesIn(dir, id);
  let held = await lines.next();
  for await (const entry of source) {
    // What cannot be read stands for one entry; one that ran into the next for both.
    while (held.done !== true && held.value !== null && held.value.seq < entry.seq)
      held = await lines.next();
    const found = held.done === true ? null : held.value;
    const isHere = found === null || found.seq === entry.seq;
    yield { found: isHere ? found : null, entry };
    if (isHere && held.done !== true) held = await lines.next();
  }
}

/** Its entries as far as they can be read; null for a line that cannot. */
export async function* entriesIn(dir: string, id: string): AsyncGenerator<CheckpointEntry | null> {
  const bytes = jsonBytes(dir, id);
  if (bytes === null) return;
  let isHead = true;
  try {
    for await (const line of linesIn(bytes)) {
      const text = DECODER.decode(line);
      if (!isHead && !text.startsWith("],") && text !== "") yield entryOfLine(text);
      isHead = false;
    }
  } catch {
    // A compressed one that is torn: what follows cannot be read.
  }
}
