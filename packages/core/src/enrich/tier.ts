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
export function tierOf(judged: Judged | null): Tier {
  if (judged === null) return { ace_tier: "unclassified", decided: UNDECIDED };
  const shares = judged.sure.slice(0, TIERS.length);
  const label = shares.indexOf(Math.max(...shares));
  const confidence = Math.round((shares[label] ?? 0) * 100) / 100;
  return {
    ace_tier: TIERS[label] ?? "unclassified",
    decided: { matched: judged.matched(label), confidence },
  };
}
