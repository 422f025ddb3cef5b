/**
 * The tier of a text: A decides for weeks over several components, C weighs
 * viewpoints, E delivers something; "unclassified" when nothing says so.
 */
import type { Decided, Enrichment } from "../message/message.ts";
import { round } from "./chain.ts";
import { matchesIn, type Terms, termsOf } from "./terms.ts";

const SIGNS: Terms = termsOf({
  A: "architecture*2, design decision*3, long term*2, strategy*2, roadmap*2, we will adopt*2, trade off, replace the whole*2, standardise on*2, deprecate",
  C: "should we*3, what do you think*3, consensus*3, i disagree*3, i agree*2, alternatively*2, on the other hand*3, your opinion*3, thoughts*2, propose*2, let us discuss*3, pros and cons*3, suggestion",
  E: "implement*2, fix*2, done*2, add the*2, deliver*2, commit*2, merged*2, test pass*2, create*2, write the*2, update*2, run*1, deploy*2, refactor*2, build",
});

type Tier = Enrichment["ace_tier"];

export function tierOf(stems: readonly string[]): {
  readonly ace_tier: Tier;
  readonly decided: Decided;
} {
  const score = { A: 0, C: 0, E: 0 };
  const words = new Map<string, Set<string>>([
    ["A", new Set()],
    ["C", new Set()],
    ["E", new Set()],
  ]);
  for (const { term } of matchesIn(stems, SIGNS)) {
    if (words.get(term.label)?.has(term.text) === true) continue;
    words.get(term.label)?.add(term.text);
    if (term.label === "A" || term.label === "C" || term.label === "E")
      score[term.label] += term.weight;
  }
  // Ties as the definitions say: A over C when it decides, E over C when it delivers.
  const order: readonly ("A" | "E" | "C")[] = ["A", "E", "C"];
  const best = order.reduce((top, tier) => (score[tier] > score[top] ? tier : top), "A");
  if (score[best] < 2) return { ace_tier: "unclassified", decided: { matched: [], confidence: 0 } };
  const total = score.A + score.C + score.E;
  return {
    ace_tier: best,
    decided: {
      matched: [...(words.get(best) ?? [])],
      confidence: round(score[best] / (total + 1)),
    },
  };
}
