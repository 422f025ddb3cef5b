/**
 * What the deep store holds of an entry, against what the journal makes of it.
 *
 *   V11  A difference in any column of a row is found, and is said with its
 *        table, row and column; so is a row too many or too few.
 *
 * Pure: rows come in as they were read, an entry as it settles now. Of an
 * enrichment that another taxonomy made nothing is said: it is being counted
 * again, or waits for it.
 */
import type { EnrichedMessage } from "../message/message.ts";
import { msOf } from "../message/time.ts";
import type { SessionEvent } from "../sessions/event.ts";
import { happenedIn } from "../sessions/happened.ts";
import { withoutExcerpts } from "../sessions/opened.ts";
import { withoutWords } from "../sessions/wordless.ts";
import type { Settled, Sha256 } from "../settle/port.ts";

/** A row of `messages`, with the columns that only the table has. */
export type HeldMessage = EnrichedMessage & {
  readonly key: string;
  readonly chain_type: string;
  readonly ace_tier: string;
  /** Kept without its words (sessions/hidden.ts). */
  readonly hidden: boolean;
};

/** A row of `repeats`. */
export type HeldRepeat = {
  readonly sub: number;
  readonly source: string;
  readonly key: string;
  readonly heard_at: string;
};

/** A row of `asides`. */
export type HeldAside = Omit<HeldRepeat, "sub"> & {
  readonly why: string;
  readonly partial: boolean;
  readonly bytes: number;
};

/** Everything the deep store holds of one entry. `sha256` is of the bytes that lie there, null where none do. */
export type Held = {
  readonly seq: number;
  readonly outcome: "stored" | "repeat" | "aside" | null;
  readonly sha256: string | null;
  readonly messages: readonly HeldMessage[];
  readonly repeats: readonly HeldRepeat[];
  readonly aside: HeldAside | null;
  /** Of its session event, where it is one and was the first of its id. */
  readonly event: SessionEvent | null;
};

/** A place in a table that is not as the journal says. */
export type RowFault = {
  readonly table: "messages" | "repeats" | "asides" | "session_events";
  readonly seq: number;
  readonly what: string;
};

/** Begins the reason of an entry that Postgres itself refused, which settling knows nothing of. */
const REFUSED = "postgres would not take it";

/** Every difference there is; an entry of which nothing is held is held by no table at all. */
export function rowFaults(
  settled: Settled,
  held: Held,
  how: { readonly sha256: Sha256; readonly taxonomy: string },
): readonly RowFault[] {
  const { seq } = settled.entry;
  const isRefused = held.aside?.why.startsWith(REFUSED) === true;
  const messages = isRefused ? [] : settled.messages;
  if (held.outcome === null && held.aside === null && held.messages.length === 0) {
    const table = messages.length === 0 ? "asides" : "messages";
    return [{ table, seq, what: `row ${seq} is missing` }];
  }
  return [
    ...rawFaults(settled, held, how.sha256),
    ...messages.flatMap((message) => messageFaults(message, { settled, held, ...how })),
    ...tooMany(messages, held),
    ...asideFaults(settled, held, isRefused),
    ...eventFaults(settled, held),
  ];
}

function rawFaults({ entry }: Settled, held: Held, sha256: Sha256): readonly RowFault[] {
  const table = TABLES[held.outcome ?? "stored"];
  if (held.outcome !== null && held.sha256 === sha256(entry.raw)) return [];
  const what = held.sha256 === null ? "raw is missing" : "raw holds other bytes";
  return [{ table, seq: entry.seq, what: `row ${entry.seq}.0: ${what}` }];
}

const TABLES = { stored: "messages", repeat: "repeats", aside: "asides" } as const;

type Against = {
  readonly settled: Settled;
  readonly held: Held;
  readonly taxonomy: string;
};

