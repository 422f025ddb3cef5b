/**
 * What is said of a session above its transcript: whose it is, when, how much,
 * and what it cost.
 *
 * Of a call that several messages repeat the last counts, as everywhere. What a
 * source does not say is null, never zero.
 */
import type { EnrichedMessage, Message } from "../message/message.ts";
import { textOf } from "../sources/json.ts";
import { costOfMessage } from "../usage/cost.ts";

/** A message as it is handed out: what was worked out about it is there where it is wanted. */
export type Shown = Message & Partial<Pick<EnrichedMessage, "enrichment">>;

/** Tokens by kind, as far as anybody counted them. */
type Tokens = Readonly<Record<"input" | "output" | "cache_read" | "cache_write", number | null>>;

/** What is known of a session once all of it was seen. */
export type SessionFacts = {
  readonly session_id: string;
  readonly title: string | null;
  readonly sources: readonly string[];
  readonly project: string | null;
  readonly conversation_id: string | null;
  readonly models: readonly string[];
  readonly first_said_at: string | null;
  readonly last_said_at: string | null;
  readonly messages: number;
  readonly turns: number;
  readonly tool_calls: number;
  /** Bookkeeping of the source beside what was said. */
  readonly records: number;
  /** Agents that worked for the one of the session. */
  readonly agents: number;
  readonly model_calls: number;
  readonly tokens: Tokens;
  readonly cost_micro_usd: number | null;
  /** Calls of which nobody knows what they cost. */
  readonly calls_without_cost: number;
};

const TITLE_CHARS_MAX = 100;
/** Names a header holds; a session of more models or sources says so by being cut. */
const NAMES_MAX = 20;

type Call = { readonly message: Message };

/** Whether a stream of a session is what an agent did that was sent: these files are named agent-…, a copy of the session's own as anybody likes. */
export function isOfAgent(stream: string): boolean {
  return stream.startsWith("agent-");
}

/** Gathers the facts of one session; takes each message once. */
export function openFacts(sessionId: string): {
  add(message: Shown): void;
  facts(): SessionFacts;
} {
  const calls = new Map<string, Call>();
  const models = new Set<string>();
  const sources = new Set<string>();
  const agents = new Set<string>();
  const counts = { messages: 0, turns: 0, tool_calls: 0, records: 0 };
  let title: string | null = null;
  let opening: string | null = null;
  let project: string | null = null;
  let conversation: string | null = null;
  let first: string | null = null;
  let last: string | null = null;

  function addSaid(message: Shown): void {
    counts.messages += 1;
    const { said_at, author, parts } = message;
    if (author.role === "user") {
      counts.turns += 1;
      opening ??= lineOf(message.text);
    }
    counts.tool_calls += parts.filter((part) => part.type === "tool_call").length;
    if (first === null || said_at < first) first = said_at;
    if (last === null || said_at > last) last = said_at;
    if (message.model !== undefined && message.model !== "<synthetic>") models.add(message.model);
  }

  return {
    add: (message) => {
      if (message.kind === "message") addSaid(message);
      else counts.records += 1;
      sources.add(message.source);
      title = lineOf(message.meta["title"]) ?? title;
      project ??= lineOf(message.meta["cwd"]);
      conversation ??= message.conversation_id ?? null;
      const stream = textOf(message.meta["stream"]);
      if (stream !== null && isOfAgent(stream)) agents.add(stream);
      if (message.usage !== undefined)
        calls.set(message.usage.call_id ?? `\0${message.id}`, { message });
    },
    facts: () => ({
      session_id: sessionId,
      title: title ?? opening,
      sources: [...sources].slice(0, NAMES_MAX),
      project,
      conversation_id: conversation,
      models: [...models].slice(0, NAMES_MAX),
      first_said_at: first,
      last_said_at: last,
      ...counts,
      agents: agents.size,
      ...sumOf([...calls.values()]),
    }),
  };
}

function sumOf(
  calls: readonly Call[],
): Pick<SessionFacts, "model_calls" | "tokens" | "cost_micro_usd" | "calls_without_cost"> {
  const usages = calls.flatMap(({ message }) => message.usage ?? []);
  const costs = calls.flatMap(({ message }) => costOfMessage(message) ?? []);
  const sum = (numbers: readonly (number | undefined)[]): number | null => {
    const known = numbers.filter((one) => one !== undefined);
    return known.length === 0 ? null : known.reduce((all, one) => all + one, 0);
  };
  return {
    model_calls: calls.length,
    tokens: {
      input: sum(usages.map((one) => one.input_tokens)),
      output: sum(usages.map((one) => one.output_tokens)),
      cache_read: sum(usages.map((one) => one.cache_read_tokens)),
      cache_write: sum(
        usages.flatMap((one) => [one.cache_write_5m_tokens, one.cache_write_1h_tokens]),
      ),
    },
    cost_micro_usd: sum(costs),
    calls_without_cost: calls.length - costs.length,
  };
}

/** The first line of a text, cut to what a heading holds; null when it says nothing. */
function lineOf(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const line = text.trimStart().split("\n", 1)[0]?.trim() ?? "";
  if (line === "") return null;
  const chars = [...line.slice(0, 4 * TITLE_CHARS_MAX)];
  return chars.length <= TITLE_CHARS_MAX
    ? line
    : `${chars.slice(0, TITLE_CHARS_MAX - 1).join("")}…`;
}
