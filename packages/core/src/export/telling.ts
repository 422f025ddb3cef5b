/**
 * The messages of a session in the order a person reads them: a tool's answer
 * with its call, what an agent did below the call that sent it.
 *
 *   X6  Every message is told once, whatever is linked to what.
 *
 * A call waits for its answer for PENDING_MAX messages; one that comes later
 * stands where it came. So what is held is bounded, however long the session.
 */
import { textOf } from "../sources/json.ts";
import type { Answer } from "./blocks.ts";
import { isOfAgent, type Shown } from "./facts.ts";

/** A turn of an agent with many tools at once is a dozen messages. */
const PENDING_MAX = 64;
/** Answers may be large: beyond so many characters nothing waits for more of them. */
const PENDING_CHARS_MAX = 2_000_000;
/** Agents that send agents that send agents. */
const DEPTH_MAX = 8;

/** What is to be written next. */
export type Step =
  | {
      readonly kind: "message";
      readonly message: Shown;
      /** Answers to its calls, by the call's id. */
      readonly answers: ReadonlyMap<string, Answer>;
    }
  /** What follows was said apart, by an agent that was sent; until `back`. */
  | { readonly kind: "apart"; readonly name: string; readonly linked: boolean }
  | { readonly kind: "back" };

/** The streams of a session: its own is "", or named as its file where the file is not named as the session. */
export type Streams = {
  readonly names: readonly string[];
  /** As many at once as are read at once. */
  read(stream: string): AsyncIterable<readonly Shown[]>;
};

/** Which stream of its session a message was read from. */
export function streamOf(message: Shown): string {
  return textOf(message.meta["stream"]) ?? "";
}

/** The steps of a session, some at once: a step apart would cost more than what it does. */
export async function* tell(streams: Streams): AsyncGenerator<readonly Step[]> {
  const told = new Set<string>();
  const own = ["", ...streams.names.filter((name) => !isOfAgent(name))];
  for (const name of own) if (!told.has(name)) yield* tellStream(name, { streams, told, depth: 0 });
  for (const name of streams.names) {
    if (told.has(name)) continue;
    yield [{ kind: "apart", name, linked: false }];
    yield* tellStream(name, { streams, told, depth: 1 });
    yield [BACK];
  }
}

const BACK: Step = { kind: "back" };

type Telling = {
  readonly streams: Streams;
  readonly told: Set<string>;
  readonly depth: number;
};

async function* tellStream(name: string, telling: Telling): AsyncGenerator<readonly Step[]> {
  telling.told.add(name);
  const sides = openSides(telling.depth);
  for await (const some of joined(telling.streams.read(name))) {
    let steps: Step[] = [];
    for (const { sent, ...step } of some) {
      steps.push(...sides.before(step.message), step);
      for (const agent of sent) {
        yield steps;
        steps = [];
        yield* tellAgent(agent, telling);
      }
    }
    yield steps;
  }
  yield sides.end();
}

/** Older versions wrote what an agent did into the session's own file. */
function openSides(depth: number): {
  before(message: Shown): readonly Step[];
  end(): readonly Step[];
} {
  let aside = false;
  return {
    before: ({ meta }) => {
      const isAside = depth === 0 && meta["is_sidechain"] === true;
      if (isAside === aside) return [];
      aside = isAside;
      return isAside ? [{ kind: "apart", name: "", linked: true }] : [BACK];
    },
    end: () => (aside ? [BACK] : []),
  };
}

/** What an agent did, once, where it was sent. */
async function* tellAgent(agent: string, telling: Telling): AsyncGenerator<readonly Step[]> {
  const { streams, told, depth } = telling;
  const name = [`agent-${agent}`, agent].find((one) => streams.names.includes(one));
  if (name === undefined || told.has(name) || depth >= DEPTH_MAX) return;
  yield [{ kind: "apart", name, linked: true }];
  yield* tellStream(name, { ...telling, depth: depth + 1 });
  yield [BACK];
}

type Told = Extract<Step, { readonly kind: "message" }> & { readonly sent: readonly string[] };
type Held = {
  message: Shown;
  readonly answers: Map<string, Answer>;
  readonly open: Set<string>;
  readonly sent: string[];
};

/** Messages with the answers to their calls; an answer that found its call is told there and nowhere else. */
async function* joined(messages: AsyncIterable<readonly Shown[]>): AsyncGenerator<readonly Told[]> {
  const waiting = openWaiting();
  for await (const some of messages) {
    const ready: Told[] = [];
    for (const message of some) {
      waiting.add(message);
      ready.push(...waiting.ready());
    }
    yield ready;
  }
  yield [...waiting.rest()];
}

/** Messages that wait for answers, and those that stand behind them. */
function openWaiting(): {
  add(message: Shown): void;
  ready(): Generator<Told>;
  rest(): Generator<Told>;
} {
  const held: Held[] = [];
  let chars = 0;
  function* rest(isReady = (): boolean => true): Generator<Told> {
    for (let [next] = held; next !== undefined && isReady(); [next] = held) {
      held.shift();
      const { message, answers, sent } = next;
      yield { kind: "message", message, answers, sent };
    }
    if (held.length === 0) chars = 0;
  }
  return {
    add: (message) => {
      chars += message.text.length;
      const left = answered(message, held);
      if (left !== null) held.push(heldOf(left));
    },
    ready: () =>
      rest(
        () => held.length > PENDING_MAX || chars > PENDING_CHARS_MAX || held[0]?.open.size === 0,
      ),
    rest: () => rest(),
  };
}

function heldOf(message: Shown): Held {
  const open = message.parts.flatMap((part) => (part.type === "tool_call" ? [part.id] : []));
  const agent = textOf(message.meta["agent_id"]);
  const sent = agent === null ? [] : [agent];
  return { message, answers: new Map(), open: new Set(open), sent };
}

/** Hands answers to the calls that wait; what is left of the message, or null when nothing is. */
function answered(message: Shown, held: readonly Held[]): Shown | null {
  if (!message.parts.some((part) => part.type === "tool_call_response")) return message;
  const agent = textOf(message.meta["agent_id"]);
  const left = message.parts.filter((part) => {
    if (part.type !== "tool_call_response") return true;
    const asker = held.find((one) => one.open.has(part.id));
    if (asker === undefined) return true;
    asker.answers.set(part.id, part);
    asker.open.delete(part.id);
    if (agent !== null) asker.sent.push(agent);
    return false;
  });
  return left.length === 0 ? null : { ...message, parts: left };
}
