/**
 * Threads: what was said in one context, put together again. A view: nothing is
 * merged, shortened or left out, every thread says which messages it is made of.
 *
 *   N5  Every message is in exactly one thread, and in exactly one window of it;
 *       only a filter that was asked for leaves threads out.
 *
 * A context is a session, or one agent's stream in it. Where a source knew none
 * (rows of a log, talk between two names of the bus), a pause ends a thread.
 */
import { BUS_SOURCE } from "../bus/record.ts";
import type { EnrichedMessage } from "../message/message.ts";
import { msOf } from "../message/time.ts";
import { mayCount } from "./standing.ts";
import type { Adding } from "./tally.ts";
import { NEW_THREAD, type Open, type Thread, threadKeyOf, withWords } from "./thread.ts";

export type ThreadOptions = {
  /** A pause longer than this ends a thread that has no context of its own. */
  readonly gap_minutes?: number | undefined;
  readonly min_messages?: number | undefined;
  readonly min_duration_seconds?: number | undefined;
};

export type WindowOptions = ThreadOptions & { readonly window_minutes?: number | undefined };

export const GAP_MINUTES = 5;
export const WINDOW_MINUTES = 60;

/** Where a message of a thread is found. */
export type MessageLink = { readonly seq: number; readonly sub: number; readonly id: string };

/**
 * How a thread ends. Blocked: somebody said so, and nothing that is ready or
 * decided came after. Open: its last question has no answer. Ready: so it was
 * last said. Ended: nothing of the kind.
 */
export type FinalStatus = "Blocked" | "Open" | "Ready" | "Ended";

export type ThreadView = {
  /** The session, `session/stream`, or `session@start` where a pause divides. */
  readonly thread_id: string;
  readonly session_id: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly duration_seconds: number;
  readonly message_count: number;
  /** Who said something, in the order of their first message. */
  readonly participants: readonly string[];
  readonly final_status: FinalStatus;
  /** Changes of domain that lasted; `seq` is the first message of the new one. */
  readonly context_shifts: readonly ContextShift[];
  /** In the order of time. */
  readonly messages: readonly MessageLink[];
};

type ContextShift = {
  readonly from_topic: string;
  readonly to_topic: string;
  readonly seq: number;
};

/** At most so many minutes of a thread, counted from its first message. */
export type ThreadWindow = {
  readonly thread_id: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly message_count: number;
  readonly participants: readonly string[];
  /** The words most messages of it have, at most twenty. */
  readonly keywords: readonly (readonly [word: string, count: number])[];
  readonly messages: readonly MessageLink[];
};

const MINUTE_MS = 60_000;
const KEYWORDS_MAX = 20;

/** The threads of messages, by the time they begin. */
export function threadsOf(
  messages: readonly EnrichedMessage[],
  options: ThreadOptions = {},
): readonly ThreadView[] {
  return strandsOf(messages, options).map(viewOf);
}

/** The windows of their threads, thread by thread. */
export function windowsOf(
  messages: readonly EnrichedMessage[],
  options: WindowOptions = {},
): readonly ThreadWindow[] {
  const lengthMs = (options.window_minutes ?? WINDOW_MINUTES) * MINUTE_MS;
  return strandsOf(messages, options).flatMap((strand) =>
    cut(strand.messages, ([first], next) => msSaid(next) - msSaid(first) >= lengthMs).map((part) =>
      windowOf(strand.id, part),
    ),
  );
}

/** Never empty. */
type Run = readonly [EnrichedMessage, ...EnrichedMessage[]];
type Strand = { readonly id: string; readonly messages: Run };

function strandsOf(all: readonly EnrichedMessage[], options: ThreadOptions): readonly Strand[] {
  const gapMs = (options.gap_minutes ?? GAP_MINUTES) * MINUTE_MS;
  const inOrder = all.toSorted(byTime);
  const byKey = Map.groupBy(inOrder, keyOf);
  const strands = [...byKey.values()].flatMap((group) => strandsIn(group, gapMs));
  return strands
    .filter(({ messages }) => messages.length >= (options.min_messages ?? 1))
    .filter(({ messages }) => lengthMsOf(messages) / 1000 >= (options.min_duration_seconds ?? 0))
    .toSorted((a, b) => byTime(a.messages[0], b.messages[0]));
}

/** Messages with a context of their own, and those of the same session without, are kept apart. */
function keyOf(message: EnrichedMessage): string {
  return `${hasContext(message)}${threadKeyOf(message)}`;
}

