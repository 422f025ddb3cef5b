/**
 * What the workers keep of the alerts, in a file under home: which hold, what is
 * still to be told, and what is wrong with the rules. The API shows it.
 */
import { z } from "zod";
import type { AlertEvent, AlertState } from "../analytics/alerts.ts";

export type AlertsNote = {
  /** When the rules were last looked at; null when they never were. */
  readonly checked_at: string | null;
  /** What is wrong with the rules, or null. */
  readonly problem: string | null;
  readonly firing: AlertState;
  /** Secrets of webhooks that are not set where the workers run, which is where they are needed. */
  readonly unset: readonly string[];
  /** What is to be told, and is not in the queue yet. */
  readonly pending: readonly AlertEvent[];
};

/** Before anything was looked at. */
export const NO_ALERTS: AlertsNote = {
  checked_at: null,
  problem: null,
  firing: {},
  unset: [],
  pending: [],
};

const since = z.string();
const value = z.number();
const event: z.ZodType<AlertEvent> = z.object({
  id: z.string(),
  type: z.enum(["alert.fired", "alert.ended"]),
  at: z.string(),
  rule: z.object({
    name: z.string(),
    metric: z.string(),
    above: z.number().optional(),
    below: z.number().optional(),
    hours: z.number(),
    webhook: z.object({ url: z.string(), secret_env: z.string() }).optional(),
  }),
  value,
  since,
  says: z.string(),
});
const noteSchema: z.ZodType<AlertsNote> = z.object({
  checked_at: z.string().nullable(),
  problem: z.string().nullable(),
  firing: z.record(z.string(), z.object({ since, value })).readonly(),
  unset: z.array(z.string()).readonly().default([]),
  pending: z.array(event).readonly(),
});

/** What the file says; nothing when it is not there or not ours. */
export function alertsNoteOf(text: string): AlertsNote {
  try {
    return noteSchema.safeParse(JSON.parse(text)).data ?? NO_ALERTS;
  } catch {
    return NO_ALERTS;
  }
}
