/**
 * Which recorded files are older than their source or folder may be kept.
 *
 *     "sources": { "claude-code": { "forget_after_days": 365 },
 *                  "claude-code/-home-ada-diary": { "forget_after_days": 30 },
 *                  "claude-code/-home-ada-work": { "forget_after_days": null } }
 *
 *   V32  The nearest rule counts: a folder's own before its source's. What no
 *        rule names is kept for ever.
 *
 * Pure: files and a clock in, files out.
 */
import type { RecordedFile } from "../forget/aged.ts";
import { msOf } from "../message/time.ts";

/** How long what is heard from a source, or of one of its folders, is kept. */
export type SourceRule = { readonly forget_after_days: number | null };
export type SourceRules = Readonly<Record<string, SourceRule>>;

/** A file that is to be forgotten. */
export type AgedFile = RecordedFile & { readonly after_days: number; readonly age_days: number };

const DAY_MS = 86_400_000;

/** Files of which nothing was said for longer than their rule says, the oldest first. (V32) */
export function agedFiles(
  files: readonly RecordedFile[],
  rules: SourceRules,
  nowMs: number,
): readonly AgedFile[] {
  return files
    .flatMap((file) => {
      const after = daysFor(file, rules);
      const age = (nowMs - msOf(file.newest_at)) / DAY_MS;
      if (after === null || !(age >= after)) return [];
      return [{ ...file, after_days: after, age_days: Math.floor(Math.max(0, age)) }];
    })
    .toSorted((a, b) => b.age_days - a.age_days || (a.path < b.path ? -1 : 1));
}

function daysFor({ source, path }: RecordedFile, rules: SourceRules): number | null {
  const parts = `${source}/${path}`.split("/");
  for (let count = parts.length; count > 0; count -= 1) {
    const rule = rules[parts.slice(0, count).join("/")];
    if (rule !== undefined) return rule.forget_after_days;
  }
  return null;
}
