/**
 * `verbatim export`: sessions as transcripts, messages as lines or as a table,
 * out of the journal alone, with nothing running and in memory that does not grow
 * with the journal.
 */
import { hash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import {
  COLUMNS,
  FILES,
  makeSettle,
  openSettledReader,
  type Sha256,
  VerbatimError,
} from "@verbatim/core";
import {
  checkAsk,
  type ExportAsk,
  type ExportFilter,
  type ExportFormat,
  type ExportProgress,
  type ExportSource,
  FORMATS,
  fillTable,
  makeExport,
} from "@verbatim/core/export";
import { openFilePlace, openFolderPlace, readyFolder } from "@verbatim/drivers/exports";
import { loadTaxonomy } from "@verbatim/drivers/files";
import { openJournalReader } from "@verbatim/drivers/journal";
import { openParquet } from "@verbatim/drivers/parquet";
import type { Bar } from "../render/screen.ts";
import { bytesText, countText, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

/** What a process ends with that was interrupted. */
const INTERRUPTED = 130;

type ExportOptions = Global &
  Omit<ExportFilter, "session"> & {
    readonly all?: boolean;
    readonly format?: ExportFormat;
    readonly as?: "recorder" | "openai";
    readonly redact?: boolean;
    readonly records?: boolean;
    readonly out?: string;
    readonly force?: boolean;
  };

/** What was written, and where. */
type Done = {
  readonly file: string;
  readonly messages: number;
  readonly records: number;
  readonly bytes: number;
  readonly rows?: number;
  readonly sessions?: number;
  readonly redacted?: Readonly<Record<string, number>> | null;
};

const sha256: Sha256 = (data) => hash("sha256", data, "hex");

export async function exportMessages(
  session: string | undefined,
  options: ExportOptions,
  surface: Surface,
): Promise<void> {
  const ask = askOf(session, options);
  if (ask.format === "original")
    throw new VerbatimError(
      "usage",
      `use verbatim restore for the original files: verbatim restore ${session ?? "--all"} --out DIR`,
    );
  checkAsk(ask);
  const journal = openJournalReader(join(options.home, FILES.journal));
  if ((await journal.last()) === 0) {
    throw new VerbatimError(
      "not_found",
      `there is no journal in ${options.home} yet; record something: verbatim up, or verbatim import PATH`,
    );
  }
  const taxonomy = await loadTaxonomy(join(options.home, FILES.taxonomy));
  const settled = openSettledReader(journal, makeSettle({ sha256, taxonomy }));
  // Reading never waits, so this is when a signal is heard and the bar is drawn.
  const breathe = (): Promise<void> => new Promise((resume) => setImmediate(resume));
  const source = { journal, settled, sha256, breathe };
  const bar = surface.screen.bar("exporting");
  try {
    const done = await written(ask, source, { options, bar, signal: surface.signal });
    bar.end();
    told(done, options, surface);
  } catch (error) {
    bar.end();
    if (!surface.signal.aborted) throw error;
    process.exitCode = INTERRUPTED;
    surface.screen.line("stopped; nothing was written");
  }
}

/** What was asked for, with the form that the name of the file tells where none was named. */
function askOf(session: string | undefined, options: ExportOptions): ExportAsk {
  const { source, sender, tier, chain, since, until } = options;
  return {
    format: options.format ?? formatOf(options),
    as: options.as,
    redact: options.redact === true,
    records: options.records,
    all: options.all === true,
    filter: { session, source, sender, tier, chain, since, until },
  };
}

/** The form that a name ends in; Markdown where it ends in none. A name that promises something else is told so. */
function formatOf({ out, all, as }: ExportOptions): ExportAsk["format"] {
  if (out === undefined) return as === undefined ? "md" : "jsonl";
  const ending = extname(out).slice(1);
  const known = FORMATS.find((one) => one === ending);
  if (known !== undefined) return known;
  if (as !== undefined) return "jsonl";
  if (ending === "" || ending === "txt" || all === true) return "md";
  throw new VerbatimError(
    "usage",
    `no form is called ${ending}: say which one with --format ${FORMATS.join("|")}`,
  );
}

type To = {
  readonly options: ExportOptions;
  readonly bar: Bar;
  readonly signal: AbortSignal;
};

async function written(ask: ExportAsk, source: ExportSource, to: To): Promise<Done> {
  if (ask.format === "parquet") return await asTable(ask, source, to);
  const { options, bar, signal } = to;
  const exporting = { ...source, onProgress: shownOn(bar), signal };
  const replace = options.force === true;
  if (ask.all) {
    if (options.out === undefined) await readyExports(options);
    const folder = folderFor(options, ask);
    await using place = await openFolderPlace(folder, replace);
    const { files: _, ...made } = await makeExport(ask, { ...exporting, place });
    await place.finish();
    return { file: folder, ...made };
  }
  const scratch = await readyExports(options);
  const place = openFilePlace((name) => fileFor(options, name), { replace, scratch });
  const { files: _, ...made } = await makeExport(ask, { ...exporting, place });
  return { file: place.path() ?? "", ...made };
}

async function asTable(ask: ExportAsk, source: ExportSource, to: To): Promise<Done> {
  const { options, bar, signal } = to;
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  if (options.out === undefined) await readyExports(options);
  const file = fileFor(options, `messages_${stamp}.parquet`);
  await using table = await openParquet(file, COLUMNS, { replace: options.force === true });
  const counts = await fillTable(ask, table, { source, onProgress: shownOn(bar), signal });
  const rows = counts.messages + counts.records;
  if (ask.filter.session !== undefined && rows === 0)
    throw new VerbatimError(
      "not_found",
      `nothing was written: the journal has nothing that fits of a session that begins with ${ask.filter.session}; see: verbatim sessions`,
    );
  const { bytes } = await table.finish();
  return { file, ...counts, rows, bytes };
}

function shownOn(bar: Bar): (progress: ExportProgress) => void {
  return ({ done, total, doing }) => bar.update({ done, total, note: doing, unit: "entries" });
}

/** exports/ under home, without what a killed export left there. */
async function readyExports({ home }: ExportOptions): Promise<string> {
  const folder = join(home, FILES.exports);
  await readyFolder(folder);
  return folder;
}

/** The file that was named, or a new one in a folder that was; without either, in exports/ under home. */
function fileFor({ out, home }: ExportOptions, name: string): string {
  if (out === undefined) return newIn(join(home, FILES.exports), name);
  const path = resolve(out);
  return existsSync(path) && statSync(path).isDirectory() ? newIn(path, name) : path;
}

/** The folder that was named, or a new one in exports/ under home. */
function folderFor({ out, home }: ExportOptions, { format }: ExportAsk): string {
  if (out === undefined) return newIn(join(home, FILES.exports), `sessions_${format}`);
  const path = resolve(out);
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new VerbatimError(
      "input_invalid",
      `${path} is a file; with --all every session gets a file of its own: name a folder with --out`,
    );
  if (!existsSync(dirname(path)))
    throw new VerbatimError(
      "input_invalid",
      `there is no folder ${dirname(path)}; make it, or name another with --out`,
    );
  return path;
}

/** A name of our own choosing is one that nothing has yet. */
function newIn(folder: string, name: string): string {
  const [, plain = name, ending = ""] = /^(.*?)([.][a-z]+)?$/.exec(name) ?? [];
  let path = join(folder, name);
  for (let next = 2; existsSync(path); next += 1) path = join(folder, `${plain}_${next}${ending}`);
  return path;
}

function told(done: Done, options: ExportOptions, surface: Surface): void {
  if (options.json === true) {
    surface.out(`${JSON.stringify(done)}\n`);
    return;
  }
  const { file, messages, records, bytes, sessions, redacted } = done;
  const of =
    options.all === true && sessions !== undefined ? `${manyText(sessions, "session")}, ` : "";
  const count = `${of}${manyText(messages, "message")} and ${manyText(records, "record")} of bookkeeping`;
  const text =
    messages + records === 0
      ? `nothing fits, so ${file} has ${done.rows === undefined ? "no session in it" : "its columns and no rows"}; verbatim log --stats says what there is`
      : `${count}, ${bytesText(bytes)}: ${file}`;
  surface.out(`${text}\n`);
  if (redacted === null || redacted === undefined) return;
  const out = Object.entries(redacted).map(([kind, values]) => `${countText(values)} ${kind}`);
  surface.out(
    surface.colours.dim(
      out.length === 0
        ? "nothing had to be taken out\n"
        : `taken out: ${out.join(", ")}; looked through again after writing\n`,
    ),
  );
}
