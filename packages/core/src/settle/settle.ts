/**
 * Entry in, answer out: parse, then enrich. What every consumer of the journal
 * does with it, and the reason why all of them agree.
 *
 *   P3  The same entry after the same NEIGHBOUR_ENTRIES entries settles to the
 *       same answer, always and everywhere.
 */
import { enrich } from "../enrich/enrich.ts";
import { enricherOf } from "../enrich/enricher.ts";
import type { Taxonomy } from "../enrich/taxonomy.ts";
import type { EnrichedMessage, Message } from "../message/message.ts";
import { parse } from "../sources/parse.ts";
import type { Settle, Sha256 } from "./port.ts";
import { openRecent, type Recent } from "./recent.ts";

/**
 * The settling function once there is a taxonomy. A broken one throws, and is
 * looked at again the next time; a whole one holds from then on.
 */
export function openSettling(
  sha256: Sha256,
  taxonomy: () => Promise<Taxonomy>,
): () => Promise<Settle> {
  let settle: Settle | null = null;
  return async () => {
    if (settle !== null) return settle;
    const whole = await taxonomy();
    settle ??= makeSettle({ sha256, taxonomy: whole });
    return settle;
  };
}

/** What settling needs: the platform's sha-256, and a taxonomy when it is not the standard one. */
type Platform = { readonly sha256: Sha256; readonly taxonomy?: Taxonomy };

/** The settling function. */
export function makeSettle({ sha256, taxonomy }: Platform): Settle {
  const enricher = taxonomy === undefined ? enrich : enricherOf(taxonomy);

  function enriched(message: Message, recent: Recent): EnrichedMessage {
    const enrichment = enricher(message, sha256, recent.before(message));
    recent.remember(message.seq, [message]);
    return { ...message, enrichment };
  }

  return Object.assign(
    (entry: Parameters<Settle>[0], recent: Recent = openRecent()) => {
      const read = parse(entry, sha256);
      const messages = read.messages.map((message) => enriched(message, recent));
      recent.remember(entry.seq, []);
      return { entry, messages, aside: read.aside };
    },
    {
      remember: (entry: Parameters<Settle>[0], recent: Recent) =>
        recent.remember(entry.seq, parse(entry, sha256).messages),
    },
  );
}
