/**
 * The rules of alerts, as somebody writes them into a file:
 *
 *   { "rules": [
 *     { "name": "tools-failing", "metric": "tools.error_share", "above": 0.2, "hours": 6,
 *       "webhook": { "url": "https://example.org/hook", "secret_env": "HOOK_SECRET" } } ] }
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
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be letters, digits, _ and -, at most 64"),
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
const schema = z.strictObject({
  rules: z
    .array(rule)
    .max(RULES_MAX)
    .refine(
      (all) => new Set(all.map(({ name }) => name)).size === all.length,
      "two rules have the same name",
    ),
});

/** Rules as somebody wrote them, or what is wrong with them and where: "rules.0.metric: …". */
export function readAlertRules(text: string): Result<readonly AlertRule[]> {
  // Some editors begin a file with a byte order mark.
  const json = text.replace(/^\ufeff/, "");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return no(`${jsonFault(json)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = schema.safeParse(value);
  if (read.success) return yes(read.data.rules);
  const faults = read.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? "the rules" : path.join(".")}: ${message}`,
  );
  const more = faults.length > FAULTS_MAX ? [`and ${faults.length - FAULTS_MAX} more`] : [];
  return no([...faults.slice(0, FAULTS_MAX), ...more].join("; "));
}
