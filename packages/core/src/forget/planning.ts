/** Looking through the journal for what belongs to a forget. */
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX, STRETCH_ENTRIES_MAX } from "../limits.ts";
import type { Entry } from "../message/heard.ts";
import type { Sha256 } from "../settle/port.ts";
import { parse } from "../sources/parse.ts";
import { openAged, openFiles, type RecordedFile } from "./aged.ts";
import { openBelonging } from "./belonging.ts";
import type { ForgetPlan, Receipt } from "./receipt.ts";

/** What belongs to a receipt, as the journal is now; `tell` hears how far the look is. */
export async function plannedForget(
  { receipt_id, seq, what }: Pick<Receipt, "receipt_id" | "seq" | "what">,
  {
    journal,
    sha256,
  }: { readonly journal: Pick<JournalReader, "read" | "last">; readonly sha256: Sha256 },
  how: {
    readonly signal: AbortSignal;
    readonly tell: (done: number, total: number) => Promise<void>;
  },
): Promise<ForgetPlan> {
  const { files_sha256, before } = what;
  const isOfFiles = files_sha256 !== undefined && before !== undefined;
  const belonging = isOfFiles
    ? openAged({ files_sha256, before }, sha256)
    : openBelonging(what, sha256);
  const looks = looksFor(what);
  // Whether a file is old is told by all of it, also by what came while this waited. (V31)
  const to = isOfFiles ? Math.max(seq - 1, await journal.last()) : seq - 1;
  for (const [place, look] of looks.entries()) {
    for await (const entries of stretchesOf(journal, 1, to)) {
      how.signal.throwIfAborted();
      for (const entry of entries)
        belonging[look]({ entry, messages: parse(entry, sha256).messages });
      const done = place * seq + (entries.at(-1)?.seq ?? 0);
      await how.tell(done, looks.length * seq);
    }
  }
  return belonging.plan(receipt_id);
}

/** Every file that something is recorded of, as the journal is now. */
export async function recordedFiles(
  journal: Pick<JournalReader, "read" | "last">,
  sha256: Sha256,
  signal: AbortSignal,
): Promise<readonly RecordedFile[]> {
  const files = openFiles();
  for await (const entries of stretchesOf(journal, 1, await journal.last())) {
    signal.throwIfAborted();
    for (const entry of entries) files.see({ entry, messages: parse(entry, sha256).messages });
    // Whoever reads stretches never waits: others have their turn here.
    await Promise.resolve();
  }
  return files.all();
}

/** What is asked of each entry, one look after another. */
function looksFor({ user_sha256, files_sha256 }: Receipt["what"]): readonly ("learn" | "decide")[] {
  if (files_sha256 !== undefined) return ["learn"];
  return user_sha256 === undefined ? ["decide"] : ["learn", "decide"];
}

/** The journal between two places, both included, in bounded stretches. */
export async function* stretchesOf(
  journal: Pick<JournalReader, "read">,
  first: number,
  to: number,
): AsyncGenerator<readonly Entry[]> {
  for (let from = first; from <= to; ) {
    const bounds = { entries: STRETCH_ENTRIES_MAX, bytes: STRETCH_BYTES_MAX };
    const entries = await journal.read({ from, to, ...bounds });
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    from = last.seq + 1;
  }
}
