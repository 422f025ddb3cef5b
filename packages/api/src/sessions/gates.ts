/**
 * What must be known of a session before something is written to it: that it is
 * there, whether it is off the record, and where it is. It is looked up once a
 * second for a session that is being talked in, not for every word.
 *
 * Whoever goes off the record by this process is off it with the next request.
 * By another process on the same home: within a second; what was said meanwhile
 * is shown to nobody.
 */
import { VerbatimError } from "@verbatim/core";
import type { SessionName } from "@verbatim/core/sessions";
import type { SessionView } from "./reading.ts";
import type { Recorded } from "./recorder.ts";

const LOOKED_MS = 1000;
const GATES_MAX = 20_000;

export type Gate = { readonly off_record: boolean; readonly last_seq: number };

export interface Gates {
  /** Null when it has to be looked up. */
  of(name: SessionName): Gate | null;
  /** Looks it up; what somebody switched meanwhile is looked up again by the next one. */
  look(
    name: SessionName,
    read: () => Promise<SessionView>,
  ): Promise<{ readonly gate: Gate; readonly view: SessionView }>;
  /** After these were recorded; gives the session's newest entry. */
  passed(name: SessionName, gate: Gate, recorded: readonly Recorded[]): number;
}

/** Gates of one process. */
export function openGates(now: () => number): Gates {
  const kept = new Map<string, Gate & { readonly until: number }>();
  let switches = 0;

  const keep = (key: string, gate: Gate, until: number): void => {
    kept.delete(key);
    kept.set(key, { ...gate, until });
    for (const oldest of kept.keys()) {
      if (kept.size <= GATES_MAX) return;
      kept.delete(oldest);
    }
  };

  return {
    of: (name) => {
      const found = kept.get(keyOf(name));
      return found === undefined || now() >= found.until ? null : found;
    },
    look: async (name, read) => {
      const before = switches;
      const view = await read();
      const { off_record, metadata } = view.state;
      const gate = { off_record: off_record.on, last_seq: metadata.last_seq };
      if (switches === before) keep(keyOf(name), gate, now() + LOOKED_MS);
      return { gate, view };
    },
    passed: (name, gate, recorded) => {
      const seqs = recorded.map(({ happened }) => happened.moment.seq);
      const key = keyOf(name);
      const known = kept.get(key);
      const last_seq = Math.max(gate.last_seq, known?.last_seq ?? 0, ...seqs);
      const isSwitched = recorded.some(({ happened }) => happened.event.event === "off_record_set");
      // Who goes off the record, or back on it, has the next one look.
      if (isSwitched) {
        switches += 1;
        kept.delete(key);
      } else if (known !== undefined) {
        keep(key, { ...known, last_seq }, known.until);
      }
      return last_seq;
    },
  };
}

function keyOf({ user_id, session_id }: SessionName): string {
  return JSON.stringify([user_id, session_id]);
}

/** Why nobody goes on from a session that is off the record (G31). */
export function offTheRecord(which: string): VerbatimError {
  return new VerbatimError(
    "conflict",
    `${which} is off the record, and the next one would not be: put it on the record first, POST /v1/users/{user}/sessions/{session}/off-record {"on": false}`,
  );
}
