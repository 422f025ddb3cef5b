/**
 * The enrichment of the recorders before this one, written anew from what they
 * did: what ours is measured against. Substrings for domains and tiers, whole
 * words for tags, no stems, no negation, no "none of these".
 */

/** What both rule sets answer. */
export type Labels = {
  readonly chain_type: string;
  readonly ace_tier: string;
  readonly shl_tags: readonly string[];
};

const CHAINS: readonly (readonly [string, readonly string[]])[] = [
  ["photo_capture", ["photo", "image", "camera", "capture", "upload", "scan"]],
  ["reconstruction", ["nerf", "gaussian", "mesh", "3d model", "reconstruction", "training"]],
  ["quality_assessment", ["quality", "f1 score", "artifacts", "accuracy", "validation"]],
  ["unity_integration", ["unity", "gameobject", "import", "export", "lod", "material"]],
  ["token_optimization", ["token", "cost", "optimization", "efficiency", "budget"]],
  ["system_architecture", ["architecture", "design", "framework", "pattern", "strategy"]],
  ["agent_collaboration", ["agent", "collaboration", "coordination", "handshake", "sync"]],
  ["data_management", ["database", "storage", "persistence", "cache", "index"]],
  ["ui_ux", ["ui", "ux", "interface", "user", "display", "interaction"]],
  ["testing_validation", ["test", "validation", "qa", "benchmark", "metrics"]],
];
const TIER_A = ["architecture", "design decision", "framework", "strategy", "long-term"];
const TIER_C = ["should we", "what do you think", "consensus", "review needed"];
const TAGS: readonly (readonly [string, RegExp])[] = [
  ["@Status-Ready", /\b(?:ready|complete|done|finished|approved)\b/],
  ["@Status-Blocked", /\b(?:blocked|waiting|issue|problem|error)\b/],
  ["@Decision-Made", /\b(?:decided|approved|finalized|confirmed)\b/],
  ["@Question-Open", /\?|how should|which|what if/],
  ["@Action-Required", /\b(?:todo|fixme|implement|build|create)\b/],
];

/** What the old recorders would have said of a text by somebody with this role. */
export function oldLabels(text: string, role: string): Labels {
  const low = text.toLowerCase();
  const counts = CHAINS.map(([name, words]) => ({ name, count: hits(low, words) }));
  const best = counts.reduce((top, one) => (one.count > top.count ? one : top));
  return {
    chain_type: best.count === 0 ? "system_architecture" : best.name,
    ace_tier: tierOf(low, role),
    shl_tags: TAGS.filter(([, sign]) => sign.test(low)).map(([tag]) => tag),
  };
}

function tierOf(low: string, role: string): string {
  if (role.toLowerCase().includes("architect") || hits(low, TIER_A) > 0) return "A";
  return hits(low, TIER_C) > 0 ? "C" : "E";
}

function hits(text: string, words: readonly string[]): number {
  return words.filter((word) => text.includes(word)).length;
}
