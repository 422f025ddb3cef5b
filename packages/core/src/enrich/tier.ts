/**
 * The tier of a text, as the model (model.ts) judges it: A decides for weeks
 * over several components, C weighs viewpoints, E delivers, asks for or reports
 * on one piece of work; "unclassified" for greetings, logs, questions for a fact.
 */
import type { Decided, Enrichment } from "../message/message.ts";
import { UNDECIDED } from "./evidence.ts";
import { type Judged, TIERS } from "./model.ts";

/** An architect's word weighs: so much more speaks for A. */
export const ARCHITECT_SAYS = 3;

type Tier = { readonly ace_tier: Enrichment["ace_tier"]; readonly decided: Decided };

/** The likeliest tier, sure as its share. What is printed by a program has none: `judged` is null. */
export function tierOf(judged: readonly Judged[] | null): Tier {
  let best: Tier = { ace_tier: "unclassified", decided: UNDECIDED };
  let most = 0;
  for (const [at, ace_tier] of TIERS.entries()) {
    const { sure = 0, matched = [] } = judged?.[at] ?? {};
    if (sure <= most) continue;
    most = sure;
    best = { ace_tier, decided: { matched, confidence: Math.round(sure * 100) / 100 } };
  }
  return best;
}
