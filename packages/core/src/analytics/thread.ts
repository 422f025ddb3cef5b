/**
 * What is remembered of a thread (a session, or one agent's stream in it) to
 * count its next message: who spoke last, what is open, which calls were
 * counted. Bounded, plain JSON, and a fold: the same messages in the order of
 * the journal give the same thread.
 */
import { ELSEWHERE } from "../enrich/taxonomy.ts";
import type { EnrichedMessage, Message, Usage } from "../message/message.ts";
import { msOf } from "../message/time.ts";
import { type Adding, add, type Group, nameOf } from "./tally.ts";

/** A question without an answer, or work that is blocked. */
export type Open = {
  readonly kind: "question" | "blocked";
  readonly seq: number;
  readonly sub: number;
  readonly speaker: string;
  readonly said_at: string;
};

export type Thread = {
  readonly project: string;
  /** Who spoke, in the order of their first words. */
  readonly speakers: readonly string[];
  readonly last: { readonly speaker: string; readonly at: string } | null;
  /** The domain it is about, and the one it may be changing to. */
  readonly chain: string | null;
  readonly towards: { readonly chain: string; readonly run: number } | null;
  readonly open: readonly Open[];
  /** The newest calls with what was counted of each. */
  readonly calls: readonly Call[];
  /** Tool calls without an answer yet: id and name. */
  readonly tools: readonly (readonly [string, string])[];
  /** What its calls cost, in micro-dollars; null while that is not known of any. */
  readonly cost_micro_usd: number | null;
};

type Call = { readonly id: string; readonly model: string; readonly counted: Counted };
type Counted = Readonly<Partial<Record<Group, number>>>;

export const NEW_THREAD: Thread = {
  project: "",
  speakers: [],
  last: null,
  chain: null,
  towards: null,
  open: [],
  calls: [],
  tools: [],
  cost_micro_usd: null,
};

const SPEAKERS_MAX = 50;
const OPEN_MAX = 50;
const CALLS_MAX = 16;
const TOOLS_MAX = 64;
/** A change of domain counts once the next two messages agree with it. */
const SHIFT_RUN = 3;
/** Beyond it nobody was waiting for an answer. */
const ANSWER_MS_MAX = 86_400_000;

/** Which thread a message belongs to. */
export function threadKeyOf({ session_id, meta }: Message): string {
  const stream = meta["stream"];
  return JSON.stringify(typeof stream === "string" ? [session_id, stream] : [session_id]);
}

/** The folder a message was said in, where the source knows. */
function projectOf({ meta }: Message): string {
  const cwd = meta["cwd"];
  return typeof cwd === "string" ? nameOf(cwd) : "";
}

/** The thread with its project: the first folder it names. */
export function inProject(thread: Thread, message: Message): Thread {
  const project = thread.project === "" ? projectOf(message) : thread.project;
  return project === thread.project ? thread : { ...thread, project };
}

/** The thread after every message: its calls, what they cost, and its tools. What they add goes to `to`. */
export function withWork(thread: Thread, message: EnrichedMessage, to: Adding): Thread {
  const called = message.usage === undefined ? thread : withCall(thread, message, to);
  const tools = withTools(thread.tools, message, to);
  return tools === thread.tools ? called : { ...called, tools };
}

/** Several messages may repeat one call's usage; the last one is right, so each adds what it has more. */
function withCall(thread: Thread, message: EnrichedMessage, to: Adding): Thread {
  const counted = countedOf(message.usage ?? {}, message.enrichment.cost_micro_usd);
  const id = callIdOf(message);
  const before = thread.calls.find((call) => call.id === id);
  const model = nameOf(message.model ?? before?.model ?? "unknown");
  // A call whose model is told later is that model's.
  const was: Omit<Call, "id"> = before ?? { model, counted: {} };
  for (const group of USAGE_GROUPS) {
    const [less, more] = [was.counted[group] ?? 0, counted[group] ?? 0];
    add(to, group, model, was.model === model ? more - less : more);
    if (was.model !== model) add(to, group, was.model, -less);
  }
  const paid = { ...thread, cost_micro_usd: costWith(thread.cost_micro_usd, was.counted, counted) };
  if (id === null) return paid;
  const others = thread.calls.filter((call) => call.id !== id);
  return { ...paid, calls: [...others, { id, model, counted }].slice(-CALLS_MAX) };
}

/** What is not known adds nothing, and alone is not 0. */
function costWith(cost: number | null, was: Counted, now: Counted): number | null {
  if (cost === null && now.cost_micro_usd === undefined) return null;
  return (cost ?? 0) + (now.cost_micro_usd ?? 0) - (was.cost_micro_usd ?? 0);
}

/** Posted usage may hold anything, and what is archived already may, too. */
function callIdOf({ usage }: Message): string | null {
  const given: unknown = usage?.call_id;
  return typeof given === "string" ? nameOf(given) : null;
}

