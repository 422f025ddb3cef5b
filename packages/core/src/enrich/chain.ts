/** Which domain of a taxonomy a text is about; "unclassified" is an answer. */
import type { Decided } from "../message/message.ts";
import { confidenceOf, type Evidence, type Found, UNDECIDED } from "./evidence.ts";
import type { Reading } from "./reader.ts";
import { ELSEWHERE } from "./taxonomy.ts";

/** One weak word is not enough to say what a text is about. */
const SCORE_MIN = 1.5;
/** Of what the messages before were about, so much holds still. */
const BEFORE_SAYS = 0.35;

export type Chain = { readonly chain_type: string; readonly decided: Decided };

/** The domain most speaks for. `before` is what spoke in the messages before it, newest first. */
export function chainOf(reading: Reading, found: Found, before: readonly Found[]): Chain {
  const all = new Map(
    [...found.chain].map(([label, { score, matched }]) => [
      label,
      { score, matched: [...matched] },
    ]),
  );
  addPaths(all, reading);
  if (strongest(all) < SCORE_MIN || reading.senses.length < 4) addBefore(all, before);
  const ranked = [...all]
    .filter(([, { score }]) => score > 0)
    .toSorted(([, a], [, b]) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined || best[1].score < SCORE_MIN || best[0] === ELSEWHERE)
    return { chain_type: ELSEWHERE, decided: UNDECIDED };
  const total = ranked.reduce((sum, [, { score }]) => sum + score, 0);
  return {
    chain_type: best[0],
    decided: { matched: best[1].matched, confidence: confidenceOf(best[1].score, total) },
  };
}

function strongest(all: ReadonlyMap<string, Evidence>): number {
  return Math.max(0, ...[...all.values()].map(({ score }) => score));
}

function addPaths(all: Map<string, Evidence>, reading: Reading): void {
  for (const word of reading.paths) {
    for (const { label, text, weight } of word.paths) add(all, label, weight, text);
  }
}

function addBefore(all: Map<string, Evidence>, before: readonly Found[]): void {
  for (const [back, found] of before.entries()) {
    for (const [label, { score, matched }] of found.chain)
      add(all, label, (score * BEFORE_SAYS) / (back + 1), `before: ${matched[0] ?? label}`);
  }
}

function add(all: Map<string, Evidence>, label: string, score: number, text: string): void {
  const evidence = all.get(label) ?? { score: 0, matched: [] };
  evidence.score += score;
  if (!evidence.matched.includes(text)) evidence.matched.push(text);
  all.set(label, evidence);
}
