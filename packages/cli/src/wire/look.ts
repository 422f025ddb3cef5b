/**
 * Looking at everything: every byte of the journal, and the stores against it.
 *
 *   V13  One changed byte in the journal, or in the raw bytes Postgres keeps, is
 *        found, and where it lies is said.
 *
 *   V47  Who stops it, or a repair, is heard: before the next part of what is
 *        looked at, before the next rows. What is in place by then is whole.
 *
 * Changes nothing. A store that is away is no difference, and is named.
 */
import { hash } from "node:crypto";
import { join } from "node:path";
import {
  CURRENT_SEGMENT,
  FILES,
  makeSettle,
  openSettledReader,
  type Sha256,
  VerbatimError,
} from "@verbatim/core";
import type { Range } from "@verbatim/core/forget";
import { loadTaxonomy } from "@verbatim/drivers/files";
import { openHotStore } from "@verbatim/drivers/hot";
import { openJournalReader, verifyJournal, writerLockOf } from "@verbatim/drivers/journal";
import { isLocked } from "@verbatim/drivers/process";
import { openSessionStore } from "@verbatim/drivers/sessions";
import { checkFolds, checkNumbers, openSessionLibrary, openWitness } from "@verbatim/drivers/store";
import { type Compared, compareAll } from "../proof/comparing.ts";
import type { Finding, Problem } from "../proof/finding.ts";
import { type HotMoment, hotMoment, sessionProblems, windowProblems } from "../proof/hot.ts";
import type { Bar } from "../render/screen.ts";
import { bytesText, countText, manyText } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";
import { surveyOf, surveyText } from "./checkpoints.ts";
import { type Urls, urlsOf } from "./urls.ts";

/** Between two looks at a session that moves. */
const PAUSE_MS = 200;

export const sha256: Sha256 = (data) => hash("sha256", data, "hex");

/** Everything that was looked at, in the order of the table. */
export async function lookAt(
  options: Global,
  surface: Surface,
  bar: Bar,
): Promise<readonly Finding[]> {
  const { finding: journal, erased } = await journalFinding(options, bar, surface.signal);
  const checkpoints = await checkpointsFinding(options, bar, { erased, signal: surface.signal });
  surface.signal.throwIfAborted();
  const urls = urlsOf(options, surface);
  if (urls === null) {
    const fact =
      "not looked at: nothing has run on this home and no REDIS_URL or DATABASE_URL is set";
    return [journal, checkpoints, { what: "stores", fact, problems: [] }];
  }
  return [journal, checkpoints, ...(await storeFindings(options, { urls, surface, bar }))];
}

/** Every byte of the journal. */
async function journalFinding(
  options: Global,
  bar: Bar,
  signal: AbortSignal,
): Promise<{ readonly finding: Finding; readonly erased: readonly Range[] }> {
  const dir = join(options.home, FILES.journal);
  const report = await verifyJournal(dir, {
    onProgress: (done, total) => bar.update({ done, total, note: "journal" }),
    signal,
  });
  const problems = report.faults.map(
    ({ file, what, bytes, lost }): Problem => ({
      ...{ file, what },
      ...(bytes === null ? {} : { bytes }),
      ...(lost === null ? {} : { lost }),
    }),
  );
  if (report.tail !== null && !isLocked(writerLockOf(dir))) {
    const { from, to } = report.tail;
    const what = `bytes ${from} to ${to}, the last ones, are no whole entry (after seq ${report.last_seq}): torn by a crash before anybody was told, or damaged`;
    problems.push({ file: CURRENT_SEGMENT, bytes: report.tail, what });
  }
  const dropped = report.dropped === 0 ? "" : ` (${countText(report.dropped)} dropped and proved)`;
  const fact = `${manyText(report.entries, "entry", "entries")} in ${manyText(report.segments, "segment")}${dropped}, ${bytesText(report.bytes)}`;
  return { finding: { what: "journal", fact, problems }, erased: report.erased };
}

/** Every byte of the checkpoints, and their chain. */
async function checkpointsFinding(
  { home }: Global,
  bar: Bar,
  along: { readonly erased: readonly Range[]; readonly signal: AbortSignal },
): Promise<Finding> {
  const report = await surveyOf(home, bar, along);
  return { what: "checkpoints", fact: surveyText(report), problems: report.faults };
}

type Where = { readonly urls: Urls; readonly surface: Surface; readonly bar: Bar };