/** What a message's model call is known by, in all threads; null when it names none. */
export function callNameOf(message: Message): string | null {
  const given: unknown = message.usage?.call_id;
  return typeof given === "string" ? `call ${message.source} ${given}` : null;
}

/** Whether the message's call is one of this thread's own. */
export function hasCall(thread: Thread, message: Message): boolean {
  const id = callIdOf(message);
  return id !== null && thread.calls.some((call) => call.id === id);
}

const TOKENS = [
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
] as const;
const USAGE_GROUPS = ["call", "unpriced", "cost_micro_usd", ...TOKENS] as const;

/** No call has more of anything; so sums stay whole numbers, the same in whatever order they are made. */
const COUNT_MAX = 1e12;

function countedOf(usage: Usage, cost: number | undefined): Counted {
  const price = isCount(cost) ? { cost_micro_usd: cost } : { unpriced: 1 };
  const tokens = TOKENS.flatMap((name) => (isCount(usage[name]) ? [[name, usage[name]]] : []));
  return { call: 1, ...price, ...Object.fromEntries(tokens) };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= COUNT_MAX;
}

function withTools(tools: Thread["tools"], { parts }: Message, to: Adding): Thread["tools"] {
  let waiting = tools;
  for (const part of parts) {
    if (part.type === "tool_call") {
      const name = nameOf(part.name);
      add(to, "tool_call", name);
      waiting = [...waiting, [nameOf(part.id), name] as const].slice(-TOOLS_MAX);
    } else if (part.type === "tool_call_response") {
      const asked = nameOf(part.id);
      const name = waiting.find(([id]) => id === asked)?.[1];
      // An answer to a call that was not counted is a copy's, or too late to know whose.
      if (part.is_error === true && name !== undefined) add(to, "tool_error", name);
      waiting = waiting.filter(([id]) => id !== asked);
    }
  }
  return waiting;
}

/** The thread as a message that counts leaves it. What it adds goes to `to`. */
export function withWords(thread: Thread, message: EnrichedMessage, to: Adding): Thread {
  const speaker = nameOf(message.author.name);
  answered(thread.last, { speaker, at: message.said_at }, to);
  const turned = withDomain(thread, message.enrichment.chain_type, to);
  const isKnown = thread.speakers.includes(speaker) || thread.speakers.length >= SPEAKERS_MAX;
  return {
    ...turned,
    speakers: isKnown ? thread.speakers : [...thread.speakers, speaker],
    last: { speaker, at: message.said_at },
    open: withOpen(thread.open, message, to),
  };
}

function answered(
  last: Thread["last"],
  next: { readonly speaker: string; readonly at: string },
  to: Adding,
): void {
  if (last?.speaker === next.speaker) return;
  add(to, "sum", "turns");
  const ms = last === null ? 0 : msOf(next.at) - msOf(last.at);
  if (!(ms > 0 && ms <= ANSWER_MS_MAX)) return;
  add(to, "sum", "answers");
  add(to, "sum", "answer_ms", ms);
  add(to, "answer_within_s", String(2 ** Math.max(0, Math.ceil(Math.log2(ms / 1000)))));
}

function withDomain(thread: Thread, given: string, to: Adding): Thread {
  const chain = nameOf(given);
  if (chain === ELSEWHERE) return thread;
  if (thread.chain === null || thread.chain === chain) return { ...thread, chain, towards: null };
  const run = thread.towards?.chain === chain ? thread.towards.run + 1 : 1;
  if (run < SHIFT_RUN) return { ...thread, towards: { chain, run } };
  add(to, "shift", `${thread.chain}>${chain}`);
  return { ...thread, chain, towards: null };
}

/** Words of another settle a question, unless they only ask back; what is ready or decided settles what was blocked. */
function withOpen(open: readonly Open[], message: EnrichedMessage, to: Adding): readonly Open[] {
  const { shl_tags, dialogue_acts } = message.enrichment;
  const speaker = nameOf(message.author.name);
  const has = (tag: string): boolean => shl_tags.includes(tag);
  const asksBack = dialogue_acts.length === 1 && dialogue_acts[0] === "question";
  const moves = (has("@Status-Ready") || has("@Decision-Made")) && !has("@Status-Blocked");
  const left = open.filter((one) => {
    const isSettled = one.kind === "question" ? one.speaker !== speaker && !asksBack : moves;
    if (isSettled) add(to, "settled", one.kind);
    return !isSettled;
  });
  for (const [kind, tag] of OPENING) {
    if (!has(tag)) continue;
    add(to, "opened", kind);
    left.push({ kind, seq: message.seq, sub: message.sub, speaker, said_at: message.said_at });
  }
  return left.slice(-OPEN_MAX);
}

const OPENING = [
  ["question", "@Question-Open"],
  ["blocked", "@Status-Blocked"],
] as const;
