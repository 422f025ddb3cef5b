/**
 * A small queue for when the server is away: what is put in is sent in its
 * order, now or when the server is back.
 *
 *   R15  What was taken is sent once, in order, or told to `onDrop` with the
 *       reason: never lost without a word. With a storage it outlives this process.
 *
 * Each thing keeps one id and one Idempotency-Key for good, so sending it again
 * is harmless. One outbox for one name in one storage; two would send twice.
 */
import type { Caller } from "./calling.ts";
import { ApiError, isForLater } from "./errors.ts";
import { newId } from "./names.ts";
import { backoffMs } from "./waiting.ts";
import type { PostedMessage } from "./wire.ts";
import type { SessionMessage } from "./wire-sessions.ts";

/** More than a chat server says in the minutes that a restart takes. */
const PENDING_MAX = 1000;
const RETRY_MS = 1000;

/** What a `Storage` of a browser has, or anything like it. */
export interface OutboxStorage {
  getItem(name: string): string | null | Promise<string | null>;
  setItem(name: string, value: string): void | Promise<void>;
  removeItem(name: string): void | Promise<void>;
}

/** A thing to send. */
export type Pending = { readonly key: string } & (
  | { readonly kind: "post"; readonly message: PostedMessage }
  | {
      readonly kind: "append";
      readonly user: string;
      readonly session: string;
      readonly message: SessionMessage;
    }
);

export type OutboxOptions = {
  /** Where it is kept beside memory; a crash loses nothing that was taken. */
  readonly storage?: OutboxStorage | undefined;
  /** Its name in the storage. `verbatim-outbox`. */
  readonly name?: string | undefined;
  /** Things held at most; a full outbox takes nothing more. 1000. */
  readonly max?: number | undefined;
  /** Told of everything that will not be sent, and why: refused by the server, or no room. */
  readonly onDrop?: ((thing: Pending, why: unknown) => void) | undefined;
  /** Wait before the first new try, doubled for each further one up to half a minute. 1000. */
  readonly retryWaitMs?: number | undefined;
};

export interface Outbox {
  /** Takes messages; resolves when they are held, with the ids they have. */
  post(messages: readonly PostedMessage[]): Promise<readonly string[]>;
  /** Takes one message of a session; resolves when it is held, with its id. */
  append(user: string, session: string, message: SessionMessage): Promise<string>;
  /** Things not sent yet. */
  readonly pending: number;
  /** Sends now what can be sent; resolves with how many are left. */
  flush(signal?: AbortSignal): Promise<number>;
  /** Stops trying; what is held stays in the storage. */
  close(): void;
}

