/**
 * Tags of a text: its status, decisions, questions, actions, and its domain;
 * each with the words that earned it. Whether a status tag holds is judged by
 * the model (model.ts): "not done" is not done, "could you fix it?" asks for
 * work and not for an answer.
 *
 *   E3  @Chain-… is there exactly when chain_type names a domain, once, and
 *       names the same.
 *
 * Tags somebody wrote into the text stand beside what was worked out.
 */
import { type Judged, STATUS_TAGS, TIERS } from "./model.ts";
import type { Reading } from "./reader.ts";

/** From here on a tag is given: as likely as not. Who reads tags is misled more by a wrong one than by one that is missing. */
export const SURE_MIN = 0.5;

/** Tags in the order they are shown, each with the words that earned it. */
export type Tags = Readonly<Record<string, readonly string[]>>;

/** Hand-written tags first, the domain last. What is printed by a program earns none: `judged` is null. */
export function tagsOf(reading: Reading, judged: Judged | null, chain: string): Tags {
  const tags: Record<string, readonly string[]> = {};
  for (const tag of reading.tags) if (!tag.startsWith("@Chain-")) tags[tag] = ["written by hand"];
  for (const [at, tag] of STATUS_TAGS.entries()) {
    const label = TIERS.length + at;
    if (judged !== null && (judged.sure[label] ?? 0) >= SURE_MIN && tags[tag] === undefined)
      tags[tag] = judged.matched(label);
  }
  if (chain !== "unclassified") tags[`@Chain-${chain}`] = [chain];
  return tags;
}
