/**
 * Messages out of the journal that fit what was asked for, read and settled a
 * stretch at a time, in memory that does not grow.
 *
 * A stretch in which nothing can fit, by what its source says, is parsed but not
 * enriched: that takes a fifth of the time.
 */
import { hash } from "node:crypto";
import { join } from "node:path";
import {
  type EnrichedMessage,
  type Entry,
  FILES,
  type JournalReader,
  type Message,
  makeSettle,
  openSettledReader,
  parse,
  type SettledReader,
  type Sha256,
  STRETCH_BYTES_MAX,
} from "@verbatim/core";
import { loadTaxonomy } from "@verbatim/drivers/files";
import { openJournalReader } from "@verbatim/drivers/journal";
import { type HiddenIn, hiddenIn } from "./hidden.ts";

/** Entries read at once. */
export const STEP = 500;

/** What may be asked for; what is not is anything. */
export type Filters = {
  /** An id or the beginning of it. */
  readonly session?: string;
  readonly source?: string;
  readonly tier?: string;
  readonly chain?: string;
  readonly sender?: string;
  readonly since?: string;
  readonly until?: string;
};

/** Seqs to look at. */
export type Range = { readonly from: number; readonly to: number };

export type Reading = {
  readonly journal: JournalReader;
  readonly settled: SettledReader;
  readonly hidden: HiddenIn;
  readonly filters: Filters;
  /** Whether bookkeeping of the source is wanted too. */
  readonly records: boolean;
  readonly signal: AbortSignal;
};

/** A message with the entry it was read from. */
export type Fitting = { readonly message: EnrichedMessage; readonly entry: Entry };

/** The journal of a home, its entries settled by the taxonomy that holds there, and what of them is hidden. */
export async function openReading(
  home: string,
): Promise<Pick<Reading, "journal" | "settled" | "hidden">> {
  const journal = openJournalReader(join(home, FILES.journal));
  const taxonomy = await loadTaxonomy(join(home, FILES.taxonomy));
  const settled = openSettledReader(journal, makeSettle({ sha256, taxonomy }));
  return { journal, settled, hidden: hiddenIn(journal) };
}

const sha256: Sha256 = (data) => hash("sha256", data, "hex");

/** What fits in a range, in order, until the signal; `passed` is told how far it has looked. */
export async function* between(
  reading: Reading,
  { from, to }: Range,
  passed: (seq: number) => void = () => {},
): AsyncGenerator<Fitting> {
  for (let at = from; at <= to && !reading.signal.aborted; ) {
    const stretch = { from: at, to, entries: STEP, bytes: STRETCH_BYTES_MAX };
    const entries = await reading.journal.read(stretch);
    const last = entries.at(-1);
    if (last === undefined) return;
    yield* fittingIn(entries, reading);
    at = last.seq + 1;
    passed(last.seq);
    // Reading never waits, so this is when a signal is heard and a pipe is emptied.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function* fittingIn(entries: readonly Entry[], reading: Reading): AsyncGenerator<Fitting> {
  if (!mayFit(entries, reading)) return;
  for (const entry of entries) {
    const { messages } = await reading.settled.settle(entry);
    for (const message of messages)
      if (fits(message, reading) && !(await reading.hidden.has(message))) yield { message, entry };
  }
}

/** Whether any of these could fit, by what their source says. */
function mayFit(entries: readonly Entry[], reading: Reading): boolean {
  const { source, sender, session, since, until } = reading.filters;
  if ([source, sender, session, since, until].every((one) => one === undefined)) return true;
  return entries.some(
    (entry) =>
      (source === undefined || entry.source === source) &&
      parse(entry, sha256).messages.some((message) => isSaid(message, reading)),
  );
}

function fits(message: EnrichedMessage, reading: Reading): boolean {
  const { tier, chain } = reading.filters;
  const { ace_tier, chain_type } = message.enrichment;
  if (tier !== undefined && ace_tier !== tier) return false;
  if (chain !== undefined && chain_type !== chain) return false;
  return isSaid(message, reading);
}

/** Whether it was said by, in and when it was asked for. */
function isSaid(message: Message, { filters, records }: Reading): boolean {
  const { source, sender, session, since, until } = filters;
  if (!records && message.kind !== "message") return false;
  if (source !== undefined && message.source !== source) return false;
  if (sender !== undefined && message.author.name !== sender) return false;
  if (session !== undefined && !message.session_id.startsWith(session)) return false;
  if (since !== undefined && message.said_at < since) return false;
  return until === undefined || message.said_at < until;
}
