/** Messages as rows of one table, for every session that has something that fits. */
import type { ExportAsk, ExportProgress } from "./ask.ts";
import { type Row, rowOf } from "./row.ts";
import type { ExportSource } from "./runs.ts";
import { rowsOf } from "./survey.ts";

/** What takes the rows. */
export type Table = { add(row: Row): Promise<void> };

/** Fills a table; what was heard twice is there twice, as in the journal. Throws when the signal fires. */
export async function fillTable(
  ask: ExportAsk,
  table: Table,
  {
    source,
    onProgress,
    signal,
  }: {
    readonly source: ExportSource;
    readonly onProgress: (progress: ExportProgress) => void;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly messages: number; readonly records: number }> {
  const counts = { message: 0, record: 0 };
  const to = await source.journal.last();
  const passed = (seq: number): void =>
    onProgress({
      done: seq,
      total: to,
      percent: Math.floor((100 * seq) / Math.max(1, to)),
      doing: "writing",
    });
  for await (const { message, entry } of rowsOf(source, ask, { to, passed, signal })) {
    await table.add(rowOf(message, entry));
    counts[message.kind] += 1;
  }
  return { messages: counts.message, records: counts.record };
}
