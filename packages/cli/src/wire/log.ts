/**
 * `verbatim log`: the journal's newest entries, settled in passing, with nothing running.
 *
 *   L2  What is shown is what a reading of the whole journal from its beginning
 *       would show, however little of it was looked at.
 *
 * It is read backwards from the end in steps. What was found is kept in memory
 * up to a bound; beyond it only the place is, and it is read once more from there.
 */
import { join } from "node:path";
import { type EnrichedMessage, FILES, VerbatimError } from "@verbatim/core";
import { loadTaxonomy } from "@verbatim/drivers/files";
import { refuse } from "../options.ts";
import { openTally, statsText } from "../render/log-stats.ts";
import { logBlock } from "../render/message.ts";
import type { Global, Surface } from "../surface.ts";
import { listArchives, rangeOf } from "./archives.ts";
import { between, type Filters, openReading, type Range, type Reading, STEP } from "./fitting.ts";
import { paged } from "./pager.ts";

/** Entries read first on the way back, when fewer are wanted. Each step after it doubles. */
const STEP_FIRST = 16;
/** Characters of text kept while looking back. */
const HELD_CHARS_MAX: number = 16 * 1024 * 1024;
/** What a process ends with that was interrupted. */
const INTERRUPTED = 130;

/** What narrows or shapes a list of messages. */
const NARROWING = [
  ...["session", "source", "sender", "tier", "chain", "since", "until"],
  ...["stats", "follow", "reverse", "full"],
] as const;

/** How often a followed journal is looked at. */
const LOOK_MS = 200;

type LogOptions = Global &
  Filters & {
    readonly limit: number;
    readonly archive?: string;
    readonly listArchives?: boolean;
    readonly stats?: boolean;
    readonly follow?: boolean;
    readonly reverse?: boolean;
    readonly full?: boolean;
    readonly format: "text" | "jsonl";
  };

/** What is read, and how it is to be shown. */
type Asked = Reading & { readonly options: LogOptions };

export async function log(options: LogOptions, surface: Surface): Promise<void> {
  const { journal, ...read } = await openReading(options.home);
  if (options.listArchives === true) {
    refuse(
      options,
      [...NARROWING, "archive"],
      "archives are listed whole, by --list-archives alone",
    );
    return await listArchives(journal, options, surface);
  }
  const last = await journal.last();
  if (last === 0 && options.follow !== true) {
    throw new VerbatimError(
      "not_found",
      `there is no journal in ${options.home} yet; record something: verbatim up, or verbatim import PATH`,
    );
  }
  const { signal } = surface;
  const reading = { journal, ...read, filters: options, records: false, signal, options };
  const range =
    options.archive === undefined ? { from: 1, to: last } : await rangeOf(journal, options);
  await show(reading, range, surface);
  if (options.follow === true) await follow(reading, last, surface);
}

/** What is there now: counted, listed, or both. */
async function show(reading: Asked, range: Range, surface: Surface): Promise<void> {
  const { options } = reading;
  const page = options.follow === true || isJson(options) ? null : paged(surface);
  const out = page?.out ?? surface.out;
  try {
    if (options.stats === true) out(await statsOf(reading, range, surface));
    // For machines it is one document: the numbers, or the messages.
    if (options.stats !== true || !isJson(options)) await list(reading, range, out, surface);
  } finally {
    await page?.done();
  }
}

async function list(
  reading: Asked,
  range: Range,
  out: (text: string) => void,
  surface: Surface,
): Promise<void> {
  const { options } = reading;
  const shown =
    options.reverse === true
      ? newestFirst(reading, range)
      : inOrder(reading, range, await newest(reading, range, surface));
  let count = 0;
  for await (const message of shown) {
    out(shownAs(message, options, surface));
    count += 1;
  }
  if (surface.signal.aborted) process.exitCode = INTERRUPTED;
  else if (count === 0 && options.follow !== true) throw await nothingFits(options);
}

