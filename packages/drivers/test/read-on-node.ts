/** A program for Node: reads a whole journal and prints the sha256 of what it was given. */
import { createHash } from "node:crypto";
import zlib from "node:zlib";

const [dir = "", without] = process.argv.slice(2);
// A newer Node has zstd; the oldest one that the bus runs on has not.
if (without === "without-zstd") Object.assign(zlib, { zstdDecompressSync: undefined });
const { openJournalReader } = await import("../src/journal/reader.ts");

const hash = createHash("sha256");
const journal = openJournalReader(dir);
for (let from = 1; ; ) {
  const entries = await journal.read({ from, to: 1_000_000, entries: 7, bytes: 1 << 20 });
  for (const one of entries) {
    hash.update(`${one.seq} ${one.at} ${one.source} ${one.key} `).update(one.raw);
  }
  const last = entries.at(-1);
  if (last === undefined) break;
  from = last.seq + 1;
}
process.stdout.write(`${hash.digest("hex")}\n`);
