/**
 * Messages as they come, for as long as you listen.
 *
 *   R13  After any break it goes on behind the last whole event: nothing is left
 *       out, nothing comes twice, and what cannot be given any more is a `gap`.
 *
 * It ends when its signal is aborted, when you stop iterating, or when the server
 * refuses (a wrong key, a wrong parameter): then it throws.
 */
import type { Caller } from "./calling.ts";
import { ApiError, isForLater } from "./errors.ts";
import { openSseParser, type SseEvent } from "./sse.ts";
import { backoffMs, wait } from "./waiting.ts";
import type { EnrichedMessage } from "./wire.ts";

/** The server pings every 15 s; a connection that is silent for three of them is dead. */
const SILENT_MS_MAX = 45_000;
const RETRY_MS = 1000;

export type LiveEvent =
  | { readonly kind: "message"; readonly id: string; readonly message: EnrichedMessage }
  /** Seqs that cannot be given any more: read them with `messages.list({ after_seq })`. */
  | { readonly kind: "gap"; readonly id: string; readonly from: number; readonly to: number }
  /** The feed waits for Redis, and has it again. */
  | { readonly kind: "away" | "back"; readonly part: string };

export type LiveAsk = {
  /** Begin behind this event: the `id` or `place` of before. From now on when left out. */
  readonly after?: string | undefined;
  readonly session?: string | undefined;
  readonly source?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of every break, with its reason, before it connects again. */
  readonly onBreak?: ((why: unknown) => void) | undefined;
  /** Silence after which a connection is given up. 45 000. */
  readonly silentMs?: number | undefined;
  /** Wait before it connects again, until the server names another. 1000. */
  readonly retryWaitMs?: number | undefined;
};

export interface Live extends AsyncIterable<LiveEvent> {
  /** What `after` takes to go on from here; moves also while nothing passes the filter. */
  readonly place: string | null;
}

/** A feed; connects when it is first asked for an event. */
export function openLive(caller: Caller, ask: LiveAsk, random: () => number): Live {
  const feed: Feed = {
    place: ask.after ?? null,
    retryMs: ask.retryWaitMs ?? RETRY_MS,
    failed: 0,
  };
  return {
    get place() {
      return feed.place;
    },
    [Symbol.asyncIterator]: async function* () {
      const { signal, onBreak } = ask;
      const isOver = (): boolean => signal?.aborted === true;
      while (!isOver()) {
        const why = yield* connection(caller, ask, feed);
        if (isOver()) return;
        onBreak?.(why);
        await wait(backoffMs(feed.failed, feed.retryMs, random), signal).catch(() => undefined);
        feed.failed += 1;
      }
    },
  };
}

/** What is kept from one connection to the next. */
type Feed = { place: string | null; retryMs: number; failed: number };

/** The events of one connection; gives the reason of its break, throws a refusal. */
async function* connection(
  caller: Caller,
  ask: LiveAsk,
  feed: Feed,
): AsyncGenerator<LiveEvent, unknown> {
  const own = new AbortController();
  const stop = (): void => own.abort();
  ask.signal?.addEventListener("abort", stop, { once: true });
  try {
    yield* listening(caller, ask, feed, own.signal);
    return new ApiError("network", "the stream ended");
  } catch (error) {
    if (isFinal(error) && ask.signal?.aborted !== true) throw error;
    return error;
  } finally {
    ask.signal?.removeEventListener("abort", stop);
    own.abort();
  }
}

async function* listening(
  caller: Caller,
  { session, source, silentMs = SILENT_MS_MAX }: LiveAsk,
  feed: Feed,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (feed.place !== null) headers["last-event-id"] = feed.place; // (R13)
  const asked = { query: { session, source }, headers, signal };
  const answer = await before(silentMs, signal, caller.open("GET /v1/live", asked));
  const parser = openSseParser();
  for await (const bytes of piecesOf(answer, silentMs, signal)) {
    for (const event of parser.push(bytes)) {
      feed.failed = 0;
      feed.place = event.id ?? feed.place;
      const told = eventOf(event);
      if (told !== null) yield told;
    }
    feed.retryMs = parser.retryMs() ?? feed.retryMs;
  }
}

/** A refusal stays one; everything else is a break. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && !isForLater(error) && error.status < 500;
}

/** The body as it comes; fails when nothing comes for too long. */
async function* piecesOf(
  answer: Response,
  silentMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const piece = await before(silentMs, signal, reader.read());
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    // Who stops listening closes the connection; that it was broken already is no news.
    await reader.cancel().catch(() => undefined);
  }
}

/** What was asked, unless it takes too long or is not wanted any more. */
async function before<Value>(
  ms: number,
  signal: AbortSignal,
  asked: Promise<Value>,
): Promise<Value> {
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const why = new ApiError("timeout", `nothing came for ${ms} ms`);
    const timer = setTimeout(() => reject(why), ms);
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    };
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    stop();
  }
}

/** What the event means; null for one that only moves the place, and for kinds of later servers. */
function eventOf({ event, data, id }: SseEvent): LiveEvent | null {
  if (data === "") return null;
  // The stream's shape is the server's promise (docs of /v1/live); a test follows a real one.
  const value = JSON.parse(data);
  if (event === "message") return { kind: event, id: id ?? "", message: value };
  if (event === "gap") return { kind: event, id: id ?? "", from: value.from, to: value.to };
  if (event === "away" || event === "back") return { kind: event, part: value.part };
  return null;
}
