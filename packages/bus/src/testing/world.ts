/** A bus among fakes: what agents send is put in, and what they get is looked at. */
import { type Frames, openWindow } from "@verbatim/core";
import { type Bus, openBus, type World } from "../bus.ts";
import type { Prefixed } from "../history.ts";
import { type Channel, openChannel, turns } from "./channel.ts";
import { type FakeJournal, openFakeJournal } from "./journal.ts";

/** One answer, and how far the journal had given receipts at that moment. */
type Answered = {
  readonly said: Readonly<Record<string, unknown>>;
  readonly isEnveloped: boolean;
  readonly receipted: number;
};

type Client = { readonly answers: Answered[]; full: number; isGone: boolean; isSlow: boolean };

export type Fakes = {
  readonly bus: Bus;
  readonly journal: FakeJournal;
  /** What subscribers were sent by the bus itself, as text. */
  readonly forwarded: (readonly string[])[];
  readonly logged: string[];
  readonly published: Channel<readonly Frames[]>;
  readonly pushed: Channel<readonly Frames[]>;
  publish(topic: string, payload: string): void;
  ask(client: string, request: object, ...payload: string[]): void;
  subscribe(prefix: string, on?: boolean): void;
  client(name: string): Client;
  /** Whoever started the bus wants it to stop: waits are over at once. */
  stop(): void;
  /** The sockets are closed, and whoever sends on them is told so. */
  close(): void;
  /** The waits of the canary are over. */
  later(): void;
  /** An hour passes. */
  age(): void;
  end(): Promise<void>;
};

export type Options = {
  readonly safe?: boolean;
  /** Published before this start, as topics. */
  readonly before?: readonly string[];
  /** How many of those are in the window. */
  readonly windowed?: number;
  /** Whether the canary sings, and whether what it publishes gets through. */
  readonly canary?: "silent" | "heard" | "lost";
};

/** Waits from here on are the canary's. */
const LONG_MS = 5000;
const CANARY = "canary";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** A running bus. */
export function openFakes(options: Options = {}): Fakes {
  const journal = openFakeJournal();
  const published = openChannel<readonly Frames[]>();
  const pushed = openChannel<readonly Frames[]>();
  const asked = openChannel<Frames>();
  const subscriptions = openChannel<Prefixed>();
  const canaryAnswers = openChannel<Frames>();
  const clients = new Map<string, Client>();
  const forwarded: string[][] = [];
  const logged: string[] = [];
  const stop = new AbortController();
  let waits: (() => void)[] = [];
  let nowMs = 0;
  let isClosed = false;

  function client(name: string): Client {
    const known = clients.get(name) ?? { answers: [], full: 0, isGone: false, isSlow: false };
    clients.set(name, known);
    return known;
  }

  const answer: World["line"]["answer"] = async (identity, frames) => {
    const one = client(textOf(identity));
    if (isClosed) throw new Error("Socket is closed");
    if (one.isSlow) await turns(1);
    if (one.isGone) return "gone";
    if (one.full > 0) {
      one.full -= 1;
      return "full";
    }
    const isEnveloped = frames.length > 1 && frames[0]?.length === 0;
    const said = JSON.parse(textOf(frames.at(-1)));
    one.answers.push({ said, isEnveloped, receipted: journal.receipted() });
    if (textOf(identity) === CANARY) canaryAnswers.put(frames);
    return "sent";
  };
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stop.signal.aborted) resolve();
      else if (ms < LONG_MS) setImmediate(resolve);
      else waits.push(resolve);
    });
  const log = (event: string): void => {
    logged.push(event);
  };
  const bus = openBus({
    config: {
      ...{ home: "/h", host: "127.0.0.1", safe: options.safe === true, curve: false },
      ports: { publish: 1, subscribe: 2, push: 3, confirm: 4 },
    },
    ...{ intake: journal, journal, past: pastOf(journal, options), wait },
    line: {
      ...{ published: published.values, pushed: pushed.values, asked: asked.values, answer },
      subscriptions: subscriptions.values,
      publish: async (frames) => {
        if (isClosed) throw new Error("Socket is closed");
        forwarded.push(frames.map(textOf));
      },
      tooLarge: () => 0,
      drain: async () => {},
    },
    canary: canaryOf(options, { published, asked, answers: canaryAnswers }),
    ...{ start: "s", pid: 1, now: () => new Date(nowMs), signal: stop.signal },
    log: { info: log, warn: log, error: log },
  });
  const running = bus.run();
  return {
    ...{ bus, journal, forwarded, logged, published, pushed, client },
    publish: (topic, payload) => published.put([[bytesOf(topic), bytesOf(payload)]]),
    ask: (name, request, ...payload) => {
      const frames = [JSON.stringify(request), ...payload].map(bytesOf);
      asked.put([bytesOf(name), new Uint8Array(0), ...frames]);
    },
    subscribe: (prefix, on = true) => subscriptions.put({ on, prefix: bytesOf(prefix) }),
    stop: () => stop.abort(),
    close: () => {
      isClosed = true;
    },
    later: () => {
      const over = waits;
      waits = [];
      for (const one of over) one();
    },
    age: () => {
      nowMs += 3_600_000;
    },
    end: async () => {
      stop.abort();
      journal.letGo();
      for (const one of [published, pushed, asked, subscriptions]) one.close();
      await running;
    },
  };
}

function pastOf(journal: FakeJournal, { before = [], windowed = before.length }: Options) {
  const window = openWindow(before.length - windowed);
  for (const [at, topic] of before.entries()) {
    if (topic === "(other)") {
      journal.hearOther();
      continue;
    }
    const text = `${topic.length}:${topic},${String(at + 1).length}:${at + 1},`;
    journal.entries.push({
      ...{ seq: at + 1, at: "2026-11-21T01:00:00.000Z", source: "bus", key: `pub/old-${at + 1}` },
      raw: bytesOf(text),
    });
  }
  for (const entry of journal.entries) window.hear(entry);
  return window;
}

type CanaryLines = {
  readonly published: Channel<readonly Frames[]>;
  readonly asked: Channel<Frames>;
  readonly answers: Channel<Frames>;
};

function canaryOf({ canary = "silent" }: Options, lines: CanaryLines): World["canary"] {
  const answers = lines.answers.values[Symbol.asyncIterator]();
  return {
    voice: {
      publish: async (frames) => {
        if (canary === "silent") await new Promise(() => {});
        if (canary === "heard") lines.published.put([frames]);
      },
    },
    asker: {
      ask: async (frames) => lines.asked.put([bytesOf(CANARY), ...frames]),
      answer: async () => {
        const { value } = await answers.next();
        if (canary === "lost") throw new Error("no answer");
        return value;
      },
    },
    newId: () => "canary-1",
    idOf: () => "canary-1",
  };
}
