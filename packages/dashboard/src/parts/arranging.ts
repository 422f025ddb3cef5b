/**
 * A session's messages as they are read: what tools answered with their calls,
 * what a subagent did under the call that sent it, turns with what they cost,
 * and where somebody said something else instead.
 *
 *   B40  Every message that has something to read is on the page once, whatever
 *        subagents did and in whatever order it was heard.
 *   B41  A turn counts each model call once, also where several messages repeat
 *        its numbers.
 *
 * Pure: messages in, an order out.
 */
import type { EnrichedMessage } from "@verbatim/core";
import type { ToolAnswer } from "./tool.tsx";

/** Answers of tools, by the id of the call. */
export type Answers = ReadonlyMap<string, ToolAnswer>;

/** What stands in a row: one message, or all that a subagent did. */
export type Item = {
  readonly key: string;
  readonly messages: readonly EnrichedMessage[];
  /** The first words of what a subagent was sent to do; null for a message of its own. */
  readonly agent: string | null;
};

/** What one turn took: from what a person said to what they said next. */
export type Turn = {
  readonly calls: number;
  readonly tools: number;
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  /** Millionths of a dollar; null where no call has a price. */
  readonly costMicroUsd: number | null;
};

/** What tools answered in these messages. */
export function answersIn(messages: readonly EnrichedMessage[]): Answers {
  return new Map(
    messages.flatMap(({ parts }) =>
      parts.flatMap((part) =>
        part.type === "tool_call_response"
          ? [[part.id, { response: part.response, isError: part.is_error === true }] as const]
          : [],
      ),
    ),
  );
}

/** Messages with the answers whose call is nowhere in them in a place of their own: a call may be forgotten, or never recorded. (B40) */
export function withStrayAnswers(messages: readonly EnrichedMessage[]): readonly EnrichedMessage[] {
  const called = new Set(
    messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === "tool_call" ? [part.id] : [])),
    ),
  );
  return messages.map((message) => {
    const isStray = (part: Part): boolean =>
      part.type === "tool_call_response" && !called.has(part.id);
    if (!message.parts.some(isStray)) return message;
    const parts = message.parts.map((part): Part => {
      if (part.type !== "tool_call_response" || !isStray(part)) return part;
      return { type: "tool_call", id: part.id, name: "an answer", arguments: STRAY };
    });
    return { ...message, parts };
  });
}

type Part = EnrichedMessage["parts"][number];
const STRAY = "its call is not recorded here";

/** Whether there is anything to read in it that is not shown with the call it answers. */
export function isShown({ parts, text }: EnrichedMessage): boolean {
  return parts.length === 0
    ? text !== ""
    : parts.some((part) => part.type !== "tool_call_response");
}

/** Its name in an address. */
export function anchorOf({ seq, sub }: Pick<EnrichedMessage, "seq" | "sub">): string {
  return `${seq}.${sub}`;
}

/** The shown message that a name leads to: the answer of a tool is read with its call, bookkeeping where it came. */
export function leadsTo(messages: readonly EnrichedMessage[], name: string): string | null {
  const at = messages.findIndex((message) => anchorOf(message) === name);
  const aimed = messages[at];
  if (aimed === undefined) return null;
  if (isShown(aimed)) return name;
  const ids = new Set(aimed.parts.flatMap((part) => ("id" in part ? [part.id] : [])));
  const before = messages.slice(0, at).filter(isShown);
  const calls = ({ parts }: EnrichedMessage): boolean =>
    parts.some((part) => part.type === "tool_call" && ids.has(part.id));
  const place = before.findLast(calls) ?? before.at(-1);
  return place === undefined ? null : anchorOf(place);
}

/** Messages as rows: what a subagent did is one row, behind the call that sent it, or where it began. (B40) */
export function arranged(messages: readonly EnrichedMessage[]): readonly Item[] {
  const shown = messages.filter(isShown);
  const { said, nameOf } = agentsIn(shown);
  const sent = sentBy(shown, said);
  const placed = new Set([...sent.values()].flat());
  return shown.flatMap((message): readonly Item[] => {
    const agent = nameOf.get(message);
    if (agent !== undefined) {
      if (placed.has(agent)) return [];
      placed.add(agent);
      return [rowOf(agent, said)];
    }
    const own = { key: anchorOf(message), messages: [message], agent: null };
    return [own, ...(sent.get(message) ?? []).map((one) => rowOf(one, said))];
  });
}

/** What each subagent said, by its name. */
type Said = ReadonlyMap<string, readonly EnrichedMessage[]>;

function rowOf(agent: string, said: Said): Item {
  const messages = said.get(agent) ?? [];
  const asked = messages.find(({ author }) => author.role === "user") ?? messages[0];
  return { key: `agent ${agent}`, messages, agent: asked?.text ?? "" };
}

