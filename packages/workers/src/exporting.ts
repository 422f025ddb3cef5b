/**
 * Jobs of queue `export`: an export, made and kept.
 *
 *   X51  A job whose worker was killed is made again by the next one and leaves
 *        the one export it would have left, the same bytes, and nothing beside.
 *   V42  Where something was forgotten while an export was made, the export is
 *        made again: it may hold what was read before, and the forget has looked
 *        through the folder already.
 */
import { COLUMNS, type Log, VerbatimError } from "@verbatim/core";
import {
  type ExportAsk,
  type ExportPlace,
  type ExportProgress,
  type ExportShelf,
  type ExportSource,
  endingOf,
  exportIdOf,
  fillTable,
  type KeptExport,
  makeExport,
  makeOriginals,
  type OriginalsPlace,
  type Table,
} from "@verbatim/core/export";

/** An export job in hand. */
export type ExportWork = {
  readonly id: string;
  readonly data: ExportAsk;
  readonly added_at: string;
  progress(value: object): Promise<void>;
};

type Whole = { readonly bytes: number; readonly sha256: string };
type Finishing<What> = What & AsyncDisposable & { finish(): Promise<Whole> };

export type ExportPorts = {
  readonly source: () => Promise<ExportSource>;
  readonly shelf: ExportShelf;
  /** Sees that there is room for files; then where the file of that name is written. */
  readonly ready: () => Promise<void>;
  readonly one: (file: string) => Promise<ExportPlace>;
  readonly many: (file: string) => Promise<Finishing<ExportPlace>>;
  /** Takes a file away again. */
  readonly remove: (file: string) => Promise<void>;
  /** Another text after a forget has begun with the files of this home, or was done. */
  readonly forgotten: () => Promise<string>;
  readonly originals: (file: string) => Promise<Finishing<OriginalsPlace>>;
  readonly table: (file: string, columns: typeof COLUMNS) => Promise<Finishing<Table>>;
  readonly log: Log;
};

/** Percents are told, not entries: a job is written to Redis each time. */
const STEPS = 100;
/** Who forgets so much at once is waited for by asking for the export again. */
const TRIES_MAX = 20;

/** Makes the export a job asks for. */
export async function doExport(
  work: ExportWork,
  ports: ExportPorts,
  signal: AbortSignal,
): Promise<KeptExport> {
  await ports.ready();
  const place = await placeFor(work, ports.shelf);
  if (place.made !== null) return place.made;
  const file = `${place.id}.${endingOf(work.data)}`;
  const made = await unforgotten(work, file, { ports, onProgress: telling(work), signal });
  const { id: job_id, added_at: asked_at, data: asked } = work;
  const kept: KeptExport = { id: place.id, job_id, asked_at, asked, file, ...made };
  await ports.shelf.keep(kept);
  ports.log.info("export_made", { export: place.id, bytes: made.bytes, messages: made.messages });
  return kept;
}

type Made = Pick<
  KeptExport,
  "bytes" | "sha256" | "sessions" | "messages" | "records" | "redacted" | "originals"
>;
type Doing = {
  readonly ports: ExportPorts;
  readonly onProgress: (progress: ExportProgress) => void;
  readonly signal: AbortSignal;
};

/** Written while nothing was forgotten. (V42) */
async function unforgotten(work: ExportWork, file: string, doing: Doing): Promise<Made> {
  const { ports, signal } = doing;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const before = await ports.forgotten();
    const isSame = async (): Promise<boolean> => (await ports.forgotten()) === before;
    try {
      const made = await written(work, file, doing);
      if (await isSame()) return made;
    } catch (error) {
      // What is half written goes with a forget too.
      if (signal.aborted || (await isSame())) throw error;
    }
    await ports.remove(file);
  }
  throw new VerbatimError(
    "busy",
    "something was forgotten each time while this export was made; ask for it again",
  );
}

async function written(
  { data: ask }: ExportWork,
  file: string,
  { ports, onProgress, signal }: Doing,
): Promise<Made> {
  const source = await ports.source();
  if (ask.format === "parquet") {
    await using table = await ports.table(file, COLUMNS);
    const counts = await fillTable(ask, table, { source, onProgress, signal });
    return { ...counts, ...(await table.finish()), sessions: null, redacted: null };
  }
  const exporting = { ...source, onProgress, signal };
  if (ask.format === "original") {
    await using place = await ports.originals(file);
    const { records, ...originals } = await makeOriginals(ask, { ...exporting, place });
    const counts = { sessions: null, messages: 0, records, redacted: null };
    return { ...counts, originals, ...(await place.finish()) };
  }
  if (!ask.all) {
    const place = await ports.one(file);
    const { files, ...made } = await makeExport(ask, { ...exporting, place });
    return { ...made, sha256: files[0]?.sha256 ?? "" };
  }
  await using place = await ports.many(file);
  const { files: _, ...made } = await makeExport(ask, { ...exporting, place });
  return { ...made, ...(await place.finish()) };
}

/** The name for a job's export, and the export if an earlier run of the job made it. */
async function placeFor(
  work: ExportWork,
  shelf: ExportShelf,
): Promise<{ readonly id: string; readonly made: KeptExport | null }> {
  for (let nth = 1; ; nth += 1) {
    const id = exportIdOf(work.added_at, nth);
    const there = await shelf.about(id);
    if (there === null) return { id, made: null };
    if (there.job_id === work.id) return { id, made: there };
  }
}

/** Progress is worth telling when it is a percent more; nobody waits until it is told. */
function telling(work: ExportWork): (progress: ExportProgress) => void {
  let told = -1;
  return (progress) => {
    const step = Math.floor((progress.percent * STEPS) / 100);
    if (step <= told) return;
    told = step;
    work.progress(progress).catch(() => undefined);
  };
}
