/**
 * `verbatim verify --repair`: makes again what can be made again, the journal
 * first, because everything else is measured by it.
 *
 *   journal    damaged entries out of Postgres or checkpoints; marks, tombstones and compressed
 *              segments by their own checksums
 *   checkpoints  made again (repair-checkpoints.ts)
 *   Postgres   rows of the entries that differ, out of the journal; folds,
 *              sessions and counts from the rows; numbers are counted again
 *   Redis      emptied; the workers fill it, now or when they next start
 *
 *   V28  A damaged entry of the journal comes back from Postgres or from any
 *        checkpoint that holds it, whichever is left.
 *   W22  What comes back to the journal by repair and belongs to what was
 *        forgotten is forgotten too: while it was damaged nobody could see that.
 *
 *   V44  Nothing that was forgotten is kept with what repair replaces: neither
 *        rows of it, nor, when somebody is forgotten later, what was kept before.
 *
 * What is replaced is kept, in the journal's quarantine/. Dying anywhere in it
 * leaves something that verify finds and repair puts right.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Entry,
  FILES,
  makeSettle,
  openSettledReader,
  type Settled,
  VerbatimError,
} from "@verbatim/core";
import { entriesHeld } from "@verbatim/drivers/checkpoints";
import { loadTaxonomy, openReceiptShelf } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { mendJournal, openJournalReader } from "@verbatim/drivers/journal";
import { openLog } from "@verbatim/drivers/process";
import { openHints } from "@verbatim/drivers/queue";
import { mendRows, mendSums, openDeepEntries, openDeepStore } from "@verbatim/drivers/store";
import type { Finding } from "../proof/finding.ts";
import type { Global, Surface } from "../surface.ts";
import { sha256 } from "./look.ts";
import { repairCheckpoints } from "./repair-checkpoints.ts";
import { type Urls, urlsOf } from "./urls.ts";

/** Entries whose rows are made again in one transaction. */
const STEP = 200;
/** An entry that was lost takes no more to read. */
const READ_BYTES: number = 64 * 1024 * 1024;

/** Repairs what the findings say; gives what was done, each in a sentence. */
export async function repair(
  findings: readonly Finding[],
  options: Global,
  surface: Surface,
): Promise<readonly string[]> {
  const has = (what: string): boolean =>
    findings.some((one) => one.what === what && one.problems.length > 0);
  const urls = urlsOf(options, surface);
  const mended = has("journal") ? await repairJournal(options, urls, surface.signal) : [];
  if (mended.length > 0) return mended;
  const done: string[] = [];
  const checkpoints = findings.find(({ what }) => what === "checkpoints");
  if (checkpoints !== undefined)
    done.push(...(await repairCheckpoints(checkpoints, options, surface)));
  if (urls === null) return done;
  if (has("postgres"))
    done.push(...(await repairRows(findings, options, { urls, signal: surface.signal })));
  if (has("postgres") || has("sessions")) done.push(...(await repairSums(urls, surface.signal)));
  surface.signal.throwIfAborted();
  if (has("numbers")) {
    await using deep = openDeepStore(urls.database);
    await deep.forgetNumbers();
    done.push("numbers: emptied; they are counted again while the workers run");
  }
  if (has("redis")) done.push(await repairRedis(options, urls));
  return done;
}

/** The journal, and who was forgotten gone through again, also by the workers when this dies in between. (W22) */
async function repairJournal(
  options: Global,
  urls: Urls | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const shelf = openReceiptShelf(join(options.home, FILES.receipts));
  const done = await mendedJournal(options, urls, { before: () => shelf.noteAgain(), signal });
  if (done.length === 0) return done;
  const again = await shelf.goAgain();
  return again === 0
    ? done
    : [
        ...done,
        `receipts: ${again} of what was forgotten are gone through again for what came back, while the workers run`,
      ];
}

