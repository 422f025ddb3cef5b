/**
 * What the source itself says of a message: its domain, its tier, its tags.
 * Somebody who was there decided it, so it stands before anything worked out
 * from words; `explain` says that it was given.
 */
import type { Enrichment } from "../message/message.ts";
import { fieldsOf } from "../sources/json.ts";

const GIVEN = { matched: ["given by the source"], confidence: 1 } as const;

/** The enrichment with what was given in its place; fields that are not what they should be are passed over. */
export function withGiven(worked: Enrichment, given: unknown): Enrichment {
  const fields = fieldsOf(given);
  if (fields === null) return worked;
  const { chain_type, ace_tier, shl_tags } = fields;
  const chain = typeof chain_type === "string" && chain_type !== "" ? chain_type : null;
  const tier = ace_tier === "A" || ace_tier === "C" || ace_tier === "E" ? ace_tier : null;
  const tags = textsIn(shl_tags);
  const own = chain === null ? worked.shl_tags : worked.shl_tags.filter((tag) => !isChain(tag));
  const named = chain === null ? [] : [`@Chain-${chain}`];
  const all = new Set([...named, ...tags.filter((tag) => chain === null || !isChain(tag)), ...own]);
  return {
    ...worked,
    chain_type: chain ?? worked.chain_type,
    ace_tier: tier ?? worked.ace_tier,
    shl_tags: [...all],
    explain: {
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

function isChain(tag: string): boolean {
  return tag.startsWith("@Chain-");
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}
