/** `verbatim verify`: every byte of the journal, and the stores against it. Exit 1 on any difference. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Entry,
  FILES,
  type JournalReader,
  type Trace,
  VerbatimError,
  type Witness,
} from "@verbatim/core";
import { openHotStore } from "@verbatim/drivers/hot";
import { openJournalReader, verifyJournal } from "@verbatim/drivers/journal";
import { checkNumbers, openWitness } from "@verbatim/drivers/store";
import type { Bar } from "../render/screen.ts";
import { bytesText, columns, countText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

/** Entries compared at once. */
const STEP = 2000;
const STEP_BYTES: number = 32 * 1024 * 1024;
/** Differences that are named; beyond these they are counted. */
const NAMED_MAX = 20;

type Finding = {
  readonly what: string;
  readonly fact: string;
  readonly problems: readonly string[];
};

export async function verify(options: Global, surface: Surface): Promise<void> {
  const dir = join(options.home, FILES.journal);
  const bar = surface.screen.bar("verifying");
  const findings: Finding[] = [];
  try {
    const report = await verifyJournal(dir, {
      onProgress: (done, total) => bar.update({ done, total, note: "journal" }),
    });
    findings.push({
      what: "journal",
      fact: `${countText(report.entries)} entries in ${report.segments} segments, ${bytesText(report.bytes)}`,
      problems: report.faults.map((one) => `${one.file}: ${one.what}`),
    });
    const urls = urlsOf(options, surface);
    if (urls === null)
      findings.push({
        what: "stores",
        fact: "not looked at: nothing has run on this home and no REDIS_URL or DATABASE_URL is set",
        problems: [],
      });
    else
      findings.push(
        await postgres(openJournalReader(dir), urls.database, bar),
        await numbers(urls.database, bar),
        await redis(urls.redis, report.last_seq),
      );
  } finally {
    bar.end();
  }
  told(findings, options, surface);
  if (findings.some((one) => one.problems.length > 0))
    throw new VerbatimError(
      "verify_failed",
      "there are differences; what was made from the journal is made again by: verbatim rebuild (numbers alone: verbatim rebuild --numbers)",
    );
}

type Urls = { readonly redis: string; readonly database: string };

/** Of the environment, or of what last ran on this home. */
export function urlsOf(options: Global, surface: Surface): Urls | null {
  const given = { redis: surface.env["REDIS_URL"], database: surface.env["DATABASE_URL"] };
  try {
    const found: unknown = JSON.parse(
      readFileSync(join(options.home, FILES.run, "urls.json"), "utf8"),
    );
    if (isUrls(found))
      return {
        redis: given.redis ?? found.redis_url,
        database: given.database ?? found.database_url,
      };
  } catch {
    // Nothing has run here.
  }
  return given.redis === undefined || given.database === undefined
    ? null
    : { redis: given.redis, database: given.database };
}

function isUrls(
  found: unknown,
): found is { readonly redis_url: string; readonly database_url: string } {
  return (
    typeof found === "object" &&
    found !== null &&
    "redis_url" in found &&
    "database_url" in found &&
    typeof found.redis_url === "string" &&
    typeof found.database_url === "string"
  );
}

/** Every entry up to the cursor: there once, with the same bytes, and the counts add up. */
async function postgres(journal: JournalReader, url: string, bar: Bar): Promise<Finding> {
  await using witness = openWitness(url);
  try {
    const totals = await witness.totals();
    const found = await compared(journal, witness, { to: totals.settled_to, bar });
    const kept = found.stored + found.repeat;
    if (kept !== totals.stored || found.aside !== totals.aside) {
      found.problems.push(
        `counts differ: ${kept} stored and ${found.aside} aside are there, ${totals.stored} and ${totals.aside} are claimed`,
      );
    }
    return {
      what: "postgres",
      fact: `${countText(totals.settled_to)} entries: ${countText(totals.stored)} stored, ${countText(totals.aside)} aside`,
      problems: found.problems,
    };
  } catch (error) {
    return notLookedAt("postgres", "postgres_unreachable", error);
  }
}

/** What reports are made of, against every message counted again. */
async function numbers(url: string, bar: Bar): Promise<Finding> {
  try {
    const found = await checkNumbers(url, (done, total) =>
      bar.update({ done, total, note: "numbers" }),
    );
    return {
      what: "numbers",
      fact: `up to ${countText(found.counted_to)}: ${countText(found.rows)} rows of an hour, ${countText(found.threads)} threads`,
      problems: found.problems,
    };
  } catch (error) {
    return notLookedAt("numbers", "postgres_unreachable", error);
  }
}

/** A store that is away is no difference; anything else is an error. */
function notLookedAt(what: string, away: string, error: unknown): Finding {
  if (!(error instanceof VerbatimError) || error.code !== away) throw error;
  return { what, fact: "not looked at: it does not answer; start it: verbatim up", problems: [] };
}

type Compared = Record<Trace["outcome"], number> & { readonly problems: string[] };

/** Every entry against what the witness holds of it, in order. */
async function compared(
  journal: JournalReader,
  witness: Witness,
  how: { readonly to: number; readonly bar: Bar },
): Promise<Compared> {
  const found: Compared = { stored: 0, repeat: 0, aside: 0, problems: [] };
  for (let from = 1; from <= how.to; ) {
    const entries = await journal.read({ from, to: how.to, entries: STEP, bytes: STEP_BYTES });
    const last = entries.at(-1);
    if (last === undefined) break;
    const traces = await witness.traces(from, last.seq - from + 1);
    const bySeq = new Map(traces.map((one) => [one.seq, one]));
    for (const entry of entries) compare(entry, bySeq.get(entry.seq), found);
    from = last.seq + 1;
    how.bar.update({ done: last.seq, total: how.to, note: "Postgres" });
  }
  return found;
}

function compare(entry: Entry, trace: Trace | undefined, found: Compared): void {
  if (trace === undefined) {
    found.problems.push(`entry ${entry.seq} is not in Postgres`);
    return;
  }
  found[trace.outcome] += 1;
  const sha256 = createHash("sha256").update(entry.raw).digest("hex");
  if (trace.sha256 !== sha256)
    found.problems.push(`entry ${entry.seq} has other bytes in Postgres`);
}

async function redis(url: string, last: number): Promise<Finding> {
  await using hot = openHotStore(url);
  try {
    const cursor = await hot.cursor();
    const window = await hot.window(1000);
    const problems = cursor > last ? [`Redis is at ${cursor}, beyond the journal's ${last}`] : [];
    return {
      what: "redis",
      fact: `at ${countText(cursor)}, ${countText(window.length)} messages hot`,
      problems,
    };
  } catch (error) {
    return notLookedAt("redis", "redis_unreachable", error);
  }
}

function told(findings: readonly Finding[], options: Global, surface: Surface): void {
  if (options.json === true) {
    surface.out(
      `${JSON.stringify({ ok: findings.every((one) => one.problems.length === 0), findings }, null, 2)}\n`,
    );
    return;
  }
  const { green, red } = surface.colours;
  surface.out(
    `${columns(
      findings.map((one) => [
        one.problems.length === 0 ? green("ok") : red("DIFFERS"),
        one.what,
        one.fact,
      ]),
      surface.widthOf,
    )}\n`,
  );
  for (const one of findings) {
    for (const problem of one.problems.slice(0, NAMED_MAX))
      surface.out(`  ${one.what}: ${problem}\n`);
    if (one.problems.length > NAMED_MAX)
      surface.out(`  ${one.what}: and ${one.problems.length - NAMED_MAX} more\n`);
  }
}
