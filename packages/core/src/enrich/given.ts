/**
 * What the source itself says of a message: its domain, its tier, its tags.
 * Somebody who was there decided it, so it stands before anything worked out
 * from words; `explain` says that it was given.
 */
import type { Enrichment } from "../message/message.ts";
import { fieldsOf } from "../sources/json.ts";

const CHAIN = "@Chain-";
const GIVEN = { matched: ["given by the source"], confidence: 1 } as const;

/** The enrichment with what was given in its place; fields that are not what they should be are passed over. */
export function withGiven(worked: Enrichment, given: unknown): Enrichment {
  const fields = fieldsOf(given);
  if (fields === null) return worked;
  const { chain_type, ace_tier, shl_tags } = fields;
  const tags = textsIn(shl_tags);
  const chain =
    typeof chain_type === "string" && chain_type !== "" ? chain_type : taggedChain(tags);
  const tier = ace_tier === "A" || ace_tier === "C" || ace_tier === "E" ? ace_tier : null;
  const own = chain === null ? worked.shl_tags : worked.shl_tags.filter((tag) => !isChain(tag));
  const named = chain === null || chain === "unclassified" ? [] : [`@Chain-${chain}`];
  const all = new Set([...named, ...tags.filter((tag) => !isChain(tag)), ...own]);
  return {
    ...worked,
    chain_type: chain ?? worked.chain_type,
    ace_tier: tier ?? worked.ace_tier,
    shl_tags: [...all],
    explain: {
      ...worked.explain,
      chain_type: chain === null ? worked.explain.chain_type : GIVEN,
      ace_tier: tier === null ? worked.explain.ace_tier : GIVEN,
      shl_tags: {
        ...Object.fromEntries([...tags, ...named].map((tag) => [tag, GIVEN.matched])),
        ...Object.fromEntries(
          Object.entries(worked.explain.shl_tags).filter(([tag]) => all.has(tag)),
        ),
      },
    },
  };
}

/** The domain a tag of the source names. */
function taggedChain(tags: readonly string[]): string | null {
  return tags.find((tag) => isChain(tag) && tag !== CHAIN)?.slice(CHAIN.length) ?? null;
}

function isChain(tag: string): boolean {
  return tag.startsWith(CHAIN);
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}
