/** `verbatim log`: the journal's newest entries, settled in passing, with nothing running. */
import { hash } from "node:crypto";
import { join } from "node:path";
import {
  type EnrichedMessage,
  FILES,
  type JournalReader,
  makeSettle,
  openSettledReader,
  type SettledReader,
  STRETCH_BYTES_MAX,
  VerbatimError,
} from "@verbatim/core";
import { loadTaxonomy } from "@verbatim/drivers/files";
import { openJournalReader } from "@verbatim/drivers/journal";
import { openTally, statsText } from "../render/log-stats.ts";
import { logBlock } from "../render/message.ts";
import type { Global, Surface } from "../surface.ts";
import { listArchives, rangeOf } from "./archives.ts";
import { paged } from "./pager.ts";

/** Entries read at once on the way back. */
const STEP = 500;
/** How often a followed journal is looked at. */
const LOOK_MS = 200;

type LogOptions = Global & {
  readonly limit: number;
  readonly session?: string;
  readonly source?: string;
  readonly tier?: string;
  readonly chain?: string;
  readonly sender?: string;
  readonly since?: string;
  readonly until?: string;
  readonly archive?: string;
  readonly listArchives?: boolean;
  readonly stats?: boolean;
  readonly follow?: boolean;
  readonly full?: boolean;
  readonly format: "text" | "jsonl";
};

/** Seqs to look at. */
type Range = { readonly from: number; readonly to: number };

export async function log(options: LogOptions, surface: Surface): Promise<void> {
  const journal = openJournalReader(join(options.home, FILES.journal));
  if (options.listArchives === true) return await listArchives(journal, options, surface);
  const taxonomy = await loadTaxonomy(join(options.home, FILES.taxonomy));
  const settle = makeSettle({ sha256: (data) => hash("sha256", data, "hex"), taxonomy });
  const last = await journal.last();
  if (last === 0 && options.follow !== true) {
    throw new VerbatimError(
      "not_found",
      `there is no journal in ${options.home} yet; record something: verbatim up, or verbatim import PATH`,
    );
  }
  const reading = { journal, settled: openSettledReader(journal, settle), options };
  const range =
    options.archive === undefined ? { from: 1, to: last } : await rangeOf(journal, options);
  await show(reading, range, surface);
  if (options.follow === true) await follow(reading, last, surface);
}

/** What is there now: counted, listed, or both. */
async function show(reading: Reading, range: Range, surface: Surface): Promise<void> {
  const { options } = reading;
  const page = options.follow === true || isJson(options) ? null : paged(surface);
  const out = page?.out ?? surface.out;
  if (options.stats === true) out(await statsOf(reading, range, surface));
  // For machines it is one document: the numbers, or the messages.
  if (options.stats !== true || !isJson(options)) await list(reading, range, out, surface);
  await page?.done();
}

async function list(
  reading: Reading,
  range: Range,
  out: (text: string) => void,
  surface: Surface,
): Promise<void> {
  const { options } = reading;
  const found = await newest(reading, range);
  if (found.length === 0 && options.follow !== true) throw nothingFits(options);
  for (const message of found) out(shownAs(message, options, surface));
}

async function follow(reading: Reading, from: number, surface: Surface): Promise<void> {
  for (let last = from; !surface.signal.aborted; ) {
    const now = await reading.journal.last();
    for await (const message of between(reading, { from: last + 1, to: now }))
      surface.out(shownAs(message, reading.options, surface));
    last = now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function nothingFits(options: LogOptions): VerbatimError {
  if (options.session !== undefined)
    return new VerbatimError(
      "not_found",
      `the journal has no message of a session that begins with ${options.session}`,
    );
  return new VerbatimError(
    "not_found",
    "the journal has messages, and none that fit; with fewer filters there are more: verbatim log --stats says what there is",
  );
}

function isJson(options: LogOptions): boolean {
  return options.json === true || options.format === "jsonl";
}

/** Everything that fits is counted, one stretch in memory at a time. */
async function statsOf(reading: Reading, range: Range, surface: Surface): Promise<string> {
  const tally = openTally();
  const bar = surface.screen.bar("counting");
  for await (const message of between(reading, range, (at) =>
    bar.update({ done: at - range.from, total: range.to - range.from + 1, note: "entries" }),
  ))
    tally.add(message);
  bar.end();
  return isJson(reading.options)
    ? `${JSON.stringify(tally.stats())}\n`
    : statsText(tally.stats(), surface);
}

type Reading = {
  readonly journal: JournalReader;
  readonly settled: SettledReader;
  readonly options: LogOptions;
};

/** The newest that fit, oldest first: read backwards in steps, so that a large journal costs no more than a small one. */
async function newest(reading: Reading, range: Range): Promise<readonly EnrichedMessage[]> {
  const { limit } = reading.options;
  const found: EnrichedMessage[] = [];
  for (let to = range.to; to >= range.from && found.length < limit; to -= STEP) {
    const step: EnrichedMessage[] = [];
    for await (const message of between(reading, { from: Math.max(range.from, to - STEP + 1), to }))
      step.push(message);
    found.unshift(...step);
  }
  return found.slice(-limit);
}

/** What fits in a range, in order; `passed` is told how far it has looked. */
async function* between(
  { settled, options }: Reading,
  { from, to }: Range,
  passed: (seq: number) => void = () => {},
): AsyncGenerator<EnrichedMessage> {
  for (let at = from; at <= to; ) {
    const stretch = await settled.read({ from: at, to, entries: STEP, bytes: STRETCH_BYTES_MAX });
    const last = stretch.at(-1)?.entry;
    if (last === undefined) return;
    for (const { messages } of stretch)
      for (const message of messages) if (fits(message, options)) yield message;
    at = last.seq + 1;
    passed(last.seq);
  }
}

function fits(message: EnrichedMessage, options: LogOptions): boolean {
  if (message.kind !== "message" || !isOf(message, options)) return false;
  if (options.session !== undefined && !message.session_id.startsWith(options.session))
    return false;
  if (options.since !== undefined && message.said_at < options.since) return false;
  return options.until === undefined || message.said_at < options.until;
}

/** Whether every name that was asked for is the message's. */
function isOf(message: EnrichedMessage, options: LogOptions): boolean {
  const { ace_tier, chain_type } = message.enrichment;
  const asked = [
    [options.source, message.source],
    [options.tier, ace_tier],
    [options.chain, chain_type],
    [options.sender, message.author.name],
  ];
  return asked.every(([name, is]) => name === undefined || name === is);
}

function shownAs(message: EnrichedMessage, options: LogOptions, surface: Surface): string {
  return isJson(options)
    ? `${JSON.stringify(message)}\n`
    : logBlock(message, surface.colours, options.full === true);
}
