/**
 * History for subscribers that can do nothing but subscribe: whoever subscribes to
 * `replay:<topic>` is sent the newest messages whose topics begin with it, each
 * under `replay:` and its own topic, and then `replay:<topic>` with an end mark.
 *
 * It goes to everybody who has that subscription at the time. 5558 is for one
 * client alone, and says the seqs.
 */
import { endFrame, type Frames, fitsTopics, type Window } from "@verbatim/core";

const WORD: Uint8Array = new TextEncoder().encode("replay:");
/** Histories that wait for their turn; a subscriber that finds no place asks 5558. */
const WAITING_MAX = 100;
const STRETCH = 500;

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
  const known = new Set<string>();
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
    if (on) known.add(name);
    else known.delete(name);
    counted(known.size);
    if (!on || !fitsTopics(prefix, [WORD]) || waiting.size >= WAITING_MAX) continue;
    waiting.set(name, prefix.slice(WORD.length));
    if (!telling) void tellAll();
  }
}

async function tell(topic: Uint8Array, { window, publish, wait }: HistoryPorts): Promise<void> {
  const to = window().to();
  let place = window().from();
  while (place < to) {
    const found = window().after(place, STRETCH);
    for (const message of found) {
      if (message.seq > to) break;
      if (fitsTopics(message.topic, [topic]))
        await publish([joined(WORD, message.topic), ...message.payload]);
    }
    place = found.length < STRETCH ? to : (found.at(-1)?.seq ?? to);
    await wait(0);
  }
  await publish([joined(WORD, topic), endFrame(to)]);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
