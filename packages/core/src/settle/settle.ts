/**
 * Entry in, answer out: parse, then enrich. What every consumer of the journal
 * does with it, and the reason why all of them agree.
 *
 *   P3  The same entry settles to the same answer, always and everywhere.
 */
import { enrich } from "../enrich/enrich.ts";
import { parse } from "../sources/parse.ts";
import type { Settle, Sha256 } from "./port.ts";

/** The settling function, given the platform's sha-256. */
export function makeSettle(platform: { readonly sha256: Sha256 }): Settle {
  const { sha256 } = platform;
  return (entry) => {
    const read = parse(entry, sha256);
    const messages = read.messages.map((message) => ({
      ...message,
      enrichment: enrich(message, sha256),
    }));
    return { entry, messages, aside: read.aside };
  };
}
