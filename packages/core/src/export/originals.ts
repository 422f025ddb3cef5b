/**
 * An export of the files themselves, as `verbatim restore` gives them back: two
 * looks at the journal, the second file by file.
 *
 *   X60  Every file is byte for byte what was heard, at its path, with the time
 *        it was last written: what `verbatim restore` writes, with its proof.
 *   X61  A file of which anything was forgotten, also while this is made, is not
 *        given: it is named. One of which bytes are not there says so.
 *   X62  The same journal gives the same bytes.
 *
 * Memory is the runs of all files and the places of the records of one.
 */
import { VerbatimError } from "../errors.ts";
import type { Entry } from "../message/heard.ts";
import { type Laid, layPieces, type Piece, type Pieces } from "../restore/pieces.ts";
import { recordPlace } from "../restore/plan.ts";
import { proofText, sumsText } from "../restore/sums.ts";
import { LATE_RECORDS, writtenAt } from "../restore/whose.ts";
import { checkAsk, type ExportAsk, type ExportProgress } from "./ask.ts";
import type { Original, Originals } from "./kept.ts";
import { type Found, findFiles } from "./originals-found.ts";
import { addTo, type ExportSource, entriesOf, type Runs } from "./runs.ts";

/** Where files go: each is told what it will be before its bytes come. */
export interface OriginalsPlace {
  file(about: { readonly name: string; readonly bytes: number; readonly at: string }): Promise<{
    write(bytes: Uint8Array): Promise<void>;
    finish(): Promise<{ readonly sha256: string }>;
  }>;
}

export type MakingOriginals = ExportSource & {
  readonly place: OriginalsPlace;
  readonly onProgress: (progress: ExportProgress) => void;
  readonly signal: AbortSignal;
};

/** The file that lists what is in an export, with the digest of each. */
const SUMS_FILE = "SHA256SUMS";
/** So many files are told of with what is known of the export; the list in it has all. */
const TOLD_MAX = 100;
const ZEROS: Uint8Array = new Uint8Array(64 * 1024);

/** Writes them; gives what they came to, and how many records that was. */
export async function makeOriginals(
  ask: ExportAsk,
  making: MakingOriginals,
): Promise<Originals & { readonly records: number }> {
  checkAsk(ask);
  const to = await making.journal.last();
  const progress = openProgress(to, making.onProgress);
  const walk = { to, passed: progress.surveyed, signal: making.signal };
  const { files, forgotten } = await findFiles(making, ask, walk);
  const done: Original[] = [];
  const left = [...forgotten];
  let records = 0;
  for (const file of files) {
    const one = await written(file, { ...making, ask, passed: progress.wrote });
    if (one === "forgotten") left.push(file.target);
    else if (one !== null) {
      done.push(one);
      records += one.records;
    }
  }
  if (done.length === 0) throw nothing(ask, left);
  await writeSums(done, left, making);
  const told = { ...countsOf(done, left), sha256: making.sha256(proofText(done)) };
  return { ...told, records };
}

function countsOf(
  done: readonly Original[],
  forgotten: readonly string[],
): Omit<Originals, "sha256"> {
  return {
    files: done.length,
    bytes: done.reduce((sum, { bytes }) => sum + bytes, 0),
    not_whole: done.filter(({ missing }) => missing !== null).length,
    forgotten: forgotten.length,
    told: done
      .slice(0, TOLD_MAX)
      .map(({ file, at, bytes, sha256, missing }) => ({ file, at, bytes, sha256, missing })),
    told_forgotten: forgotten.slice(0, TOLD_MAX),
  };
}

function nothing({ filter }: ExportAsk, forgotten: readonly string[]): VerbatimError {
  const { session } = filter;
  const whose = session === undefined ? "" : ` of a session that begins with ${session}`;
  return new VerbatimError(
    "not_found",
    forgotten.length > 0
      ? `nothing was written: what there was${whose} was forgotten, wholly or in part (${forgotten[0]}); see: verbatim forget list`
      : `nothing was written: the journal holds no file that fits${whose}; what came over HTTP or the bus never was in one: take another form, as jsonl`,
  );
}

type Doing = MakingOriginals & {
  readonly ask: ExportAsk;
  readonly passed: (seq: number, entries: number) => void;
};
type Written = Original & { readonly records: number };

/** One file; null when it was not written in the time that is asked for. */
async function written(file: Found, doing: Doing): Promise<Written | "forgotten" | null> {
  const records = await recordsOf(file, doing);
  if (records === null) return "forgotten";
  const late = await lateOf(records, doing);
  const at = writtenAt({ file, late }, doing.sha256);
  const { since, until } = doing.ask.filter;
  if ((since !== undefined && at < since) || (until !== undefined && at >= until)) return null;
  const laid = layPieces(records);
  const sheet = await doing.place.file({ name: file.target, bytes: laid.bytes, at });
  for await (const piece of bytesOf(file, laid, doing)) await sheet.write(piece);
  const { sha256 } = await sheet.finish();
  const { bytes, missing } = laid;
  return { file: file.target, at, bytes, sha256, missing, records: records.size };
}

