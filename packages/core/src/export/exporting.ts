/**
 * Making an export: two passes over the journal, the second session by session.
 *
 *   X21  The same journal and the same question give the same bytes, whenever
 *        and however often: nothing in them says when they were made.
 *   X20  An export that is stopped, or dies, leaves no file under its name.
 *
 * Memory does not grow with the journal: of a session that is written there are
 * its runs, the ids of its messages and what is needed to say what it cost. What
 * stands above a transcript is only known at its end, so the transcript waits in
 * a draft.
 */
import { VerbatimError } from "../errors.ts";
import {
  checkAsk,
  type ExportAsk,
  type Exported,
  type ExportedFile,
  type ExportProgress,
} from "./ask.ts";
import { openFacts, type Shown } from "./facts.ts";
import { formOf } from "./forms.ts";
import { fileNames, indexOf } from "./indexing.ts";
import { leftIn } from "./recheck.ts";
import { openRedactor, type Redactor } from "./redact.ts";
import { type ExportSource, mergedRuns } from "./runs.ts";
import { type Lying, readSession, type Surveyed, survey } from "./survey.ts";
import { streamOf } from "./telling.ts";

/** A file that is being written; under its name when it is finished, never before. */
export type Sheet = {
  write(bytes: Uint8Array): Promise<void>;
  /** What was written so far, from its beginning. */
  written(): AsyncIterable<Uint8Array>;
  finish(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Where files go. */
export interface ExportPlace {
  sheet(name: string): Promise<Sheet>;
  /** Something to write on that is gone afterwards. */
  draft(): Promise<Omit<Sheet, "finish">>;
}

export type Exporting = ExportSource & {
  readonly place: ExportPlace;
  readonly onProgress: (progress: ExportProgress) => void;
  readonly signal: AbortSignal;
};

/** Makes the export; its files are there when this resolves. Throws `cancelled` when the signal fired. */
export async function makeExport(ask: ExportAsk, exporting: Exporting): Promise<Exported> {
  checkAsk(ask);
  try {
    return await made(ask, exporting);
  } catch (error) {
    if (!exporting.signal.aborted) throw error;
    throw new VerbatimError("cancelled", "the export was stopped; nothing was left of it", {
      cause: error,
    });
  }
}

async function made(ask: ExportAsk, exporting: Exporting): Promise<Exported> {
  const to = await exporting.journal.last();
  const progress = openProgress(to, exporting);
  const walk = { to, passed: progress.surveyed, signal: exporting.signal };
  const surveyed = await survey(exporting, ask, walk);
  const redactor = ask.redact ? openRedactor() : null;
  const names = fileNames(ask);
  const files: ExportedFile[] = [];
  for (const lying of surveyed.sessions) {
    const session = { lying, ask, surveyed, redactor, progress };
    const file = await writeSession(session, names, exporting);
    if (file !== null) files.push(file);
  }
  if (ask.all) await writeIndex(files, ask, exporting);
  const sum = (of: (one: ExportedFile) => number): number =>
    files.reduce((all, one) => all + of(one), 0);
  return {
    files,
    sessions: files.length,
    messages: sum((one) => one.facts.messages),
    records: sum((one) => one.facts.records),
    bytes: sum((one) => one.bytes),
    redacted: redactor?.counts() ?? null,
  };
}

type Session = {
  readonly lying: Lying;
  readonly ask: ExportAsk;
  readonly surveyed: Surveyed;
  readonly redactor: Redactor | null;
  readonly progress: Progress;
};

/** Writes one session; null when nobody said anything in it that this form shows. */
async function writeSession(
  { lying, ask, surveyed, redactor, progress }: Session,
  names: ReturnType<typeof fileNames>,
  { place, signal, ...source }: Exporting,
): Promise<ExportedFile | null> {
  const facts = openFacts(redactor?.text(lying.session_id) ?? lying.session_id);
  const known = new Set<string>();
  const isTold = (message: Shown): boolean => {
    // A copy of what was heard before is the same message: the first is told.
    if (known.has(message.id)) return false;
    known.add(message.id);
    return true;
  };
  const read = async function* (streams: readonly string[]): AsyncGenerator<readonly Shown[]> {
    const runs = mergedRuns(streams.map((name) => lying.streams.get(name) ?? []));
    const reading = { runs, ask, hiding: surveyed.hiding, passed: progress.wrote, signal };
    const isOf = (message: Shown): boolean =>
      streams.length !== 1 || streamOf(message) === streams[0];
    for await (const messages of readSession(source, lying, reading)) {
      const told = messages.filter((one) => isOf(one) && isTold(one));
      const shown = redactor === null ? told : told.map((one) => redactor.message(one));
      for (const one of shown) facts.add(one);
      yield shown;
    }
  };
  const form = formOf(ask);
  await using draft = await place.draft();
  await pour(form.body({ names: [...lying.streams.keys()], read }), draft, redactor);
  const told = facts.facts();
  if (!form.shows(told)) return null;
  const file = names.of(told);
  await using sheet = await place.sheet(file);
  await pour([[form.head(told)]], sheet, redactor);
  for await (const piece of draft.written()) await sheet.write(piece);
  await pour([[form.tail(told)]], sheet, redactor);
  if (redactor !== null) await recheck(sheet, file);
  signal.throwIfAborted();
  return { file, ...(await sheet.finish()), facts: told };
}

async function writeIndex(
  files: readonly ExportedFile[],
  ask: ExportAsk,
  { place, signal }: Exporting,
): Promise<void> {
  const index = indexOf(files, ask);
  await using sheet = await place.sheet(index.name);
  await sheet.write(new TextEncoder().encode(index.text));
  signal.throwIfAborted();
  await sheet.finish();
}

/** Written in pieces of this size, not in lines. */
const PIECE_CHARS = 64 * 1024;

async function pour(
  texts: AsyncIterable<Iterable<string>> | Iterable<Iterable<string>>,
  to: Pick<Sheet, "write">,
  redactor: Redactor | null,
): Promise<void> {
  const encoder = new TextEncoder();
  let waiting = "";
  for await (const some of texts)
    for (const text of some) {
      waiting += redactor === null ? text : redactor.text(text);
      if (waiting.length < PIECE_CHARS) continue;
      await to.write(encoder.encode(waiting));
      waiting = "";
    }
  if (waiting !== "") await to.write(encoder.encode(waiting));
}

/** Nothing gets its name that still holds what was to be taken out. (X10) */
async function recheck(sheet: Sheet, file: string): Promise<void> {
  const left = await leftIn(sheet.written());
  if (left.length === 0) return;
  throw new VerbatimError(
    "output_failed",
    `${file} still held ${left.join(", ")} when it was looked through again, so it was not kept; please report which form it was`,
  );
}

type Progress = { surveyed(seq: number): void; wrote(seq: number, entries: number): void };

/** Each pass is half of the way; the second is counted by what was read in it. */
function openProgress(to: number, { onProgress }: Pick<Exporting, "onProgress">): Progress {
  const total = 2 * to;
  let second = 0;
  const tell = (done: number, doing: string): void =>
    onProgress({ done, total, percent: Math.floor((100 * done) / Math.max(1, total)), doing });
  return {
    surveyed: (seq) => tell(seq, "looking through the journal"),
    wrote: (_, entries) => {
      second = Math.min(to, second + entries);
      tell(to + second, "writing");
    },
  };
}