async function mendedJournal(
  options: Global,
  urls: Urls | null,
  along: { readonly before: () => Promise<void>; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const entries = urls === null ? null : openDeepEntries(urls.database);
  try {
    const entriesOf = async (first: number, last: number): Promise<readonly Entry[]> => {
      const ask = { from: first, to: last, entries: last - first + 1, bytes: READ_BYTES };
      const deep = entries === null ? [] : await known(() => entries.read(ask));
      if (deep.length > last - first) return deep;
      const held = await entriesHeld(
        join(options.home, FILES.checkpoints),
        { first, last },
        sha256,
      );
      const seqs = new Set(deep.map(({ seq }) => seq));
      return [...deep, ...held.filter(({ seq }) => !seqs.has(seq))].toSorted(
        (one, other) => one.seq - other.seq,
      );
    };
    const mended = await mendJournal(join(options.home, FILES.journal), entriesOf, along);
    return mended.map(
      ({ file, bytes, kept, entries: count }) =>
        `journal: ${file}: bytes ${bytes.from} to ${bytes.to} put right ${count === 0 ? "by what their own checksums prove" : "from Postgres or checkpoints"}; as it was: ${kept}`,
    );
  } finally {
    await entries?.[Symbol.asyncDispose]();
  }
}

/** A Postgres that is away knows nothing. */
async function known<Row>(ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VerbatimError && error.code === "postgres_unreachable") return [];
    throw error;
  }
}

async function repairRows(
  findings: readonly Finding[],
  options: Global,
  { urls, signal }: { readonly urls: Urls; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const problems = findings.find(({ what }) => what === "postgres")?.problems ?? [];
  const seqs = [...new Set(problems.flatMap(({ seq }) => (seq === undefined ? [] : [seq])))];
  if (seqs.length === 0) return [];
  const dir = join(options.home, FILES.journal);
  const kept = join(
    dir,
    "quarantine",
    `postgres-${new Date().toISOString().replaceAll(":", "")}.jsonl`,
  );
  mkdirSync(join(dir, "quarantine"), { recursive: true, mode: 0o700 });
  const journal = openJournalReader(dir);
  try {
    const taxonomy = await loadTaxonomy(join(options.home, FILES.taxonomy));
    const reader = openSettledReader(journal, makeSettle({ sha256, taxonomy }));
    for (let at = 0; at < seqs.length; at += STEP) {
      signal.throwIfAborted(); // (V47)
      const settled: Settled[] = [];
      for (const seq of seqs.slice(at, at + STEP))
        settled.push(...(await reader.read({ from: seq, to: seq, entries: 1, bytes: READ_BYTES })));
      const isGone = ({ entry }: Settled): boolean => entry.erased === true;
      // Rows of what was forgotten are words of it: they are kept nowhere. (V44)
      await mendRows(urls.database, settled.filter(isGone), async () => undefined);
      const rest = settled.filter((one) => !isGone(one));
      await mendRows(urls.database, rest, async (rows) =>
        appendFileSync(kept, rows.map((row) => `${row}\n`).join(""), { mode: 0o600, flush: true }),
      );
    }
  } finally {
    await journal.close();
  }
  return [
    `postgres: rows of ${seqs.length} entries made again from the journal; as they were: ${kept}`,
  ];
}

/** After the rows they are made of. */
async function repairSums(urls: Urls, signal: AbortSignal): Promise<readonly string[]> {
  const { sessions, folds, counts } = await mendSums(urls.database, signal);
  if (sessions + folds + counts === 0) return [];
  return [
    `sessions: ${sessions} rows of lists, ${folds} folds and ${counts} counts made again from what is saved`,
  ];
}

async function repairRedis(options: Global, urls: Urls): Promise<string> {
  const journal = openJournalReader(join(options.home, FILES.journal));
  await using hot = openHotStore(urls.redis);
  await hot.clear();
  await using hints = openHints(urls.redis, openLog("repair"));
  hints.announce(await journal.last());
  await journal.close();
  return "redis: emptied; it is filled again from the journal while the workers run";
}