function messageFaults(
  message: EnrichedMessage,
  { settled: { entry }, held, taxonomy }: Against,
): readonly RowFault[] {
  const { seq, sub } = message;
  const repeat = held.repeats.find((one) => one.sub === sub);
  const row = held.messages.find((one) => one.sub === sub);
  const expected = { source: message.source, key: entry.key, heard_at: message.heard_at };
  if (row === undefined) {
    const columns = repeat === undefined ? ["is missing"] : differing(expected, repeat);
    return columns.map((what) => ({ table: "repeats", seq, what: `row ${seq}.${sub}: ${what}` }));
  }
  const said = row.hidden ? withoutWords(message) : message;
  const columns = differing(rowOf(said, entry.key), rowOf(row, row.key, row));
  return columns
    .filter((what) => !isOfTaxonomy(what) || message.enrichment.taxonomy === taxonomy)
    .map((what) => ({ table: "messages", seq, what: `row ${seq}.${sub}: ${what}` }));
}

/** Columns that another taxonomy would fill otherwise. */
function isOfTaxonomy(what: string): boolean {
  return /^(enrichment|chain_type|ace_tier) /.test(what);
}

/** A message as its row has it, column by column. */
function rowOf(
  { author, enrichment, ...message }: EnrichedMessage,
  key: string,
  { chain_type, ace_tier }: Pick<HeldMessage, "chain_type" | "ace_tier"> = enrichment,
): Readonly<Record<string, unknown>> {
  const { id, session_id, source, kind, text, parts, meta } = message;
  return {
    ...{ id, session_id, source, key, kind, text, parts, meta, enrichment },
    ...{ author_name: author.name, role: author.role, chain_type, ace_tier },
    conversation_id: message.conversation_id ?? null,
    receiver: message.receiver ?? null,
    topic: message.topic ?? null,
    parent_id: message.parent_id ?? null,
    model: message.model ?? null,
    usage: message.usage ?? null,
    said_at: msOf(message.said_at),
    heard_at: msOf(message.heard_at),
  };
}

/** Columns that differ, each in a few words. */
function differing(
  expected: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(expected)
    .filter((name) => plain(expected[name]) !== plain(found[name]))
    .map((name) => `${name} differs`);
}

/** A value as Postgres keeps it, as text that is equal where the values are. */
function plain(value: unknown): string {
  if (typeof value === "string") return kept(value);
  return JSON.stringify(value ?? null, sorted);
}

/** NUL and half a surrogate pair have no text in Postgres. */
function kept(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

/** Of a summary of ours lines may have gone with their messages. */
function ownWords(event: SessionEvent): SessionEvent {
  return event.event === "conversation_opened" ? withoutExcerpts(event) : event;
}

/** jsonb keeps fields in an order of its own. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function tooMany(messages: readonly EnrichedMessage[], held: Held): readonly RowFault[] {
  const subs = new Set(messages.map(({ sub }) => sub));
  const { seq } = held;
  const extra = (table: RowFault["table"], sub: number): RowFault[] =>
    subs.has(sub) ? [] : [{ table, seq, what: `row ${seq}.${sub} is of no message` }];
  return [
    ...held.messages.flatMap(({ sub }) => extra("messages", sub)),
    ...held.repeats.flatMap(({ sub }) => extra("repeats", sub)),
  ];
}

function asideFaults(settled: Settled, held: Held, isRefused: boolean): readonly RowFault[] {
  const { entry, aside } = settled;
  const { seq } = entry;
  const isAside = isRefused || aside !== null || settled.messages.length === 0;
  const fault = (what: string): RowFault => ({ table: "asides", seq, what: `row ${seq}: ${what}` });
  if (held.aside === null) return isAside ? [fault("is missing")] : [];
  if (!isAside) return [fault("is of an entry that was understood")];
  const { source, key, at, raw } = entry;
  const expected = {
    ...{ source, key, heard_at: msOf(at), bytes: raw.length },
    partial: !isRefused && settled.messages.length > 0,
    why: isRefused ? held.aside.why : (aside ?? "nothing in it"),
  };
  const found = { ...held.aside, heard_at: msOf(held.aside.heard_at) };
  return differing(expected, found).map(fault);
}

/** An event that was heard before has its row at the lower seq; of one that is hidden the words are gone. */
function eventFaults(settled: Settled, { seq, event, messages }: Held): readonly RowFault[] {
  if (event === null || messages.some(({ hidden }) => hidden)) return [];
  const [happened] = happenedIn([settled]);
  if (happened !== undefined && plain(ownWords(happened.event)) === plain(ownWords(event)))
    return [];
  const what = happened === undefined ? `row ${seq} is of no event` : `row ${seq}: event differs`;
  return [{ table: "session_events", seq, what }];
}
