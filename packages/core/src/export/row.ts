/**
 * Messages as rows of a table, for programs that count: one message, one row,
 * each column of one type. What a column means is in docs/duckdb.md.
 *
 *   X3  A row holds what its message says: text as it is but for lone halves of
 *       surrogate pairs, which no UTF-8 can hold; null where the source does
 *       not say, never zero.
 *
 * The table of columns is the one place to add another.
 */
import type { Entry } from "../message/heard.ts";
import type { EnrichedMessage, Part } from "../message/message.ts";
import { msOf } from "../message/time.ts";
import { fieldsOf } from "../sources/json.ts";

/** `moment` is milliseconds since 1970, UTC. */
export type CellType = "integer" | "text" | "texts" | "flag" | "moment" | "bytes";
export type Cell = number | string | boolean | readonly string[] | Uint8Array | null;
export type Row = readonly Cell[];

/** A column: its name in the file, and whether every row has a value there. */
export type Column = {
  readonly name: string;
  readonly type: CellType;
  readonly always: boolean;
};

type Of = (message: EnrichedMessage, entry: Pick<Entry, "raw">) => unknown;
type Spec = readonly [name: string, type: CellType, always: boolean, of: Of];

const SPECS: readonly Spec[] = [
  ["seq", "integer", true, (one) => one.seq],
  ["sub", "integer", true, (one) => one.sub],
  ["id", "text", true, (one) => one.id],
  ["session_id", "text", true, (one) => one.session_id],
  ["conversation_id", "text", false, (one) => one.conversation_id],
  ["source", "text", true, (one) => one.source],
  ["author", "text", true, (one) => one.author.name],
  ["role", "text", true, (one) => one.author.role],
  ["receiver", "text", false, (one) => one.receiver],
  ["topic", "text", false, (one) => one.topic],
  ["said_at", "moment", true, (one) => one.said_at],
  ["heard_at", "moment", true, (one) => one.heard_at],
  ["parent_id", "text", false, (one) => one.parent_id],
  ["kind", "text", true, (one) => one.kind],
  ["text", "text", true, (one) => one.text],
  ["model", "text", false, (one) => one.model],
  ["call_id", "text", false, (one) => one.usage?.call_id],
  ["input_tokens", "integer", false, (one) => one.usage?.input_tokens],
  ["output_tokens", "integer", false, (one) => one.usage?.output_tokens],
  ["cache_read_tokens", "integer", false, (one) => one.usage?.cache_read_tokens],
  ["cache_write_5m_tokens", "integer", false, (one) => one.usage?.cache_write_5m_tokens],
  ["cache_write_1h_tokens", "integer", false, (one) => one.usage?.cache_write_1h_tokens],
  ["cost_micro_usd", "integer", false, (one) => fieldsOf(one.enrichment)?.["cost_micro_usd"]],
  ["chain_type", "text", true, (one) => one.enrichment.chain_type],
  ["ace_tier", "text", true, (one) => one.enrichment.ace_tier],
  ["shl_tags", "texts", true, (one) => one.enrichment.shl_tags],
  ["keywords", "texts", true, (one) => one.enrichment.keywords],
  ["dialogue_acts", "texts", true, (one) => one.enrichment.dialogue_acts],
  ["language", "text", true, (one) => one.enrichment.language],
  ["word_count", "integer", true, (one) => one.enrichment.word_count],
  ["char_count", "integer", true, (one) => one.enrichment.char_count],
  ["content_hash", "text", true, (one) => one.enrichment.content_hash],
  ["normal_hash", "text", true, (one) => one.enrichment.normal_hash],
  ["taxonomy", "text", true, (one) => one.enrichment.taxonomy],
  ["tool_calls", "texts", true, (one) => one.parts.flatMap(calledBy)],
  ["is_error", "flag", false, (one) => hasFailed(one.parts)],
  ["project", "text", false, (one) => one.meta["cwd"]],
  ["raw_bytes", "integer", true, (_, entry) => entry.raw.length],
];

/** The columns, in the order of a row's cells. */
export const COLUMNS: readonly Column[] = SPECS.map(([name, type, always]) => ({
  name,
  type,
  always,
}));

/** The row of a message; `entry` is the one it was read from. */
export function rowOf(message: EnrichedMessage, entry: Pick<Entry, "raw">): Row {
  return SPECS.map(([, type, , of]) => CELLS[type](of(message, entry)));
}

/** A value as a cell of its type; what is not of that type is nothing that anybody could count. */
const CELLS: Readonly<Record<CellType, (value: unknown) => Cell>> = {
  integer: (value) => (Number.isSafeInteger(value) ? Number(value) : null),
  text: (value) => (typeof value === "string" ? value.toWellFormed() : null),
  texts: (value) =>
    Array.isArray(value)
      ? value.filter((one) => typeof one === "string").map((one) => one.toWellFormed())
      : [],
  flag: (value) => (typeof value === "boolean" ? value : null),
  moment: (value) => (typeof value === "string" ? msOf(value) : null),
  bytes: (value) => (value instanceof Uint8Array ? value : null),
};

function calledBy(part: Part): readonly string[] {
  return part.type === "tool_call" ? [part.name] : [];
}

/** Whether a tool's answer says that it failed; null where no tool answers. */
function hasFailed(parts: readonly Part[]): boolean | null {
  const answers = parts.filter((part) => part.type === "tool_call_response");
  return answers.length === 0 ? null : answers.some((answer) => answer.is_error === true);
}