async function follow(reading: Asked, from: number, surface: Surface): Promise<void> {
  for (let last = from; !surface.signal.aborted; ) {
    const now = await reading.journal.last();
    for await (const { message } of between(reading, { from: last + 1, to: now }))
      surface.out(shownAs(message, reading.options, surface));
    last = now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function nothingFits(options: LogOptions): Promise<VerbatimError> {
  if (options.session !== undefined)
    return new VerbatimError(
      "not_found",
      `the journal has no message of a session that begins with ${options.session}`,
    );
  return new VerbatimError(
    "not_found",
    `no message fits all that was asked for${await unknownDomain(options)}. Capitals matter in names; verbatim log --stats lists those there are`,
  );
}

/** A domain that the taxonomy does not have may still have been given by a source, so it is looked for and told afterwards. */
async function unknownDomain({ chain, home }: LogOptions): Promise<string> {
  if (chain === undefined || chain === "unclassified") return "";
  const domains = Object.keys((await loadTaxonomy(join(home, FILES.taxonomy))).domains);
  return domains.includes(chain)
    ? ""
    : `: the taxonomy has no domain ${chain}; it has ${domains.join(", ")}`;
}

function isJson(options: LogOptions): boolean {
  return options.json === true || options.format === "jsonl";
}

/** Everything that fits is counted, one stretch in memory at a time. */
async function statsOf(reading: Asked, range: Range, surface: Surface): Promise<string> {
  const tally = openTally(Bun.hash);
  const bar = surface.screen.bar("counting");
  for await (const { message } of between(reading, range, (at) =>
    bar.update({ done: at - range.from, total: range.to - range.from + 1, unit: "entries" }),
  ))
    tally.add(message);
  bar.end();
  if (surface.signal.aborted) {
    process.exitCode = INTERRUPTED;
    return "";
  }
  return isJson(reading.options)
    ? `${JSON.stringify(tally.stats())}\n`
    : statsText(tally.stats(), surface);
}

/** The newest that fit: from where on they lie, how many there are from there, and those themselves while they are few. */
type Found = { readonly from: number; readonly count: number; readonly held: Held | null };
type Held = readonly EnrichedMessage[];

async function newest(reading: Asked, range: Range, { screen }: Surface): Promise<Found> {
  let found: Found = { from: range.to + 1, count: 0, held: [] };
  let chars = 0;
  const bar = screen.bar("looking back");
  const total = range.to - range.from + 1;
  for await (const { from, messages } of backwards(reading, range)) {
    for (const message of messages) chars += message.text.length;
    const held = chars > HELD_CHARS_MAX ? null : found.held;
    const count = found.count + messages.length;
    found = { from, count, held: held && [...messages, ...held] };
    if (count >= reading.options.limit) break;
    bar.update({ done: range.to - from + 1, total, unit: "entries", note: `${count} found` });
  }
  bar.end();
  return found;
}

/** As many of what was found as are wanted, oldest first. */
async function* inOrder(
  reading: Asked,
  { to }: Range,
  { from, count, held }: Found,
): AsyncGenerator<EnrichedMessage> {
  let over = count - reading.options.limit;
  for await (const message of held ?? messagesIn(reading, { from, to })) {
    if (over <= 0) yield message;
    over -= 1;
  }
}

/** The newest that fit, each as soon as it is found. */
async function* newestFirst(reading: Asked, range: Range): AsyncGenerator<EnrichedMessage> {
  let left = reading.options.limit;
  for await (const { messages } of backwards(reading, range)) {
    for (const message of messages.toReversed().slice(0, left)) yield message;
    left -= messages.length;
    if (left <= 0) return;
  }
}

/** What fits, in steps from the end: small ones at first, because most often the newest are wanted and nothing else. */
async function* backwards(
  reading: Asked,
  range: Range,
): AsyncGenerator<{ readonly from: number; readonly messages: Held }> {
  let size = Math.max(STEP_FIRST, Math.min(reading.options.limit, STEP));
  let to = range.to;
  while (to >= range.from && !reading.signal.aborted) {
    const from = Math.max(range.from, to - size + 1);
    yield { from, messages: await Array.fromAsync(messagesIn(reading, { from, to })) };
    to = from - 1;
    size = Math.min(STEP, size * 2);
  }
}

async function* messagesIn(reading: Asked, range: Range): AsyncGenerator<EnrichedMessage> {
  for await (const { message } of between(reading, range)) yield message;
}

function shownAs(message: EnrichedMessage, options: LogOptions, surface: Surface): string {
  return isJson(options)
    ? `${JSON.stringify(message)}\n`
    : logBlock(message, surface.colours, options.full === true);
}
