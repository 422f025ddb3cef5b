/**
 * Finding messages, newest first, without ever asking the planner for a plan
 * over the whole table.
 *
 * The rarest word leads. Its segments are walked from the newest, a few at a
 * time, and intersected with those of the other words; then the tail's messages
 * are added in front. Only messages that will be looked at are fetched, by their
 * primary key. So a word in every message costs as little as one in ten.
 */
import {
  type EnrichedMessage,
  fits,
  type Hit,
  type HitPage,
  inAll,
  type MessageFilter,
  type PageAsk,
  type Place,
  type Query,
  queryOf,
  snippetOf,
  termsOf,
  unpackPlaces,
} from "@verbatim/core";
import type pg from "pg";
import { facetsOf, passes } from "./filter.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";

/** Beyond this a count is "many". */
const COUNT_CAP = 1000;
/** Messages fetched and looked at for one page at most; a page that needs more ends early with a cursor. */
const LOOKED_AT_MAX = 5000;
/** Different words a beginning may stand for. */
const PREFIX_TERMS_MAX = 64;
const SEGMENTS_A_STEP = [2, 8, 32, 128] as const;

/** A word, or all words that begin with a prefix: any of `terms` will do. */
type Wanted = { readonly terms: readonly string[]; readonly segments: number; readonly n: number };

/** One page of what was found. */
export async function searchPage(
  client: pg.Pool,
  typed: string,
  filter: MessageFilter,
  page: PageAsk,
): Promise<HitPage> {
  const query = queryOf(typed);
  const wanted = await wantedOf(client, query, filter);
  const found: Hit[] = [];
  let looked = 0;
  for await (const message of messagesDown(client, wanted, page)) {
    looked += 1;
    if (holds(message, query, filter)) {
      if (found.length === page.limit)
        return pageOf(found, found.at(-1)?.message ?? null, wanted, query);
      found.push({ message, snippet: snippetOf(message.text, query) });
    }
    if (looked >= LOOKED_AT_MAX) return pageOf(found, message, wanted, query);
  }
  return pageOf(found, null, wanted, query);
}

/** Messages that hold every wanted word, newest first, fetched about a page at a time. */
async function* messagesDown(
  client: pg.Pool,
  wanted: readonly Wanted[],
  page: PageAsk,
): AsyncGenerator<EnrichedMessage> {
  for await (const places of placesDown(client, wanted, page.after ?? null)) {
    for (const batch of batchesOf(places, page.limit + 1)) yield* await fetchAt(client, batch);
  }
}

function holds(message: EnrichedMessage, query: Query, filter: MessageFilter): boolean {
  return passes(message, filter) && fits(query, message.text, () => termsOf(message.text));
}

function pageOf(
  rows: readonly Hit[],
  next: Place | null,
  wanted: readonly Wanted[],
  query: Query,
): HitPage {
  const rarest = Math.min(...wanted.map((one) => one.n));
  const alone = wanted.length === 1 && query.phrases.length === 0 && query.none.length === 0;
  const count = next === null && !alone ? rows.length : Math.min(rarest, COUNT_CAP);
  return {
    rows,
    next: next === null ? null : { seq: next.seq, sub: next.sub },
    count: Math.max(count, rows.length),
    count_capped: !alone ? next !== null : rarest > COUNT_CAP,
  };
}

/** The words and facets with how common they are; the rarest first. */
async function wantedOf(
  client: pg.Pool,
  query: Query,
  filter: MessageFilter,
): Promise<readonly Wanted[]> {
  const groups = [...query.all, ...facetsOf(filter)].map((term) => [term]);
  for (const prefix of query.prefixes) groups.push(await termsWith(client, prefix));
  const found = await client.query({
    text: `SELECT term, count(*)::int4 AS segments, sum(n)::int8 AS n FROM verbatim.search_postings WHERE term = ANY($1::text[]) GROUP BY term
           UNION ALL
           SELECT term, 0, count(*)::int8 FROM verbatim.search_tail WHERE term = ANY($1::text[]) GROUP BY term`,
    values: [groups.flat()],
  });
  const counts = new Map<string, { segments: number; n: number }>();
  for (const row of found.rows) {
    const known = counts.get(row.term) ?? { segments: 0, n: 0 };
    counts.set(row.term, { segments: known.segments + row.segments, n: known.n + row.n });
  }
  const wanted = groups.map((terms) => ({
    terms,
    segments: sum(terms.map((term) => counts.get(term)?.segments ?? 0)),
    n: sum(terms.map((term) => counts.get(term)?.n ?? 0)),
  }));
  return wanted.toSorted((a, b) => a.n - b.n);
}

async function termsWith(client: pg.Pool, prefix: string): Promise<string[]> {
  const end = `${prefix}\u{10ffff}`;
  const found = await client.query({
    text: `SELECT DISTINCT term FROM (
             (SELECT DISTINCT term FROM verbatim.search_postings WHERE term >= $1 AND term < $2 ORDER BY term LIMIT $3)
             UNION (SELECT DISTINCT term FROM verbatim.search_tail WHERE term >= $1 AND term < $2 ORDER BY term LIMIT $3)) t LIMIT $3`,
    values: [prefix, end, PREFIX_TERMS_MAX],
    rowMode: "array",
  });
  return found.rows.map(([term]) => String(term));
}

