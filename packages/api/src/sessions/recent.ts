/**
 * What this process itself was told lately: events that were acknowledged here.
 * Bounded in number and size; what is forgotten here is in the journal, and a
 * store is believed only when it has come so far (reading.ts).
 */
import type { Happened, SessionName } from "@verbatim/core/sessions";

/** Minutes of a busy server; the stores are seconds behind. */
const EVENTS_MAX = 10_000;
const BYTES_MAX: number = 32 * 1024 * 1024;
/** Of an event beside its words. */
const HEAD_BYTES = 500;

/** The newest events, by session. */
export interface RecentEvents {
  note(happened: Happened): void;
  /** Of a session, in the order of the journal. */
  of(name: SessionName): readonly Happened[];
  /** The session's newest here, 0 when there is none. */
  newest(name: SessionName): number;
  /** The newest that was forgotten, or never known here; 0 when nothing was. */
  forgotten(): number;
  /** The event with this id. */
  event(eventId: string): Happened | null;
  /** Says that nothing up to this place is known here. */
  skipTo(seq: number): void;
  /** Events of all sessions after a place, in the order of the journal. */
  after(seq: number): readonly Happened[];
  /** Sessions of a user that were spoken of here, newest first. */
  sessionsOf(userId: string): readonly string[];
}

type Kept = { readonly happened: Happened; readonly bytes: number };

/** An empty memory. */
export function openRecent(
  most: number = EVENTS_MAX,
  bytesMax: number = BYTES_MAX,
  /** What was asked to be forgotten since. */
  isGone: (happened: Happened) => boolean = () => false,
): RecentEvents {
  const kept = new Map<string, Kept>();
  const bySession = new Map<string, Map<string, Happened>>();
  let bytes = 0;
  let forgotten = 0;

  const forget = (id: string, { happened, bytes: size }: Kept): void => {
    kept.delete(id);
    forgotten = Math.max(forgotten, happened.moment.seq);
    bytes -= size;
    const key = keyOf(happened.event);
    const session = bySession.get(key);
    session?.delete(id);
    if (session?.size === 0) bySession.delete(key);
  };
  const inOrder = (name: SessionName): readonly Happened[] =>
    [...(bySession.get(keyOf(name))?.values() ?? [])]
      .filter((one) => !isGone(one))
      .toSorted((one, other) => one.moment.seq - other.moment.seq);

  return {
    note: (happened) => {
      const { event } = happened;
      if (kept.has(event.event_id)) return;
      const size = sizeOf(happened);
      kept.set(event.event_id, { happened, bytes: size });
      bytes += size;
      const key = keyOf(event);
      const session = bySession.get(key) ?? new Map<string, Happened>();
      session.set(event.event_id, happened);
      // The session that was spoken of last stands last.
      bySession.delete(key);
      bySession.set(key, session);
      for (const [id, one] of kept) {
        if (kept.size <= most && bytes <= bytesMax) break;
        forget(id, one);
      }
    },
    of: inOrder,
    newest: (name) => {
      let newest = 0;
      for (const one of bySession.get(keyOf(name))?.values() ?? [])
        if (one.moment.seq > newest && !isGone(one)) newest = one.moment.seq;
      return newest;
    },
    forgotten: () => forgotten,
    skipTo: (seq) => {
      forgotten = Math.max(forgotten, seq);
    },
    after: (seq) =>
      [...kept.values()]
        .map(({ happened }) => happened)
        .filter((one) => one.moment.seq > seq && !isGone(one))
        .toSorted((one, other) => one.moment.seq - other.moment.seq),
    event: (eventId) => {
      const found = kept.get(eventId)?.happened;
      return found === undefined || isGone(found) ? null : found;
    },
    sessionsOf: (userId) =>
      [...bySession.values()]
        .flatMap((events) => {
          const first = [...events.values()].find((one) => !isGone(one));
          return first?.event.user_id === userId ? [first.event.session_id] : [];
        })
        .toReversed(),
  };
}

function sizeOf({ event }: Happened): number {
  const words = Object.values(event).map((value) => (typeof value === "string" ? value.length : 0));
  return HEAD_BYTES + 2 * words.reduce((sum, length) => sum + length, 0);
}

function keyOf({ user_id, session_id }: SessionName): string {
  return JSON.stringify([user_id, session_id]);
}
