/** The enrichment of messages by the standard taxonomy. */
import { type Enricher, enricherOf } from "./enricher.ts";
import { STANDARD_TAXONOMY } from "./taxonomy.ts";

/** Everything worked out about one message; bookkeeping records are counted and hashed, not classified. */
export const enrich: Enricher = enricherOf(STANDARD_TAXONOMY);
