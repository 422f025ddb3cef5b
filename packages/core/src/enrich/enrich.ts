/** The enrichment of messages by the standard taxonomy. */
import { type Enricher, enricherOf } from "./enricher.ts";
import { STANDARD_TAXONOMY } from "./taxonomy.ts";

/** Made when it is first needed: most commands enrich nothing, and start at once. */
let standard: Enricher | null = null;

/** Everything worked out about one message; bookkeeping records are counted and hashed, not classified. */
export const enrich: Enricher = (message, sha256, before) => {
  standard ??= enricherOf(STANDARD_TAXONOMY);
  return standard(message, sha256, before);
};
