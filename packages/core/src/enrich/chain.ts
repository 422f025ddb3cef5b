/** Which of ten domains a text is about, by whole words and phrases; "unclassified" is an answer. */
import type { Decided } from "../message/message.ts";
import { matchesIn, type Terms, termsOf } from "./terms.ts";

const DOMAINS: Terms = termsOf({
  photo_capture:
    "photo*2, photograph*2, camera*2, image capture*3, lens, exposure, snapshot photo, scan photo*2, photogrammetry*3",
  reconstruction:
    "nerf*3, gaussian splat*3, gaussian splatting*3, mesh*2, point cloud*3, 3d model*3, reconstruction*2, photogrammetry*2, structure from motion*3",
  quality_assessment:
    "quality*2, f1 score*3, accuracy*2, artifact, precision, recall, review quality*3, quality gate*3, lint",
  unity_integration: "unity*3, gameobject*3, prefab*3, shader*2, lod*2, asset bundle*2",
  token_optimization:
    "token*2, context window*3, token budget*3, prompt cache*3, cost*2, optimization, efficiency, compaction*2",
  system_architecture:
    "architecture*3, design decision*3, framework, design pattern*2, microservice*2, module boundary*2, interface contract*2, strategy, component",
  agent_collaboration:
    "agent*2, subagent*3, collaboration*2, coordination*2, handshake*2, handoff*2, orchestration*2",
  data_management:
    "database*2, storage*2, persistence*2, cache, migration*2, schema*2, index, backup*2, postgres*2, redis*2, sqlite*2, journal",
  ui_ux:
    "user interface*3, ui*2, ux*2, button*2, layout, css*2, dashboard*2, frontend*2, screen, page layout*2, accessibility*2",
  testing_validation:
    "test*2, unit test*3, validation*2, qa*2, benchmark*2, assertion*2, regression*2, coverage*2, fixture",
});

/** A single weak word is not enough to say what a text is about. */
const SCORE_MIN = 2;

export function chainOf(stems: readonly string[]): {
  readonly chain_type: string;
  readonly decided: Decided;
} {
  const scores = new Map<string, { score: number; words: Set<string> }>();
  for (const { term } of matchesIn(stems, DOMAINS)) {
    const known = scores.get(term.label) ?? { score: 0, words: new Set<string>() };
    // A word said again adds less each time: a log line is not about what it repeats.
    known.score += known.words.has(term.text) ? term.weight / 4 : term.weight;
    known.words.add(term.text);
    scores.set(term.label, known);
  }
  const ranked = [...scores].toSorted(([, a], [, b]) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined || best[1].score < SCORE_MIN) {
    return { chain_type: "unclassified", decided: { matched: [], confidence: 0 } };
  }
  const total = ranked.reduce((sum, [, { score }]) => sum + score, 0);
  return {
    chain_type: best[0],
    decided: { matched: [...best[1].words], confidence: round(best[1].score / (total + 1)) },
  };
}

/** Two decimals are all the certainty there is. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
