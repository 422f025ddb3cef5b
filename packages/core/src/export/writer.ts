/**
 * What every form of a transcript is: something that writes down steps as they
 * come, and knows what stands above and below once it has seen them all.
 */

import { fieldsOf, textOf } from "../sources/json.ts";
import { eventOf } from "../sources/session.ts";
import type { SessionFacts, Shown } from "./facts.ts";
import type { Step } from "./telling.ts";

export interface TranscriptWriter {
  head(facts: SessionFacts): string;
  step(step: Step): string;
  tail(facts: SessionFacts): string;
}

/** What happened between messages that a reader has to know of, or null. */
export function markOf(message: Shown): string | null {
  if (message.kind === "message") return null;
  if (message.meta["subtype"] === "compact_boundary") return compactedText(message);
  const event = eventOf(message);
  if (event === null) return null;
  switch (event.event) {
    case "session_started":
      return event.forked_from === undefined
        ? null
        : `Forked from session ${event.forked_from.session_id}, after entry ${event.forked_from.seq}`;
    case "model_switched":
      return `From here on the model is ${event.model}`;
    case "conversation_opened":
      return event.previous_session_id === undefined
        ? null
        : `Goes on from session ${event.previous_session_id}`;
    default:
      return null;
  }
}

function compactedText({ meta }: Shown): string {
  const compact = fieldsOf(meta["compact"]);
  const tokens = compact?.["preTokens"];
  const by = textOf(compact?.["trigger"]) === "manual" ? "asked for" : "by itself";
  return typeof tokens === "number"
    ? `Compacted here (${by}): ${tokens} tokens became a summary`
    : `Compacted here (${by})`;
}

/** Prompts by what they answer: a second one to the same is a way that was taken anew. */
export function openBranches(): (message: Shown) => boolean {
  const asked = new Set<string>();
  return ({ kind, author, parent_id, meta }) => {
    if (kind !== "message" || author.role !== "user" || parent_id === undefined) return false;
    if (meta["queued"] === true) return false;
    const known = asked.has(parent_id);
    asked.add(parent_id);
    return known;
  };
}

/** What a branch is called in a transcript. */
export const BRANCH = "Back to an earlier point: what follows is another answer to it";

/** `2026-11-21 10:04:09`. */
export function momentText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
}

/** `1,234,567`. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** `$1.23`; what is less than a cent keeps four digits. */
export function costText(microUsd: number): string {
  const dollars = microUsd / 1_000_000;
  return `$${dollars.toFixed(dollars !== 0 && dollars < 0.01 ? 4 : 2)}`;
}

/** The rows above a transcript: a name and a value each. */
export function headRows(facts: SessionFacts): readonly (readonly [string, string])[] {
  const { first_said_at, last_said_at } = facts;
  const rows: readonly (readonly [string, string | null])[] = [
    ["Session", facts.session_id],
    ["Source", facts.sources.join(", ")],
    ["Project", facts.project],
    ["Conversation", facts.conversation_id],
    [facts.models.length > 1 ? "Models" : "Model", facts.models.join(", ") || null],
    [
      "Said",
      first_said_at === null || last_said_at === null
        ? null
        : `${momentText(first_said_at)} to ${momentText(last_said_at)} UTC`,
    ],
    ["Messages", countsText(facts)],
    ["Tokens", tokensText(facts)],
    ["Cost", costsText(facts)],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function countsText({ messages, turns, tool_calls, agents }: SessionFacts): string {
  const counts = [
    `${countText(messages)}, in ${countText(turns)} ${turns === 1 ? "turn" : "turns"}`,
  ];
  if (tool_calls > 0)
    counts.push(`${countText(tool_calls)} tool ${tool_calls === 1 ? "call" : "calls"}`);
  if (agents > 0) counts.push(`${countText(agents)} ${agents === 1 ? "subagent" : "subagents"}`);
  return counts.join(", ");
}

function tokensText({ tokens }: SessionFacts): string | null {
  const kinds: readonly (readonly [number | null, string])[] = [
    [tokens.input, "in"],
    [tokens.output, "out"],
    [tokens.cache_read, "read from cache"],
    [tokens.cache_write, "written to cache"],
  ];
  const known = kinds.flatMap(([count, name]) =>
    count === null ? [] : [`${countText(count)} ${name}`],
  );
  return known.length === 0 ? null : known.join(", ");
}

function costsText({
  cost_micro_usd,
  calls_without_cost,
  model_calls,
}: SessionFacts): string | null {
  if (cost_micro_usd === null) return null;
  const calls = `${countText(model_calls)} ${model_calls === 1 ? "call" : "calls"}`;
  const unknown =
    calls_without_cost === 0 ? "" : `; of ${countText(calls_without_cost)} the cost is not known`;
  return `${costText(cost_micro_usd)} by list prices, ${calls}${unknown}`;
}
