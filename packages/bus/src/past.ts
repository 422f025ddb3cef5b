/** What was published before this start, out of the journal: a broker that restarts has it to offer at once. */
import {
  type Entry,
  isPublished,
  type JournalReader,
  openWindow,
  STRETCH_BYTES_MAX,
  WINDOW_BYTES_MAX,
  WINDOW_MESSAGES,
  type Window,
} from "@verbatim/core";

/** Looked through at most, in less than a second: in a journal of other things the rest is read when somebody asks. */
const LOOK_ENTRIES = 50_000;
const STEP = 2000;

/** A window of the newest published messages up to `to`, which must be safe. */
export async function pastOf(journal: Pick<JournalReader, "read">, to: number): Promise<Window> {
  const oldest = Math.max(1, to - LOOK_ENTRIES + 1);
  let found: Entry[] = [];
  let from = to + 1;
  let bytes = 0;
  while (from > oldest && found.length < WINDOW_MESSAGES && bytes < WINDOW_BYTES_MAX) {
    const step = { from: Math.max(oldest, from - STEP), to: from - 1 };
    const older = await publishedIn(journal, step);
    bytes += older.reduce((sum, one) => sum + one.raw.length, 0);
    found = [...older, ...found];
    ({ from } = step);
  }
  const window = openWindow(from - 1);
  for (const entry of found) window.hear(entry);
  // What came last need not have been published.
  window.hear({ seq: to, at: "", source: "", key: "", raw: new Uint8Array(0) });
  return window;
}

/** What was published in a range of the journal, in order. */
export async function publishedIn(
  journal: Pick<JournalReader, "read">,
  range: { readonly from: number; readonly to: number },
): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (let from = range.from; from <= range.to; ) {
    const bounds = { entries: STEP, bytes: STRETCH_BYTES_MAX };
    const entries = await journal.read({ from, to: range.to, ...bounds });
    const last = entries.at(-1);
    if (last === undefined) return found;
    found.push(...entries.filter((one) => one.source === "bus" && isPublished(one.key)));
    from = last.seq + 1;
  }
  return found;
}
