/** The alerts as they stand: the rules in their file, and what the workers last found. Pure. */
import { type AlertsNote, NO_RULES, readAlertRules } from "@verbatim/core";
import type { AlertsAnswer, AlertsState } from "./contract.ts";

/** The text of the rules (null where there are none) and what the workers keep of them. */
export type AlertFiles = { readonly rules: string | null; readonly note: AlertsNote };

/** Every rule, and whether it holds now. */
export function alertsOf({ rules, note }: AlertFiles): AlertsAnswer {
  const read = rules === null ? NO_RULES : readAlertRules(rules);
  const data = read.rules.map(({ name, metric, above, below, hours, webhook }) => {
    const firing = Object.hasOwn(note.firing, name) ? note.firing[name] : undefined;
    return {
      name,
      metric,
      above: above ?? null,
      below: below ?? null,
      hours,
      webhook: webhook !== undefined,
      firing: firing !== undefined,
      value: firing?.value ?? null,
      since: firing?.since ?? null,
    };
  });
  return { checked_at: note.checked_at, problem: read.problem, data };
}

/** What the status says of them. */
export function alertsState(files: AlertFiles): AlertsState {
  const { data, problem } = alertsOf(files);
  return { firing: data.filter((one) => one.firing).map(({ name }) => name), problem };
}
