/**
 * History for subscribers that can do nothing but subscribe: whoever subscribes to
 * `replay:<topic>` is sent the newest thousand messages whose topics begin with it, each
 * under `replay:` and its own topic, and then `replay:<topic>` with an end mark.
 *
 * It goes to everybody who has that subscription at the time. 5558 is for one
 * client alone, and says the seqs.
 */
import { endFrame, type Frames, fitsTopics, type Window } from "@verbatim/core";

const WORD: Uint8Array = new TextEncoder().encode("replay:");
/** Told at most; more of it is 5558's to give. Fits into what a subscriber may have unread. */
const TOLD_MAX = 1000;
/** Histories that wait for their turn; a subscriber that finds no place asks 5558. */
const WAITING_MAX = 100;
/** Subscriptions that are counted apart. */
const KNOWN_MAX = 100_000;
/**
 * After so many messages of histories everybody else has this long to read what is
 * live: who subscribes to everything hears the histories of others too.
 */
const PACE_MESSAGES = 50;
const PACE_MS = 20;

export type HistoryPorts = {
  readonly window: () => Window;
  readonly publish: (frames: Frames) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
};

export type Prefixed = { readonly on: boolean; readonly prefix: Uint8Array };

/** Counts subscriptions and answers those that ask for history, one after another. */
export async function tellHistory(
  subscriptions: AsyncIterable<Prefixed>,
  ports: HistoryPorts,
  counted: (subscriptions: number) => void,
): Promise<void> {
  const known = new Map<string, number>();
  const waiting = new Map<string, Uint8Array>();
  let telling = false;

  async function tellAll(): Promise<void> {
    telling = true;
    for (const [name, topic] of waiting) {
      // Whoever asks while it is told may have missed its beginning, and has it told again.
      waiting.delete(name);
      await tell(topic, ports);
    }
    telling = false;
  }

  for await (const { on, prefix } of subscriptions) {
    const name = new TextDecoder("latin1").decode(prefix);
    count(known, name, on);
    counted(known.size);
    if (!on || !fitsTopics(prefix, [WORD]) || waiting.size >= WAITING_MAX) continue;
    waiting.set(name, prefix.slice(WORD.length));
    if (!telling) void tellAll();
  }
}

function count(known: Map<string, number>, name: string, on: boolean): void {
  const many = (known.get(name) ?? 0) + (on ? 1 : -1);
  if (many <= 0) known.delete(name);
  else if (known.size < KNOWN_MAX || known.has(name)) known.set(name, many);
}

async function tell(topic: Uint8Array, { window, publish, wait }: HistoryPorts): Promise<void> {
  const to = window().to();
  const fitting = window()
    .after(window().from(), Number.POSITIVE_INFINITY)
    .filter((message) => message.seq <= to && fitsTopics(message.topic, [topic]));
  for (const [at, message] of fitting.slice(-TOLD_MAX).entries()) {
    await publish([joined(WORD, message.topic), ...message.payload]);
    if (at % PACE_MESSAGES === PACE_MESSAGES - 1) await wait(PACE_MS);
  }
  await publish([joined(WORD, topic), endFrame(to)]);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
