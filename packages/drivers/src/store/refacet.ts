/**
 * What the text index knows of enrichments, made again after a recount: the
 * domain, the tier and the tags of messages are words of it like any other.
 *
 *   S6  After a recount a message is found by what the new taxonomy says of it,
 *       and by nothing that the old one said.
 *
 * A sealed segment is mended when the recount has passed its end, the tail with
 * every stretch; until then a filter may miss a message, and never shows a wrong
 * one (filter.ts).
 */
import {
  type Enrichment,
  facetTerm,
  type Place,
  packPlaces,
  SEGMENT_SEQS,
  segmentOf,
} from "@verbatim/core";
import type pg from "pg";
import { copyRows } from "./copy.ts";
import { send } from "./send.ts";

const OF_ENRICHMENT =
  "(term LIKE '=chain\\_type:%' OR term LIKE '=ace\\_tier:%' OR term LIKE '=tag:%')";

/** Mends the index for the entries `first` to `last`, which were just counted again. The index is the caller's alone. */
export async function refacet(client: pg.PoolClient, first: number, last: number): Promise<void> {
  const found = await client.query(
    "SELECT sealed_to, indexed_to FROM verbatim.cursors WHERE name = 'deep'",
  );
  const { sealed_to, indexed_to } = found.rows[0] ?? { sealed_to: 0, indexed_to: 0 };
  for (let segment = segmentOf(first); (segment + 1) * SEGMENT_SEQS <= last; segment += 1) {
    if ((segment + 1) * SEGMENT_SEQS <= sealed_to) await mendSegment(client, segment);
  }
  const from = Math.max(first, sealed_to + 1);
  const to = Math.min(last, indexed_to);
  if (from <= to) await mendTail(client, from, to);
}

async function mendSegment(client: pg.PoolClient, segment: number): Promise<void> {
  const from = segment * SEGMENT_SEQS + 1;
  const places = new Map<string, Place[]>();
  for (const { place, term } of await termsIn(client, from, from + SEGMENT_SEQS - 1)) {
    const known = places.get(term);
    if (known === undefined) places.set(term, [place]);
    else known.push(place);
  }
  await client.query(
    `DELETE FROM verbatim.search_postings WHERE segment = $1 AND ${OF_ENRICHMENT}`,
    [segment],
  );
  const rows = copyRows();
  for (const [term, list] of places) {
    rows.row(4);
    rows.text(term);
    rows.int4(segment);
    rows.int4(list.length);
    rows.bytes(packPlaces(list, segment));
  }
  await send(client, "verbatim.search_postings (term, segment, n, places)", rows.finish());
}

async function mendTail(client: pg.PoolClient, from: number, to: number): Promise<void> {
  await client.query(
    `DELETE FROM verbatim.search_tail WHERE seq BETWEEN $1 AND $2 AND ${OF_ENRICHMENT}`,
    [from, to],
  );
  const rows = copyRows();
  for (const { place, term } of await termsIn(client, from, to)) {
    rows.row(3);
    rows.text(term);
    rows.int8(place.seq);
    rows.int2(place.sub);
  }
  await send(client, "verbatim.search_tail (term, seq, sub)", rows.finish());
}

type Termed = { readonly place: Place; readonly term: string };

/** Words of the index that enrichments are found by, in the order of their places. */
async function termsIn(
  client: pg.PoolClient,
  from: number,
  to: number,
): Promise<readonly Termed[]> {
  const found = await client.query(
    `SELECT seq, sub, chain_type, ace_tier, enrichment -> 'shl_tags' AS shl_tags FROM verbatim.messages
     WHERE seq BETWEEN $1 AND $2 AND kind = 'message' AND NOT hidden ORDER BY seq, sub`,
    [from, to],
  );
  const rows: readonly (Place & Pick<Enrichment, "chain_type" | "ace_tier" | "shl_tags">)[] =
    found.rows;
  return rows.flatMap(({ seq, sub, chain_type, ace_tier, shl_tags }) =>
    [
      facetTerm("chain_type", chain_type),
      facetTerm("ace_tier", ace_tier),
      ...new Set(shl_tags.map((tag) => facetTerm("tag", tag))),
    ].map((term) => ({ place: { seq, sub }, term })),
  );
}
