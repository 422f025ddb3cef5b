/**
 * The rules of alerts, as somebody writes them into a file:
 *
 *   { "rules": [
 *     { "name": "tools-failing", "metric": "tools.error_share", "above": 0.2, "hours": 6,
 *       "webhook": { "url": "https://example.org/hook", "secret_env": "HOOK_SECRET" } } ] }
 *
 *   N8  A broken rule loses only itself: the others are looked at, and what is
 *       wrong is said of it by its name, or by its place where it has none.
 */
import { z } from "zod";
import { jsonFault } from "../enrich/json-fault.ts";
import { no, type Result, yes } from "../result.ts";
import { metricFault } from "./alert-metrics.ts";

export type AlertRule = {
  readonly name: string;
  /** Path of a number in the report: "open.blocked", "tools.error_share". */
  readonly metric: string;
  /** Crossed beyond one of them, not at it. */
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** The number is that of so many hours up to now. */
  readonly hours: number;
  readonly webhook?: AlertWebhook | undefined;
};

export type AlertWebhook = {
  readonly url: string;
  /** Environment variable that holds the secret its requests are signed with. */
  readonly secret_env: string;
};

const RULES_MAX = 100;
const HOURS_STANDARD = 24;
/** A year; a report of more is no alarm. */
const HOURS_MAX = 8784;
const FAULTS_MAX = 10;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const webhook: z.ZodType<AlertWebhook> = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: "must be an address that begins with http:// or https://" })
    .max(2000),
  secret_env: z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
      "must be the name of an environment variable, not the secret",
    ),
});
const rule: z.ZodType<AlertRule> = z
  .strictObject({
    name: z.string().regex(NAME, "must be letters, digits, _ and -, at most 64"),
    metric: z.string().max(300),
    above: z.number().optional(),
    below: z.number().optional(),
    hours: z.int().min(1).max(HOURS_MAX).default(HOURS_STANDARD),
    webhook: webhook.optional(),
  })
  .superRefine(({ metric, above, below }, found) => {
    const fault = metricFault(metric);
    if (fault !== null) found.addIssue({ code: "custom", path: ["metric"], message: fault });
    if (above === undefined && below === undefined)
      found.addIssue({ code: "custom", message: 'needs "above" or "below"' });
    if (above !== undefined && below !== undefined && above <= below)
      found.addIssue({
        code: "custom",
        message: '"above" must be more than "below", or it is always crossed',
      });
  });
const schema = z.strictObject({ rules: z.array(z.unknown()).max(RULES_MAX) });

/** Rules as they were read. */
export type AlertRules = {
  /** Those that can be looked at. */
  readonly rules: readonly AlertRule[];
  /** What is wrong with the others, or with the file; null when nothing is. */
  readonly problem: string | null;
  /** The names of the others, as far as they have one; "all" where the file itself cannot be read. */
  readonly broken: readonly string[] | "all";
};

/** Nothing is asked for. */
export const NO_RULES: AlertRules = { rules: [], problem: null, broken: [] };

/** Rules as somebody wrote them. A broken one loses only itself, and what is wrong with it names it. (N8) */
export function readAlertRules(text: string): AlertRules {
  const file = rulesIn(text);
  if (!file.ok) return { rules: [], problem: file.why, broken: "all" };
  const names = new Set<string>();
  const read = file.value.map((one, at) => readRule(one, at, names));
  const faults = read.map(({ fault }) => fault).filter((one) => one !== null);
  const rules = read.map(({ rule }) => rule).filter((one) => one !== null);
  const held = new Set(rules.map(({ name }) => name));
  return {
    rules,
    problem: faults.length === 0 ? null : shortened(faults),
    broken: [...names].filter((name) => !held.has(name)),
  };
}

type ReadRule = { readonly rule: AlertRule | null; readonly fault: string | null };

/** One rule; `names` are those of the rules before it. */
function readRule(one: unknown, at: number, names: Set<string>): ReadRule {
  const name = nameIn(one);
  const read = rule.safeParse(one, { error: inWords });
  const faults = read.success ? [] : read.error.issues.map(faultText);
  if (name !== null && names.has(name)) faults.push("another rule has the same name");
  if (name !== null) names.add(name);
  if (read.success && faults.length === 0) return { rule: read.data, fault: null };
  const which = name === null ? `rule ${at + 1}` : `rule "${name}"`;
  return { rule: null, fault: `${which}: ${faults.join(", ")}` };
}

function rulesIn(text: string): Result<readonly unknown[]> {
  // Some editors begin a file with a byte order mark.
  const json = text.replace(/^\ufeff/, "");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return no(`${jsonFault(json)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = schema.safeParse(value, { error: inWords });
  if (read.success) return yes(read.data.rules);
  const why = shortened(read.error.issues.map(faultText));
  return no(`the file must be { "rules": [ … ] }: ${why}`);
}

/** What a rule calls itself, if that can be shown. */
function nameIn(one: unknown): string | null {
  if (typeof one !== "object" || one === null || !("name" in one)) return null;
  return typeof one.name === "string" && NAME.test(one.name) ? one.name : null;
}

function faultText({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `"${path.join(".")}" ${message}`;
}

/** The commonest mistakes as a person would say them; the library's own words for the rest. */
const inWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type")
    return issue.input === undefined ? "is missing" : `must be of kind ${issue.expected}`;
  if (issue.code === "unrecognized_keys") return `has unknown parts: ${issue.keys.join(", ")}`;
  return undefined;
};

function shortened(faults: readonly string[]): string {
  const more = faults.length > FAULTS_MAX ? [`and ${faults.length - FAULTS_MAX} more`] : [];
  return [...faults.slice(0, FAULTS_MAX), ...more].join("; ");
}
