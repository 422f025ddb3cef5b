/**
 * Tags of a text: its status, decisions, questions, actions, and its domain;
 * each with the words that earned it. "not done" is not done, "no error" is no
 * error.
 */
import { matchesIn, type Terms, termsOf } from "./terms.ts";
import { stemOf } from "./words.ts";

const SIGNS: Terms = termsOf({
  "@Status-Ready": "ready, complete, done, finished, approved, works now, all green",
  "@Status-Blocked": "blocked, waiting on, stuck, cannot proceed, error, failing, fails",
  "@Decision-Made": "decided, approved, finalized, confirmed, we will use, agreed",
  "@Action-Required": "todo, fixme, implement, please build, please create, must fix, needs to be",
});

const NEGATIONS: ReadonlySet<string> = new Set(
  [
    "not",
    "no",
    "never",
    "without",
    "n't",
    "isn",
    "wasn",
    "aren",
    "don",
    "didn",
    "hasn",
    "haven",
    "won",
  ].map(stemOf),
);
/** How far before a word its negation may stand: "not yet quite done". */
const NEGATION_REACH = 3;

export function tagsOf(
  text: string,
  stems: readonly string[],
  chain: string,
): Readonly<Record<string, readonly string[]>> {
  const tags: Record<string, string[]> = {};
  for (const { term, at } of matchesIn(stems, SIGNS)) {
    const before = stems.slice(Math.max(0, at - NEGATION_REACH), at);
    if (before.some((stem) => NEGATIONS.has(stem))) continue;
    const words = tags[term.label] ?? [];
    if (!words.includes(term.text)) words.push(term.text);
    tags[term.label] = words;
  }
  if (/\?(?:\s|$)/.test(text)) tags["@Question-Open"] = ["?"];
  if (chain !== "unclassified") tags[`@Chain-${chain}`] = [chain];
  return tags;
}
