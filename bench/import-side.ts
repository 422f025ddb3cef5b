/**
 * One side of the import benchmark, in a process of its own so that its memory
 * is its own: `import-side.ts ours|old FOLDER HOME`. Prints one JSON line.
 *
 *   ours   the import as `verbatim import` does it: raw lines, journal, fdatasync
 *   old    what is done elsewhere: parse each line, write it out as JSON again,
 *          append, fsync every megabyte
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { cutLines, importPaths, openHearer } from "../packages/core/src/index.ts";
import { checksum, openDisk, openNote } from "../packages/drivers/src/files/index.ts";
import { openJournal } from "../packages/drivers/src/journal/index.ts";

const [side = "ours", folder = "", home = ""] = process.argv.slice(2);
const FSYNC_EVERY_BYTES = 1024 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;

async function ours(): Promise<{ ms: number; records: number }> {
  const journal = await openJournal({ dir: join(home, "journal"), program: "bench" });
  const hearer = await openHearer({
    journal,
    disk: openDisk(),
    note: openNote(join(home, "run/cursors.note")),
    checksum,
    sniff: () => "claude-code",
    now: () => new Date().toISOString(),
  });
  const begun = performance.now();
  const did = await importPaths(hearer, { paths: [folder], source: "claude-code" });
  const ms = performance.now() - begun;
  await hearer.save();
  await journal.close();
  return { ms, records: did.records_new };
}

async function old(): Promise<{ ms: number; records: number }> {
  mkdirSync(home, { recursive: true });
  const { files } = await openDisk().walk(folder);
  const begun = performance.now();
  const out = openSync(join(home, "log.jsonl"), "a");
  let records = 0;
  let unsynced = 0;
  for (const file of files) {
    for (const line of linesOf(file.path)) {
      const written = writeSync(out, `${JSON.stringify(JSON.parse(line))}\n`);
      records += 1;
      unsynced += written;
      if (unsynced < FSYNC_EVERY_BYTES) continue;
      fsyncSync(out);
      unsynced = 0;
    }
  }
  fsyncSync(out);
  closeSync(out);
  return { ms: performance.now() - begun, records };
}

function* linesOf(path: string): Iterable<string> {
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let held = 0;
  for (;;) {
    const read = readSync(file, buffer, held, buffer.length - held, null);
    if (read === 0) break;
    const bytes = buffer.subarray(0, held + read);
    let start = 0;
    for (const end of cutLines(bytes, CHUNK_BYTES).ends) {
      yield bytes.toString("utf8", start, end);
      start = end;
    }
    held = bytes.length - start;
    buffer.copy(buffer, 0, start, bytes.length);
  }
  closeSync(file);
}

const did = await (side === "ours" ? ours() : old());
const status = readFileSync("/proc/self/status", "utf8");
const residentMb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
process.stdout.write(`${JSON.stringify({ ...did, residentMb })}\n`);
process.exit(0);
