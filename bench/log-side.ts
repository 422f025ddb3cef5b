/**
 * The other side of bench/log.ts: the newest messages by reading a journal from
 * its beginning and settling everything. `bun bench/log-side.ts HOME LIMIT`
 */
import { hash } from "node:crypto";
import { join } from "node:path";
import { makeSettle } from "../packages/core/src/index.ts";
import { openJournalReader } from "../packages/drivers/src/journal/index.ts";

const [home = "", limit = ""] = process.argv.slice(2);
const journal = openJournalReader(join(home, "journal"));
const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex") });
const to = await journal.last();
let found: string[] = [];
for (let at = 1; at <= to; ) {
  const entries = await journal.read({ from: at, to, entries: 500, bytes: 4 * 1024 * 1024 });
  for (const entry of entries)
    for (const message of settle(entry).messages) found.push(message.text);
  found = found.slice(-Number(limit));
  at = (entries.at(-1)?.seq ?? to) + 1;
}
process.stdout.write(`${found.join("\n")}\n`);