/** Places of messages that hold every wanted word, newest first, in batches. */
async function* placesDown(
  client: pg.Pool,
  wanted: readonly Wanted[],
  after: Place | null,
): AsyncGenerator<readonly Place[]> {
  if (wanted.some((one) => one.terms.length === 0 || one.n === 0)) return;
  yield await tailPlaces(client, wanted, after);
  const [lead] = wanted;
  if (lead === undefined || lead.segments === 0) return;
  let below = after === null ? 2 ** 31 - 1 : Math.floor((after.seq - 1) / 8192) + 1;
  for (let step = 0; ; step += 1) {
    const segments = await leadSegments(
      client,
      lead,
      below,
      SEGMENTS_A_STEP[Math.min(step, SEGMENTS_A_STEP.length - 1)] ?? 1,
    );
    const lowest = segments.at(-1);
    if (lowest === undefined) return;
    const places = await segmentPlaces(client, wanted, segments);
    yield after === null ? places : places.filter((place) => isBefore(place, after));
    below = lowest;
  }
}

async function leadSegments(
  client: pg.Pool,
  lead: Wanted,
  below: number,
  limit: number,
): Promise<readonly number[]> {
  const found = await client.query({
    name: "lead",
    text: "SELECT DISTINCT segment FROM verbatim.search_postings WHERE term = ANY($1::text[]) AND segment < $2 ORDER BY segment DESC LIMIT $3",
    values: [lead.terms, below, limit],
    rowMode: "array",
  });
  return found.rows.map(([segment]) => Number(segment));
}

async function segmentPlaces(
  client: pg.Pool,
  wanted: readonly Wanted[],
  segments: readonly number[],
): Promise<readonly Place[]> {
  const found = await client.query({
    name: "postings",
    text: "SELECT term, segment, places FROM verbatim.search_postings WHERE term = ANY($1::text[]) AND segment = ANY($2::int4[])",
    values: [wanted.flatMap((one) => one.terms), segments],
  });
  const rows: readonly { term: string; segment: number; places: Uint8Array }[] = found.rows;
  return segments.flatMap((segment) => {
    const here = new Map(
      rows.filter((row) => row.segment === segment).map((row) => [row.term, row.places]),
    );
    const lists = wanted.map((one) =>
      anyOf(one.terms.map((term) => unpackPlaces(here.get(term) ?? EMPTY, segment))),
    );
    return inAll(lists).toReversed();
  });
}

const EMPTY: Uint8Array = new Uint8Array(0);

async function tailPlaces(
  client: pg.Pool,
  wanted: readonly Wanted[],
  after: Place | null,
): Promise<readonly Place[]> {
  const found = await client.query({
    name: "tail",
    text: "SELECT term, seq, sub FROM verbatim.search_tail WHERE term = ANY($1::text[]) AND seq <= $2 ORDER BY seq, sub",
    values: [wanted.flatMap((one) => one.terms), after?.seq ?? Number.MAX_SAFE_INTEGER],
  });
  const rows: readonly { term: string; seq: number; sub: number }[] = found.rows;
  const byTerm = new Map<string, Place[]>();
  for (const { term, seq, sub } of rows) {
    const list = byTerm.get(term);
    if (list === undefined) byTerm.set(term, [{ seq, sub }]);
    else list.push({ seq, sub });
  }
  const lists = wanted.map((one) => anyOf(one.terms.map((term) => byTerm.get(term) ?? [])));
  const places = inAll(lists).toReversed();
  return after === null ? places : places.filter((place) => isBefore(place, after));
}

/** The union of lists, ascending. */
function anyOf(lists: readonly (readonly Place[])[]): readonly Place[] {
  if (lists.length === 1) return lists[0] ?? [];
  const all = new Map<string, Place>();
  for (const list of lists) for (const place of list) all.set(`${place.seq}.${place.sub}`, place);
  return [...all.values()].toSorted((a, b) => a.seq - b.seq || a.sub - b.sub);
}

function isBefore(place: Place, after: Place): boolean {
  return place.seq < after.seq || (place.seq === after.seq && place.sub < after.sub);
}

function* batchesOf(places: readonly Place[], size: number): Generator<readonly Place[]> {
  for (let at = 0; at < places.length; at += size) yield places.slice(at, at + size);
}

/** Messages at these places, newest first. */
async function fetchAt(
  client: pg.Pool,
  places: readonly Place[],
): Promise<readonly EnrichedMessage[]> {
  const found = await client.query({
    name: "at",
    text: `SELECT ${MESSAGE_COLUMNS} FROM verbatim.messages m WHERE seq = ANY($1::int8[]) AND NOT hidden ORDER BY seq DESC, sub DESC`,
    values: [places.map((place) => place.seq)],
  });
  const asked = new Set(places.map((place) => `${place.seq}.${place.sub}`));
  return found.rows.map(messageOf).filter((one) => asked.has(`${one.seq}.${one.sub}`));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