/** Opens the outbox, and begins to send what an earlier one of this name left. */
export async function openOutbox(caller: Caller, options: OutboxOptions = {}): Promise<Outbox> {
  const { max = PENDING_MAX, onDrop, retryWaitMs = RETRY_MS } = options;
  const shelf = openShelf(options);
  const held: Pending[] = [...(await shelf.load())];
  let taking: Promise<unknown> = Promise.resolve();
  let sending: Promise<number> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = 0;
  let isClosed = false;

  /** True when it is done with: sent, or dropped with a word. */
  const send = async (thing: Pending, signal: AbortSignal | undefined): Promise<boolean> => {
    try {
      await sent(caller, thing, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (isToStay(error)) return false;
      onDrop?.(thing, error); // (R15)
    }
    return true;
  };
  const sendAll = async (signal: AbortSignal | undefined): Promise<number> => {
    for (let thing = held[0]; thing !== undefined; thing = held[0]) {
      if (isClosed || !(await send(thing, signal))) break;
      // Whoever opened it anew has the shelf now, and sends this again, harmlessly.
      if (isClosed) break;
      held.shift();
      await shelf.shift();
      failed = 0;
    }
    return held.length;
  };
  const later = (): void => {
    if (isClosed || held.length === 0) return;
    clearTimeout(timer);
    timer = setTimeout(go, backoffMs(failed, retryWaitMs, Math.random));
    failed += 1;
  };
  const flush = (signal?: AbortSignal): Promise<number> => {
    sending ??= sendAll(signal).finally(() => {
      sending = null;
      later();
    });
    return sending;
  };
  const go = (): void => void flush().catch(() => undefined);
  const take = async (thing: Pending): Promise<void> => {
    try {
      if (held.length >= max)
        throw new ApiError("usage", `the outbox holds ${max} things, the most it may`);
      await shelf.push(thing);
    } catch (error) {
      onDrop?.(thing, error);
      throw error;
    }
    held.push(thing);
    // While it waits for the server, a new thing waits with the others.
    if (failed === 0) go();
  };
  /** One after the other: their order on the shelf is the order they came in. */
  const inTurn = (thing: Pending): Promise<void> => {
    const turn = taking.then(() => take(thing));
    taking = turn.catch(() => undefined);
    return turn;
  };
  if (held.length > 0) go();

  return {
    ...doorsOf(inTurn),
    get pending() {
      return held.length;
    },
    flush,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Each thing gets its id and its key here, and keeps them. */
function doorsOf(take: (thing: Pending) => Promise<void>): Pick<Outbox, "post" | "append"> {
  return {
    post: async (given) => {
      const messages = given.map((one) => ({ ...one, id: one.id ?? newId() }));
      // Each by itself: what is wrong with one is said of that one.
      const taken = messages.map((message) => take({ kind: "post", key: newId(), message }));
      const failed = (await Promise.allSettled(taken)).find(({ status }) => status === "rejected");
      if (failed?.status === "rejected") throw failed.reason;
      return messages.map(({ id }) => id);
    },
    append: async (user, session, given) => {
      const id = given.message_id ?? newId();
      const message = { ...given, message_id: id };
      await take({ kind: "append", key: newId(), user, session, message });
      return id;
    },
  };
}

async function sent(
  caller: Caller,
  thing: Pending,
  signal: AbortSignal | undefined,
): Promise<void> {
  const how = { idempotencyKey: thing.key, signal };
  if (thing.kind === "append") {
    const path = [thing.user, thing.session];
    await caller.call("POST /v1/users/{user}/sessions/{session}/messages", {
      ...how,
      path,
      body: thing.message,
    });
    return;
  }
  await caller.call("POST /v1/messages", { ...how, body: { messages: [thing.message] } });
}

/** Away, full, or the key is wrong: none of it is the thing's fault. */
function isToStay(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return isForLater(error) || error.status >= 500 || error.status === 401 || error.status === 403;
}

interface Shelf {
  load(): Promise<readonly Pending[]>;
  push(thing: Pending): Promise<void>;
  shift(): Promise<void>;
}

/**
 * The storage as a row of things: `name` holds the first place and the one after
 * the last, `name:7` the thing at place 7. A thing is written before its place
 * counts, and its place is given up before it is removed.
 */
function openShelf({ storage, name = "verbatim-outbox" }: OutboxOptions): Shelf {
  let from = 0;
  let to = 0;
  const mark = (): void | Promise<void> => storage?.setItem(name, `${from} ${to}`);
  return {
    load: async () => {
      const said = /^(\d+) (\d+)$/.exec((await storage?.getItem(name)) ?? "");
      from = Number(said?.[1] ?? 0);
      to = Number(said?.[2] ?? 0);
      const found: Pending[] = [];
      for (let at = from; at < to; at += 1) {
        const text = await storage?.getItem(`${name}:${at}`);
        // Written by this file, for this file: its shape is not in doubt.
        if (typeof text === "string") found.push(JSON.parse(text));
      }
      return found;
    },
    push: async (thing) => {
      await storage?.setItem(`${name}:${to}`, JSON.stringify(thing));
      to += 1;
      try {
        await mark();
      } catch (error) {
        to -= 1;
        throw error;
      }
    },
    shift: async () => {
      from += 1;
      await mark();
      await storage?.removeItem(`${name}:${from - 1}`);
    },
  };
}