async function storeFindings(options: Global, where: Where): Promise<readonly Finding[]> {
  await using witness = openWitness(where.urls.database);
  await using hot = openHotStore(where.urls.redis);
  const totals = await orAway(() => witness.totals());
  const moment = await orAway(() => hotMoment(hot));
  const reach = {
    deepTo: totals instanceof VerbatimError ? 0 : totals.settled_to,
    hotTo: moment instanceof VerbatimError ? 0 : moment.cursor,
  };
  const compared = await compareWith(options, reach, {
    ...where,
    witness: totals instanceof VerbatimError ? null : witness,
  });
  if (totals instanceof VerbatimError)
    return [
      away("postgres"),
      away("sessions"),
      away("numbers"),
      await redisFinding(where, moment, compared),
    ];
  where.surface.signal.throwIfAborted();
  const disagreeing = await witness.disagreements();
  const postgres: Finding = {
    what: "postgres",
    fact: `${countText(totals.settled_to)} entries: ${countText(totals.stored)} stored, ${countText(totals.aside)} aside, every column compared`,
    problems: [...compared.problems, ...disagreeing],
  };
  const sessions = await foldsFinding(where);
  const redis = await redisFinding(where, moment, compared);
  return [postgres, sessions, await numbersFinding(where), redis];
}

async function compareWith(
  options: Global,
  reach: { readonly deepTo: number; readonly hotTo: number },
  { witness, surface, bar }: Where & { readonly witness: Parameters<typeof compareAll>[1] },
): Promise<Compared> {
  const journal = openJournalReader(join(options.home, FILES.journal));
  try {
    const taxonomy = await loadTaxonomy(join(options.home, FILES.taxonomy));
    const settled = openSettledReader(journal, makeSettle({ sha256, taxonomy }));
    const total = Math.max(reach.deepTo, reach.hotTo);
    return await compareAll(reach, witness, {
      ...{ settled, sha256, signal: surface.signal, passed: openGivingBack() },
      onProgress: (done) => bar.update({ done, total, note: "Postgres", unit: "entries" }),
    });
  } finally {
    await journal.close();
  }
}

/** What was settled and compared is given back after so much of it: left alone, memory grew past 320 MB. */
const GIVE_BACK_BYTES: number = 8 * 1024 * 1024;
/** About what the messages take that are counted between two words of how far it is. */
const COUNTED_BYTES: number = 512 * 1024;

/** Counts bytes that are done with, and gives memory back now and then. */
function openGivingBack(): (bytes: number) => void {
  let kept = 0;
  return (bytes) => {
    kept += bytes;
    if (kept < GIVE_BACK_BYTES) return;
    kept = 0;
    Bun.gc(true);
  };
}

/** What is kept of sessions and conversations, against their events taken again. */
async function foldsFinding({ urls, surface }: Where): Promise<Finding> {
  const faults = await orAway(() => checkFolds(urls.database, surface.signal));
  if (faults instanceof VerbatimError) return away("sessions");
  const problems = faults.map(({ table, what }): Problem => ({ table, what }));
  return { what: "sessions", fact: "folded again from their events", problems };
}

/** What reports are made of, against every message counted again. */
async function numbersFinding({ urls, surface, bar }: Where): Promise<Finding> {
  const passed = openGivingBack();
  const found = await orAway(() =>
    checkNumbers(urls.database, (done, total) => {
      surface.signal.throwIfAborted();
      passed(COUNTED_BYTES);
      bar.update({ done, total, note: "numbers", unit: "entries" });
    }),
  );
  if (found instanceof VerbatimError) return away("numbers");
  return {
    what: "numbers",
    fact: `up to ${countText(found.counted_to)}: ${manyText(found.rows, "row")} of an hour, ${manyText(found.threads, "thread")}`,
    problems: found.problems.map((what) => ({ what })),
  };
}

async function redisFinding(
  { urls }: Where,
  moment: HotMoment | VerbatimError,
  { window, last }: Compared,
): Promise<Finding> {
  if (moment instanceof VerbatimError) return away("redis");
  await using sessions = openSessionStore(urls.redis, "reader");
  await using library = openSessionLibrary(urls.database);
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const found = await orAway(() => sessionProblems(sessions, library, pause));
  const states = found instanceof VerbatimError ? { compared: 0, problems: [] } : found;
  const what = `it is at ${moment.cursor}, beyond the journal's ${last}`;
  const beyond: readonly Problem[] = moment.cursor > last ? [{ what }] : [];
  return {
    what: "redis",
    fact: `at ${countText(moment.cursor)}, ${manyText(moment.window.length, "message")} hot, ${manyText(states.compared, "session")}`,
    problems: [...beyond, ...windowProblems(moment.window, window.held()), ...states.problems],
  };
}

const AWAY: ReadonlySet<string> = new Set(["postgres_unreachable", "redis_unreachable"]);

/** What was asked for, or the failure that says the store is away; anything else is an error. */
async function orAway<Value>(ask: () => Promise<Value>): Promise<Value | VerbatimError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VerbatimError && AWAY.has(error.code)) return error;
    throw error;
  }
}

function away(what: string): Finding {
  return { what, fact: "not looked at: it does not answer; start it: verbatim up", problems: [] };
}
