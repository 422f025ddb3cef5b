/** Everything worked out about one message. Pure: the same text, the same answer. */
import type { Enrichment, Message } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import { chainOf } from "./chain.ts";
import { withGiven } from "./given.ts";
import { keywordsOf } from "./keywords.ts";
import { tagsOf } from "./tags.ts";
import { tierOf } from "./tier.ts";
import { stemOf, wordCountOf, wordsOf } from "./words.ts";

/** The enrichment of a message; bookkeeping records are counted and hashed, not classified. */
export function enrich(message: Message, sha256: Sha256): Enrichment {
  const { text } = message;
  const counts = {
    content_hash: sha256(text),
    word_count: wordCountOf(text),
    char_count: text.length,
  };
  if (message.kind === "record" || text === "")
    return withGiven({ ...UNCLASSIFIED, ...counts }, message.meta["given"]);
  const words = wordsOf(text);
  const stems = words.plain.map(stemOf);
  const chain = chainOf(stems);
  const tier = tierOf(stems);
  const tags = tagsOf(text, stems, chain.chain_type);
  const worked = {
    chain_type: chain.chain_type,
    ace_tier: tier.ace_tier,
    shl_tags: Object.keys(tags),
    keywords: keywordsOf(words),
    ...counts,
    explain: { chain_type: chain.decided, ace_tier: tier.decided, shl_tags: tags },
  };
  return withGiven(worked, message.meta["given"]);
}

const UNDECIDED = { matched: [], confidence: 0 } as const;
const UNCLASSIFIED = {
  chain_type: "unclassified",
  ace_tier: "unclassified",
  shl_tags: [],
  keywords: [],
  explain: { chain_type: UNDECIDED, ace_tier: UNDECIDED, shl_tags: {} },
} as const;
