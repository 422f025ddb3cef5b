/**
 * How long what is not recorded yet stays: some programs delete their transcripts
 * by the age of the file. Claude Code does so at its start, after
 * `cleanupPeriodDays` of its settings, 30 where nothing is said.
 */
import { fieldsOf } from "../sources/json.ts";

/** What of a folder is in no journal yet; of several files the one that was written longest ago. */
export type Uncaptured = {
  readonly files: number;
  readonly oldest: string;
  /** Days until its program may delete it, 0 when it may now; null where programs delete nothing. */
  readonly days_left: number | null;
};

type Watched = { readonly source: string; readonly path: string };
type Lying = {
  readonly seen: { readonly path: string; readonly mtimeMs: number };
  readonly behind: number;
};

const CLAUDE_CODE_DAYS = 30;
const DAY_MS: number = 24 * 3600 * 1000;

/** Where it is said how long files of a folder are kept; null where nobody deletes any. */
export function keepingSettings({ source, path }: Watched): string | null {
  const isClaudeCode =
    source === "claude-code" || (source === "auto" && path.endsWith("/.claude/projects"));
  return isClaudeCode ? `${path.slice(0, path.lastIndexOf("/"))}/settings.json` : null;
}

/** The days that settings say, or those that hold where they say none that can be read. */
export function keptDays(settings: string | null): number {
  try {
    const said = fieldsOf(JSON.parse(settings ?? "{}"))?.["cleanupPeriodDays"];
    return typeof said === "number" && said >= 0 ? said : CLAUDE_CODE_DAYS;
  } catch {
    return CLAUDE_CODE_DAYS;
  }
}

/** Null when everything is recorded. */
export function uncapturedOf(
  files: Iterable<Lying>,
  { days, now }: { readonly days: number | null; readonly now: number },
): Uncaptured | null {
  let oldest: Lying["seen"] | null = null;
  let count = 0;
  for (const { seen, behind } of files) {
    if (behind === 0) continue;
    count += 1;
    if (oldest === null || seen.mtimeMs < oldest.mtimeMs) oldest = seen;
  }
  if (oldest === null) return null;
  const age = Math.max(0, now - oldest.mtimeMs) / DAY_MS;
  return {
    files: count,
    oldest: oldest.path,
    days_left: days === null ? null : Math.max(0, Math.floor(days - age)),
  };
}
