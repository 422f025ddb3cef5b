/**
 * What is kept how long, as somebody writes it into `retention.json`:
 *
 *   { "compress_segments_after_days": 1, "compress_checkpoints_after_days": 30,
 *     "remove_reports_after_days": null, "remove_exports_after_days": 365,
 *     "sessions_hot_days": 7, "sources": { "claude-code": { "forget_after_days": 365 } } }
 *
 * What is left out is as in STANDARD; null is never. Nothing that only exists
 * once is ever removed: reports and exports are made from the rest again, and a
 * dropped segment's bytes are in checkpoints.
 *
 * The exception is what a person says is to be forgotten: that is erased, with
 * a receipt (forget/).
 *
 *   V2  A file with a mistake in it asks for nothing: it is said what is wrong
 *       with it, and nothing is touched.
 */
import { z } from "zod";
import { jsonFault } from "../enrich/json-fault.ts";
import { VerbatimError } from "../errors.ts";
import { FILE_SOURCES } from "../follow/cursors.ts";
import { TTL_DAYS } from "../sessions/state.ts";
import type { SourceRule, SourceRules } from "./aged.ts";

/** Days after which something is done; null is never. */
export type RetentionPolicy = {
  /** After a segment was sealed. */
  readonly compress_segments_after_days: number | null;
  /** After a segment was sealed: its bytes go, where checkpoints hold them and Postgres was read back. */
  readonly drop_journal_after_days: number | null;
  /** After a checkpoint was made. */
  readonly compress_checkpoints_after_days: number | null;
  readonly remove_reports_after_days: number | null;
  readonly remove_exports_after_days: number | null;
  /** After a session was last touched it leaves Redis, unless it says otherwise itself. */
  readonly sessions_hot_days: number;
  /** Where sealed segments and checkpoints are copied to: a folder, or s3://bucket/prefix. */
  readonly copy_to: string | null;
  /** How long what is heard from a source or of one of its folders is kept (aged.ts). */
  readonly sources: SourceRules;
};

/** Without a file: what may be made small is made small, and nothing is removed. */
export const STANDARD_RETENTION: RetentionPolicy = {
  compress_segments_after_days: 1,
  drop_journal_after_days: null,
  compress_checkpoints_after_days: 30,
  remove_reports_after_days: null,
  remove_exports_after_days: null,
  sessions_hot_days: TTL_DAYS,
  copy_to: null,
  sources: {},
};

/** A hundred years. */
const DAYS_MAX = 36_500;
/** As long as one session may ask for itself. */
const HOT_DAYS_MAX = 3650;

const days = (standard: number | null): z.ZodType<number | null> =>
  z.number().min(0).max(DAYS_MAX).nullable().default(standard);
const COPY_TO = /^(s3:[/][/][a-z0-9][a-z0-9.-]{1,61}[a-z0-9]([/][^?#]*)?|[/].+)$/;
/** A source, or a folder of one: others would be a rule that nothing falls under. */
const sourceName = z.string().refine((name) => FILE_SOURCES.includes(name.split("/")[0] ?? ""));
const sourceRule: z.ZodType<SourceRule> = z.strictObject({
  forget_after_days: z.number().min(1).max(DAYS_MAX).nullable(),
});
const schema: z.ZodType<RetentionPolicy> = z.strictObject({
  compress_segments_after_days: days(STANDARD_RETENTION.compress_segments_after_days),
  drop_journal_after_days: days(STANDARD_RETENTION.drop_journal_after_days),
  compress_checkpoints_after_days: days(STANDARD_RETENTION.compress_checkpoints_after_days),
  remove_reports_after_days: days(STANDARD_RETENTION.remove_reports_after_days),
  remove_exports_after_days: days(STANDARD_RETENTION.remove_exports_after_days),
  sessions_hot_days: z
    .number()
    .int()
    .min(1)
    .max(HOT_DAYS_MAX)
    .default(STANDARD_RETENTION.sessions_hot_days),
  copy_to: z.string().regex(COPY_TO).nullable().default(STANDARD_RETENTION.copy_to),
  sources: z.record(sourceName, sourceRule).default({}),
});

/** The policy of a file, or the standard one where there is none; throws `config_invalid` for one with a mistake (V2). */
export function readRetention(text: string | null, path: string): RetentionPolicy {
  if (text === null) return STANDARD_RETENTION;
  const read = schema.safeParse(parsed(text, path), { error: inWords });
  if (read.success) return read.data;
  const why = read.error.issues.map((one) =>
    one.path.length === 0 ? one.message : `"${one.path.join(".")}" ${one.message}`,
  );
  throw broken(path, why.join(", "));
}

function parsed(text: string, path: string): unknown {
  // Some editors begin a file with a byte order mark.
  const json = text.replace(/^\ufeff/, "");
  try {
    return JSON.parse(json);
  } catch {
    throw broken(path, `${jsonFault(json)} is not JSON`);
  }
}

function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  const path = issue.path ?? [];
  const [field] = path;
  if (issue.code === "unrecognized_keys") {
    const known = path.length === 0 ? Object.keys(STANDARD_RETENTION) : ["forget_after_days"];
    const keys = issue.keys.map((key) => `"${key}"`).join(", ");
    return `knows no ${keys}; there are ${known.join(", ")}`;
  }
  if (field === undefined) return "must be an object: { … }";
  if (issue.code === "invalid_key" || (issue.code === "custom" && path.length < SOURCE_DEPTH))
    return `is no source or folder of one, like "claude-code" or "claude-code/-home-ada"; sources are ${FILE_SOURCES.join(", ")}`;
  return `must be ${rangeOf(String(field), path.length)}, and is ${shownValue(issue.input)}`;
}

/** "sources", a name, "forget_after_days". */
const SOURCE_DEPTH = 3;
const VALUE_CHARS_MAX = 60;

/** What a field may hold. */
function rangeOf(field: string, depth: number): string {
  if (field === "sessions_hot_days") return `whole days, 1 to ${HOT_DAYS_MAX}`;
  if (field === "copy_to") return "null (nowhere), an absolute folder, or s3://bucket/prefix";
  if (field !== "sources") return `null (never) or days, 0 to ${DAYS_MAX}`;
  if (depth === SOURCE_DEPTH) return `null (never) or days, 1 to ${DAYS_MAX}`;
  return depth === 1
    ? 'an object of sources: { "claude-code": { "forget_after_days": 365 } }'
    : 'an object: { "forget_after_days": 365 }';
}

function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

function broken(path: string, why: string): VerbatimError {
  return new VerbatimError(
    "config_invalid",
    `${path}: ${why}. Nothing was compressed or removed; mend the file, or move it away for the standard one (docs/retention.md)`,
    { facts: { file: path } },
  );
}