/** Its records by where they stand; null when something was forgotten since it was found. (X61) */
async function recordsOf(file: Found, doing: Doing): Promise<ReadonlyMap<number, Laid> | null> {
  const records = new Map<number, Laid>();
  for await (const entries of entriesOf(doing, file.runs, doing))
    for (const entry of entries) {
      const place = recordPlace(entry);
      if (place?.name !== file.name) continue;
      if (entry.erased === true) return null;
      records.set(place.offset, { seq: entry.seq, bytes: entry.raw.length });
    }
  return records;
}

async function lateOf(records: ReadonlyMap<number, Laid>, doing: Doing): Promise<readonly Entry[]> {
  const seqs = [...records.values()].map(({ seq }) => seq).toSorted((a, b) => a - b);
  const runs: Runs = [];
  for (const seq of seqs.slice(-LATE_RECORDS)) addTo(runs, seq);
  const walk = { passed: () => {}, signal: doing.signal };
  return (await Array.fromAsync(entriesOf(doing, runs, walk))).flat();
}

/** The bytes of a file from its beginning; where none are known, zeros. */
async function* bytesOf(file: Found, laid: Pieces, doing: Doing): AsyncGenerator<Uint8Array> {
  let end = 0;
  for (const rising of risingOf(laid.pieces))
    for await (const { piece, entry } of entriesFor(rising, file, doing)) {
      yield* zeros(piece.at - end, doing.signal);
      yield entry.raw.subarray(piece.skip, piece.skip + piece.bytes);
      end = piece.at + piece.bytes;
    }
}

/** Pieces that lie as the journal does, each with its entry. Throws when one is not there any more. (X61) */
async function* entriesFor(
  pieces: readonly Piece[],
  file: Found,
  doing: Doing,
): AsyncGenerator<{ readonly piece: Piece; readonly entry: Entry }> {
  const runs: Runs = [];
  for (const { seq } of pieces) addTo(runs, seq);
  let next = 0;
  for await (const entries of entriesOf(doing, runs, doing))
    for (const entry of entries) {
      const piece = pieces[next];
      if (piece === undefined || !isThere(piece, entry)) throw wentAway(file);
      yield { piece, entry };
      next += 1;
    }
  if (next < pieces.length) throw wentAway(file);
}

/** Pieces in the order of the file, as far at a time as they are in that of the journal. */
function* risingOf(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  let rising: Piece[] = [];
  for (const piece of pieces) {
    if (piece.seq <= (rising.at(-1)?.seq ?? 0)) {
      yield rising;
      rising = [];
    }
    rising.push(piece);
  }
  if (rising.length > 0) yield rising;
}

/** What was forgotten or damaged between two looks gives no bytes. */
function isThere(piece: Piece, { seq, erased, raw }: Entry): boolean {
  return seq === piece.seq && erased !== true && raw.length >= piece.skip + piece.bytes;
}

function wentAway({ target }: Found): VerbatimError {
  return new VerbatimError(
    "source_unreadable",
    `records of ${target} went away while it was written; ask again, then see: verbatim verify`,
  );
}

function* zeros(bytes: number, signal: AbortSignal): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= ZEROS.length) {
    signal.throwIfAborted();
    yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
  }
}

/** The list of what is there, for `sha256sum -c`, and of what is not. */
async function writeSums(
  done: readonly Original[],
  forgotten: readonly string[],
  { place, signal }: MakingOriginals,
): Promise<void> {
  const said = [
    ...forgotten.map((file) => `forgotten, wholly or in part, and not here: ${file}`),
    ...done.flatMap(({ file, missing }) =>
      missing === null
        ? []
        : [`not whole: ${file} lacks ${missing.bytes} bytes from ${missing.from}, zeros here`],
    ),
  ];
  const bytes = new TextEncoder().encode(sumsText(done, said));
  const at =
    done
      .map((one) => one.at)
      .toSorted()
      .at(-1) ?? "";
  signal.throwIfAborted();
  const sheet = await place.file({ name: SUMS_FILE, bytes: bytes.length, at });
  await sheet.write(bytes);
  await sheet.finish();
}

/** A third of the way is looking, two are reading: once for places, once for bytes. */
function openProgress(
  to: number,
  onProgress: MakingOriginals["onProgress"],
): { surveyed(seq: number): void; wrote(seq: number, entries: number): void } {
  const total = 3 * to;
  let read = 0;
  const tell = (done: number, doing: string): void =>
    onProgress({ done, total, percent: Math.floor((100 * done) / Math.max(1, total)), doing });
  return {
    surveyed: (seq) => tell(seq, "looking through the journal"),
    wrote: (_, entries) => {
      read = Math.min(2 * to, read + entries);
      tell(to + read, "writing");
    },
  };
}
