/** `verbatim score --classic`: the earlier recorders' formula over their own rows, with nothing running. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ClassicScoring,
  FILES,
  openClassicScoring,
  STRETCH_BYTES_MAX,
  VerbatimError,
} from "@verbatim/core";
import { openJournalReader } from "@verbatim/drivers/journal";
import { classicText } from "../render/analytics.ts";
import { whyOf } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

/** Sources whose raw records are rows of the earlier recorders. */
const SOURCES: ReadonlySet<string> = new Set(["recorder", "broker-log"]);
const STEP = 500;

export async function classic(
  files: readonly string[],
  options: Global,
  surface: Surface,
): Promise<void> {
  const scoring = openClassicScoring();
  if (files.length > 0) for (const file of files) await addFile(scoring, file, surface);
  else await addJournal(scoring, options);
  const found = scoring.score();
  if (found.rows === 0 && files.length > 0)
    throw new VerbatimError(
      "input_invalid",
      `${files.join(", ")}: no row of an earlier recorder in there; they are JSON, one object a line or one list of them`,
    );
  if (found.rows === 0)
    throw new VerbatimError(
      "not_found",
      `the journal of ${options.home} holds no rows of an earlier recorder; name its files: verbatim score --classic FILE, or verbatim import FILE`,
    );
  if (options.json === true) return surface.out(`${JSON.stringify(found, null, 2)}\n`);
  surface.out(classicText(found, surface));
}

async function addFile(scoring: ClassicScoring, file: string, surface: Surface): Promise<void> {
  const { found, lost } = rowsIn(await textOf(file));
  for (const row of found) scoring.add(row);
  if (lost > 0) surface.screen.line(`${file}: ${lost} lines are no JSON and were left out`);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new VerbatimError("source_unreadable", `${file} cannot be read: ${whyOf(cause)}`, {
      cause,
    });
  }
}

/** One object a line, or a file that is one list of them. */
function rowsIn(text: string): { readonly found: readonly unknown[]; readonly lost: number } {
  const whole = text.trimStart().startsWith("[") ? parsed(text) : undefined;
  if (Array.isArray(whole)) return { found: whole, lost: 0 };
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const found = lines.map(parsed).filter((one) => one !== undefined);
  return { found, lost: lines.length - found.length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function addJournal(scoring: ClassicScoring, { home }: Global): Promise<void> {
  const journal = openJournalReader(join(home, FILES.journal));
  const decoder = new TextDecoder();
  const last = await journal.last();
  for (let from = 1; from <= last; ) {
    const entries = await journal.read({ from, to: last, entries: STEP, bytes: STRETCH_BYTES_MAX });
    for (const { source, raw } of entries)
      if (SOURCES.has(source))
        for (const row of rowsIn(decoder.decode(raw)).found) scoring.add(row);
    from = (entries.at(-1)?.seq ?? last) + 1;
  }
}
