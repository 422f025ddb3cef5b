/**
 * `verbatim export`: messages as a table, settled out of the journal in passing,
 * with nothing running and in memory that does not grow with the journal.
 *
 * Both messages and bookkeeping records are rows; their column `kind` says
 * which. What is heard twice is there twice, as in the journal (docs/duckdb.md
 * has the line that leaves repeats out).
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { COLUMNS, FILES, rowOf, VerbatimError } from "@verbatim/core";
import { openParquet } from "@verbatim/drivers/parquet";
import { bytesText, countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { between, type Filters, openReading, type Reading } from "./fitting.ts";

/** What a process ends with that was interrupted. */
const INTERRUPTED = 130;

type ExportOptions = Global &
  Omit<Filters, "session"> & {
    readonly all?: boolean;
    readonly out?: string;
    readonly force?: boolean;
  };

type Counts = { readonly messages: number; readonly records: number };
type Exported = Counts & { readonly file: string; readonly rows: number; readonly bytes: number };

export async function exportMessages(
  session: string | undefined,
  options: ExportOptions,
  surface: Surface,
): Promise<void> {
  if (session !== undefined && options.all === true)
    throw new VerbatimError("usage", `either the session ${session} or --all, not both`);
  if (session === undefined && options.all !== true)
    throw new VerbatimError(
      "usage",
      "say which session to export, or --all; for example: verbatim export --all --out messages.parquet",
    );
  const { journal, settled } = await openReading(options.home);
  const to = await journal.last();
  if (to === 0) {
    throw new VerbatimError(
      "not_found",
      `there is no journal in ${options.home} yet; record something: verbatim up, or verbatim import PATH`,
    );
  }
  const filters = { ...options, ...(session === undefined ? {} : { session }) };
  const reading = { journal, settled, filters, records: true, signal: surface.signal };
  const file = placeFor(options);
  await using table = await openParquet(file, COLUMNS, { replace: options.force === true });
  const counts = await fill(table, reading, to, surface);
  if (surface.signal.aborted) {
    process.exitCode = INTERRUPTED;
    surface.screen.line("stopped; nothing was written");
    return;
  }
  if (session !== undefined && counts.messages + counts.records === 0)
    throw new VerbatimError(
      "not_found",
      `nothing was written: the journal has nothing that fits of a session that begins with ${session}; see: verbatim sessions`,
    );
  const bytes = await table.finish();
  told({ file, ...counts, rows: counts.messages + counts.records, bytes }, options, surface);
}

async function fill(
  table: Pick<Awaited<ReturnType<typeof openParquet>>, "add">,
  reading: Reading,
  to: number,
  surface: Surface,
): Promise<Counts> {
  const counts = { message: 0, record: 0 };
  const bar = surface.screen.bar("exporting");
  const passed = (seq: number): void => bar.update({ done: seq, total: to, unit: "entries" });
  try {
    for await (const { message, entry } of between(reading, { from: 1, to }, passed)) {
      await table.add(rowOf(message, entry));
      counts[message.kind] += 1;
    }
  } finally {
    bar.end();
  }
  return { messages: counts.message, records: counts.record };
}

/** The file that was named, or a new one in a folder that was; without either, in exports/ under home. */
function placeFor({ out, home }: ExportOptions): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  if (out === undefined) {
    const folder = join(home, FILES.exports);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return newIn(folder, `messages_${stamp}`);
  }
  const path = resolve(out);
  return existsSync(path) && statSync(path).isDirectory() ? newIn(path, `messages_${stamp}`) : path;
}

/** A name of our own choosing is one that nothing has yet. */
function newIn(folder: string, name: string): string {
  let path = join(folder, `${name}.parquet`);
  for (let next = 2; existsSync(path); next += 1) path = join(folder, `${name}_${next}.parquet`);
  return path;
}

function told(done: Exported, options: ExportOptions, surface: Surface): void {
  const { file, rows, messages, records, bytes } = done;
  const count = `${countText(messages)} messages and ${countText(records)} records of bookkeeping`;
  const text =
    rows === 0
      ? `nothing fits, so ${file} has its columns and no rows; verbatim log --stats says what there is`
      : `${count}, ${bytesText(bytes)}: ${file}`;
  surface.out(`${options.json === true ? JSON.stringify(done) : text}\n`);
}
