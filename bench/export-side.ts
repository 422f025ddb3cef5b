/**
 * The bare side of the export benchmark, in a process of its own:
 * `export-side.ts HOME FOLDER BYTES FILES` reads the journal once and writes so
 * many bytes into so many files, each synced as an export's are. Prints `{}`.
 */
import { closeSync, fdatasyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openJournalReader } from "../packages/drivers/src/journal/index.ts";

const [home = "", folder = "", bytes = "0", files = "1"] = process.argv.slice(2);
const journal = openJournalReader(join(home, "journal"));
const to = await journal.last();
for (let from = 1; from <= to; ) {
  const entries = await journal.read({ from, to, entries: 500, bytes: 4 * 1024 * 1024 });
  from = (entries.at(-1)?.seq ?? to) + 1;
}
const piece = Buffer.alloc(Math.floor(Number(bytes) / Number(files)), "verbatim ");
mkdirSync(folder);
for (let file = 0; file < Number(files); file += 1) {
  const opened = openSync(join(folder, `session-${file}.md`), "wx");
  writeSync(opened, piece);
  fdatasyncSync(opened);
  closeSync(opened);
}
process.stdout.write("{}\n");
