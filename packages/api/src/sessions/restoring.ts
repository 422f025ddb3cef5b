/**
 * Sessions on their way back into Redis, beside the answers that are given from
 * Postgres meanwhile.
 *
 *   G15  A session is put back once for all who ask for it at once, piece by
 *        piece: what it costs in memory does not grow with it.
 */
import type { Log } from "@verbatim/core";
import {
  HOT_SESSION_MESSAGES,
  type Paged,
  type SessionLibrary,
  type SessionName,
  type SessionPart,
  type SessionStore,
} from "@verbatim/core/sessions";
import type { Breaker } from "./breaker.ts";
import type { JournalTail } from "./tail.ts";

/** Sessions put back at once; others wait their turn. */
const AT_ONCE = 4;
/** More than these are put back when somebody asks for them again. */
const WAITING_MAX = 1000;
const PIECE = 1000;
/** A long session takes seconds, and nobody waits for it. */
const RESTORE_MS = 60_000;
/** Tries until nothing else was heard between the last look at the journal and the last word to Redis. */
const TURNS_MAX = 5;

export type RestoringPorts = {
  readonly store: Pick<SessionStore, "restore">;
  readonly library: Pick<
    SessionLibrary,
    "settledTo" | "messages" | "events" | "outline" | "heardAt"
  >;
  readonly redis: Breaker;
  readonly tail: JournalTail;
  readonly log: Log;
};

export interface Restoring {
  /** Resolves when it was tried; never throws. */
  soon(name: SessionName): Promise<void>;
}

/** Nothing is on its way yet. */
export function openRestoring(ports: RestoringPorts): Restoring {
  const underWay = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async (work: () => Promise<void>): Promise<void> => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
  const tried = async (name: SessionName): Promise<void> => {
    try {
      await putBack(ports, name);
    } catch (error) {
      ports.log.warn("session_not_put_back", { session_id: name.session_id, why: String(error) });
    }
  };

  return {
    soon: async (name) => {
      const key = JSON.stringify([name.user_id, name.session_id]);
      const known = underWay.get(key);
      if (known !== undefined) return await known;
      if (waiting.length >= WAITING_MAX) return;
      const done = inTurn(() => tried(name)).finally(() => underWay.delete(key));
      underWay.set(key, done);
      await done;
    },
  };
}

/** What lies up to `settled` does not change any more; what follows is in the journal, read last. */
async function putBack(ports: RestoringPorts, name: SessionName): Promise<void> {
  const { store, library, redis, tail } = ports;
  const settled = await library.settledTo();
  const heard_at = await library.heardAt(name);
  let upTo = 0;
  const newest = async function* (): AsyncGenerator<SessionPart> {
    const { events, up_to, sure } = await tail.after(name, settled);
    // What its writer has not acknowledged may be gone again after a power cut.
    upTo = sure ? up_to : 0;
    yield { events, isOutline: false };
  };
  const all = async function* (): AsyncGenerator<SessionPart> {
    yield* partsOf(ports, name, settled);
    yield* newest();
  };
  // Others' events went on meanwhile: then only what came since is given again.
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const parts = turn === 0 ? all() : newest();
    const given = await redis.ask(
      () => store.restore({ name, heard_at, upTo: () => upTo, parts }),
      RESTORE_MS,
    );
    if (!given.here) throw given.why;
    if (given.value || upTo === 0) return;
  }
}

/** A session up to an entry: its newest messages with their words, the older ones without. */
async function* partsOf(
  { library }: RestoringPorts,
  name: SessionName,
  upTo: number,
): AsyncGenerator<SessionPart> {
  const before_seq = upTo + 1;
  const hot = await library.messages(name, { limit: HOT_SESSION_MESSAGES, before_seq });
  const cut = hot.rows.length < HOT_SESSION_MESSAGES ? 0 : (hot.rows.at(-1)?.seq ?? 0);
  const read = async function* (
    look: (after_seq: number) => Promise<Paged<SessionPart["events"][number]>>,
    from: number,
    to: number,
  ): AsyncGenerator<SessionPart["events"]> {
    for (let at: number | null = from; at !== null; ) {
      const page: Paged<SessionPart["events"][number]> = await look(at);
      yield page.rows.filter(({ moment }) => moment.seq <= to);
      at = page.next_seq !== null && page.next_seq < to ? page.next_seq : null;
    }
  };
  const outline = (after_seq: number) => library.outline(name, { limit: PIECE, after_seq });
  const whole = (after_seq: number) => library.events(name, { limit: PIECE, after_seq });
  if (cut > 0)
    for await (const events of read(outline, 0, cut - 1)) yield { events, isOutline: true };
  for await (const events of read(whole, Math.max(0, cut - 1), upTo))
    yield { events, isOutline: false };
}