/** Subagents by their names: their own, or that of the first record of their line. */
function agentsIn(shown: readonly EnrichedMessage[]): {
  readonly said: Said;
  readonly nameOf: ReadonlyMap<EnrichedMessage, string>;
} {
  const byId = new Map<string, string>();
  const nameOf = new Map<EnrichedMessage, string>();
  const said = new Map<string, EnrichedMessage[]>();
  let last: string | undefined;
  for (const message of shown) {
    if (!isSide(message)) continue;
    const own = message.meta["agent_id"];
    const line = byId.get(message.parent_id ?? "") ?? nearest(message, last);
    const name = typeof own === "string" ? own : (line ?? message.id);
    byId.set(message.id, name);
    nameOf.set(message, name);
    const before = said.get(name);
    if (before === undefined) said.set(name, [message]);
    else before.push(message);
    last = name;
  }
  return { said, nameOf };
}

function isSide({ meta }: EnrichedMessage): boolean {
  return meta["is_sidechain"] === true;
}

/** The line that was spoken in last, for a record whose parent has nothing to read; none where somebody is sent off. */
function nearest(message: EnrichedMessage, last: string | undefined): string | undefined {
  const isSentOff = message.parent_id === undefined || message.author.role === "user";
  return isSentOff ? undefined : last;
}

/** Subagents by the message of the main line whose call said just what they were told. */
function sentBy(
  shown: readonly EnrichedMessage[],
  said: Said,
): ReadonlyMap<EnrichedMessage, readonly string[]> {
  const byPrompt = new Map(
    shown
      .filter((message) => !isSide(message))
      .flatMap((message) => promptsIn(message).map((prompt) => [prompt, message] as const)),
  );
  const sent = new Map<EnrichedMessage, string[]>();
  for (const [name, messages] of said) {
    const caller = byPrompt.get((messages[0]?.text ?? "").trim());
    if (caller !== undefined) sent.set(caller, [...(sent.get(caller) ?? []), name]);
  }
  return sent;
}

/** What subagents were told by the calls of a message. */
function promptsIn({ parts }: EnrichedMessage): readonly string[] {
  return parts.flatMap((part) => {
    const asked = part.type === "tool_call" ? part.arguments : null;
    if (typeof asked !== "object" || asked === null || !("prompt" in asked)) return [];
    return typeof asked.prompt === "string" ? [asked.prompt.trim()] : [];
  });
}

/** What each turn took, by the anchor of what a person said. (B41) */
export function turnsIn(messages: readonly EnrichedMessage[]): ReadonlyMap<string, Turn> {
  const turns = new Map<string, Turn>();
  let begun: string | null = null;
  let calls = new Map<string, EnrichedMessage>();
  let tools = 0;
  const end = (): void => {
    if (begun !== null && calls.size > 0) turns.set(begun, turnOf([...calls.values()], tools));
    calls = new Map();
    tools = 0;
  };
  for (const message of messages) {
    if (startsTurn(message)) {
      end();
      begun = anchorOf(message);
    }
    tools += message.parts.filter(({ type }) => type === "tool_call").length;
    if (message.usage !== undefined) calls.set(message.usage.call_id ?? anchorOf(message), message);
  }
  end();
  return turns;
}

/** Somebody says something to the agent, and not an agent to its subagent. */
export function startsTurn({ author, text, meta }: EnrichedMessage): boolean {
  return author.role === "user" && text !== "" && meta["is_sidechain"] !== true;
}

function turnOf(calls: readonly EnrichedMessage[], tools: number): Turn {
  const sum = (of: (message: EnrichedMessage) => number | undefined): number =>
    calls.reduce((total, one) => total + (of(one) ?? 0), 0);
  const priced = calls.filter(({ enrichment }) => enrichment.cost_micro_usd !== undefined);
  return {
    calls: calls.length,
    tools,
    input: sum(({ usage }) => usage?.input_tokens),
    output: sum(({ usage }) => usage?.output_tokens),
    cached: sum(({ usage }) => usage?.cache_read_tokens),
    costMicroUsd: priced.length === 0 ? null : sum(({ enrichment }) => enrichment.cost_micro_usd),
  };
}

/** What else was said at the same place, by anchor: all of them, in the order they were heard. */
export function forksIn(
  messages: readonly EnrichedMessage[],
): ReadonlyMap<string, readonly string[]> {
  const byParent = new Map<string, string[]>();
  for (const message of messages)
    if (startsTurn(message) && message.parent_id !== undefined)
      byParent.set(message.parent_id, [
        ...(byParent.get(message.parent_id) ?? []),
        anchorOf(message),
      ]);
  return new Map(
    [...byParent.values()]
      .filter((all) => all.length > 1)
      .flatMap((all) => all.map((one) => [one, all] as const)),
  );
}

/** The source made a summary of what was said before, and went on with that alone. */
export function isCompaction({ meta }: EnrichedMessage): boolean {
  return meta["machine"] === "compact-summary";
}
