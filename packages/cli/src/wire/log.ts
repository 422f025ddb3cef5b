/** `verbatim log`: the journal's newest entries, settled in passing, with nothing running. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type EnrichedMessage,
  FILES,
  type JournalReader,
  makeSettle,
  type Settle,
  STRETCH_BYTES_MAX,
  VerbatimError,
} from "@verbatim/core";
import { openJournalReader } from "@verbatim/drivers/journal";
import { logBlock } from "../render/message.ts";
import type { Global, Surface } from "../surface.ts";

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
  readonly follow?: boolean;
  readonly full?: boolean;
  readonly format: "text" | "jsonl";
};

export async function log(options: LogOptions, surface: Surface): Promise<void> {
  const journal = openJournalReader(join(options.home, FILES.journal));
  const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
  let last = await journal.last();
  if (last === 0 && options.follow !== true) {
    throw new VerbatimError(
      "not_found",
      `there is no journal in ${options.home} yet; record something: verbatim up, or verbatim import PATH`,
    );
  }
  const found = await newest({ journal, settle, last, options });
  if (found.length === 0 && options.session !== undefined && options.follow !== true) {
    throw new VerbatimError(
      "not_found",
      `the journal has no message of a session that begins with ${options.session}`,
    );
  }
  for (const message of found) write(message, options, surface);
  while (options.follow === true && !surface.signal.aborted) {
    const now = await journal.last();
    for (const message of await between({ journal, settle, options }, last + 1, now))
      write(message, options, surface);
    last = now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

type Reading = {
  readonly journal: JournalReader;
  readonly settle: Settle;
  readonly options: LogOptions;
};

/** The newest that fit, oldest first: read backwards in steps, so that a large journal costs no more than a small one. */
async function newest(
  reading: Reading & { readonly last: number },
): Promise<readonly EnrichedMessage[]> {
  const found: EnrichedMessage[] = [];
  for (let to = reading.last; to > 0 && found.length < reading.options.limit; to -= STEP) {
    found.unshift(...(await between(reading, Math.max(1, to - STEP + 1), to)));
  }
  return found.slice(-reading.options.limit);
}

async function between(
  reading: Reading,
  from: number,
  to: number,
): Promise<readonly EnrichedMessage[]> {
  const found: EnrichedMessage[] = [];
  for (let at = from; at <= to; ) {
    const entries = await reading.journal.read({
      from: at,
      to,
      entries: STEP,
      bytes: STRETCH_BYTES_MAX,
    });
    const last = entries.at(-1);
    if (last === undefined) break;
    for (const entry of entries) {
      for (const message of reading.settle(entry).messages)
        if (fits(message, reading.options)) found.push(message);
    }
    at = last.seq + 1;
  }
  return found;
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

function write(message: EnrichedMessage, options: LogOptions, surface: Surface): void {
  const asJson = options.json === true || options.format === "jsonl";
  surface.out(
    asJson
      ? `${JSON.stringify(message)}\n`
      : logBlock(message, surface.colours, options.full === true),
  );
}