function strandsIn(group: readonly EnrichedMessage[], gapMs: number): readonly Strand[] {
  const [first] = group;
  if (first === undefined) return [];
  const { session_id, meta } = first;
  const stream = meta["stream"];
  const name = typeof stream === "string" ? `${session_id}/${stream}` : session_id;
  if (hasContext(first)) return cut(group, () => false).map((messages) => ({ id: name, messages }));
  const pauses = (run: Run, next: EnrichedMessage): boolean =>
    msSaid(next) - msSaid(run.at(-1) ?? run[0]) > gapMs;
  return cut(group, pauses).map((messages) => ({
    id: `${name}@${messages[0].said_at}`,
    messages,
  }));
}

/** Cuts before each message that does not belong to the run any more. */
function cut(
  messages: readonly EnrichedMessage[],
  ends: (run: Run, next: EnrichedMessage) => boolean,
): readonly Run[] {
  const runs: [EnrichedMessage, ...EnrichedMessage[]][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    if (run === undefined || ends(run, message)) runs.push([message]);
    else run.push(message);
  }
  return runs;
}

const LOGS: ReadonlySet<string> = new Set(["recorder", "broker-log"]);

/** Whether its source said which conversation it is of; otherwise its session is a file, a topic, or the two who talk. */
function hasContext({ session_id, source, author, receiver, topic }: EnrichedMessage): boolean {
  const isLog = LOGS.has(source);
  if (!isLog && source !== BUS_SOURCE) return true;
  if (isLog && session_id.startsWith(`${source}:`)) return false;
  const others = [receiver, topic].filter((one) => one !== undefined);
  const pairs = others.map((other) => [author.name, other].toSorted().join("~"));
  return ![BUS_SOURCE, author.name, ...others, ...pairs].includes(session_id);
}

function viewOf({ id, messages }: Strand): ThreadView {
  const [first] = messages;
  const { final_status, context_shifts } = courseOf(messages);
  return {
    thread_id: id,
    session_id: first.session_id,
    start_time: first.said_at,
    end_time: (messages.at(-1) ?? first).said_at,
    duration_seconds: lengthMsOf(messages) / 1000,
    message_count: messages.length,
    participants: participantsOf(messages),
    final_status,
    context_shifts,
    messages: messages.map(linkOf),
  };
}

function windowOf(thread_id: string, messages: Run): ThreadWindow {
  const [first] = messages;
  const words = new Map<string, number>();
  for (const { enrichment } of messages)
    for (const word of enrichment.keywords) words.set(word, (words.get(word) ?? 0) + 1);
  const best = [...words].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return {
    thread_id,
    start_time: first.said_at,
    end_time: (messages.at(-1) ?? first).said_at,
    message_count: messages.length,
    participants: participantsOf(messages),
    keywords: best.slice(0, KEYWORDS_MAX),
    messages: messages.map(linkOf),
  };
}

function participantsOf(messages: Run): readonly string[] {
  const said = messages.filter(
    ({ kind, author }) => kind === "message" && author.role !== "tool" && author.role !== "system",
  );
  return [...new Set(said.map(({ author }) => author.name))];
}

/** What the numbers remember of a thread (thread.ts) says how it went. */
function courseOf(messages: Run): Pick<ThreadView, "final_status" | "context_shifts"> {
  const shifts: ContextShift[] = [];
  let thread: Thread = NEW_THREAD;
  let turnedAt = 0;
  let readyAt = -1;
  for (const [at, message] of messages.entries()) {
    if (!mayCount(message)) continue;
    const added: Adding = {};
    // Open items are remembered by their place here: the journal's order is not that of time.
    const after = withWords(thread, { ...message, seq: at }, added);
    if (after.towards !== thread.towards && after.towards?.run === 1) turnedAt = message.seq;
    if (added.shift !== undefined && thread.chain !== null && after.chain !== null)
      shifts.push({ from_topic: thread.chain, to_topic: after.chain, seq: turnedAt });
    if (message.enrichment.shl_tags.includes("@Status-Ready")) readyAt = at;
    thread = after;
  }
  return { final_status: statusOf(thread.open, readyAt), context_shifts: shifts };
}

function statusOf(open: readonly Open[], readyAt: number): FinalStatus {
  if (open.some(({ kind }) => kind === "blocked")) return "Blocked";
  const asked = open.at(-1)?.seq ?? -1;
  if (asked === -1 && readyAt === -1) return "Ended";
  return asked >= readyAt ? "Open" : "Ready";
}

function linkOf({ seq, sub, id }: EnrichedMessage): MessageLink {
  return { seq, sub, id };
}

function byTime(a: EnrichedMessage, b: EnrichedMessage): number {
  return msSaid(a) - msSaid(b) || a.seq - b.seq || a.sub - b.sub;
}

function msSaid({ said_at }: EnrichedMessage): number {
  return msOf(said_at);
}

function lengthMsOf(messages: Run): number {
  return msSaid(messages.at(-1) ?? messages[0]) - msSaid(messages[0]);
}
