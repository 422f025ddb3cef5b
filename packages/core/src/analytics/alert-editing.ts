/**
 * Changing one rule in a file of rules. The others stay as they were written,
 * also those that are broken; the webhook of the rule itself stays, too.
 *
 *   A34  Writing or removing a rule changes no other, and no webhook.
 */
import { no, type Result, yes } from "../result.ts";
import { readAlertRules } from "./alert-rules.ts";

/** A rule as it is said, without its webhook. */
export type AlertRuleAsk = {
  readonly metric: string;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly hours?: number | undefined;
};

/** The file's text with this rule in it, or why it cannot be. */
export function withRule(
  text: string | null,
  name: string,
  { metric, above, below, hours }: AlertRuleAsk,
): Result<string> {
  const read = rulesIn(text);
  if (!read.ok) return read;
  const before = read.value.find((one) => nameOf(one) === name);
  const rule = {
    ...{ name, metric, above, below, hours },
    ...(before !== undefined && "webhook" in before ? { webhook: before.webhook } : {}),
  };
  const alone = readAlertRules(textOf([rule]));
  if (alone.problem !== null) return no(alone.problem);
  const others = read.value.filter((one) => one !== before);
  const at = before === undefined ? others.length : read.value.indexOf(before);
  const next = textOf(others.toSpliced(at, 0, rule));
  const { rules, problem } = readAlertRules(next);
  return rules.some((one) => one.name === name) ? yes(next) : no(problem ?? "it was not taken");
}

/** The file's text without this rule; null when there is none of this name. */
export function withoutRule(text: string | null, name: string): Result<string | null> {
  const read = rulesIn(text);
  if (!read.ok) return read;
  const others = read.value.filter((one) => nameOf(one) !== name);
  return yes(others.length === read.value.length ? null : textOf(others));
}

function rulesIn(text: string | null): Result<readonly object[]> {
  if (text === null) return yes([]);
  const { broken, problem } = readAlertRules(text);
  if (broken === "all") return no(problem ?? "the file cannot be read");
  const { rules } = JSON.parse(text.replace(/^\ufeff/, "")) as {
    readonly rules: readonly object[];
  };
  return yes(rules);
}

function nameOf(rule: unknown): unknown {
  return typeof rule === "object" && rule !== null && "name" in rule ? rule.name : undefined;
}

function textOf(rules: readonly unknown[]): string {
  return `${JSON.stringify({ rules }, null, 2)}\n`;
}
