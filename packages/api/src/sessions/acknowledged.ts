/**
 * What was acknowledged before this process began, and is not in Postgres yet:
 * for what is known of all sessions at once (conversations, citations). It is
 * read once, before the first answer that might need it; from then on this
 * process hears of everything it acknowledges itself.
 *
 *   G20  Who was told that something is recorded finds it after a kill of the
 *        server too, also when Redis was emptied and Postgres is behind.
 */
import type { Log } from "@verbatim/core";
import { type Happened, readEvent, SESSION_SOURCE } from "@verbatim/core/sessions";
import type { Breaker } from "./breaker.ts";
import type { TailPorts } from "./tail.ts";

/** Of a longer tail the newest: seconds of the busiest home, a fifth of a second to read. */
const TAIL_ENTRIES_MAX = 20_000;
const STRETCH = { entries: 500, bytes: 8 * 1024 * 1024 } as const;

export interface Acknowledged {
  /** Reads it, the first time. False when it cannot be read now: then something may be missing. */
  known(): Promise<boolean>;
  /** The journal's end now: what was acknowledged before lies up to it. */
  end(): Promise<number>;
}

export type AcknowledgedPorts = Pick<TailPorts, "heard" | "entries"> & {
  /** Up to where Postgres has everything. */
  readonly settledTo: () => Promise<number>;
  readonly postgres: Breaker;
  readonly note: (happened: Happened) => void;
  /** Says that nothing up to this entry is known here but what Postgres has. */
  readonly skipTo: (seq: number) => void;
  readonly log: Log;
};

/** What was acknowledged in this home. */
export function openAcknowledged(ports: AcknowledgedPorts): Acknowledged {
  let isKnown = false;
  let reading: Promise<boolean> | null = null;
  return {
    known: async () => {
      if (isKnown) return true;
      reading ??= readTail(ports)
        .then((read) => {
          isKnown = read;
          return read;
        })
        .finally(() => {
          reading = null;
        });
      return await reading;
    },
    end: async () => (await ports.heard()).seq,
  };
}

async function readTail({ postgres, settledTo, ...ports }: AcknowledgedPorts): Promise<boolean> {
  const { heard, entries, note, skipTo, log } = ports;
  try {
    const settled = await postgres.ask(settledTo);
    const { seq: to } = await heard();
    const oldest = Math.max(settled.here ? settled.value : 0, to - TAIL_ENTRIES_MAX);
    skipTo(oldest);
    let from = oldest + 1;
    while (from <= to) {
      const piece = await entries({ ...STRETCH, from, to });
      for (const { source, raw, seq, at } of piece) {
        const event = source === SESSION_SOURCE ? readEvent(raw) : null;
        if (event?.ok === true) note({ event: event.value, moment: { seq, at } });
      }
      // Places that were lost are passed over.
      from = (piece.at(-1)?.seq ?? to) + 1;
    }
    return true;
  } catch (error) {
    log.warn("tail_unread", { why: String(error) });
    return false;
  }
}
