/**
 * The journal, settled as it is read: wherever reading begins, what was said in
 * the places before it is looked at first, so that P3 holds for every consumer,
 * however it cuts the journal into stretches.
 *
 *   P5  Between a few entries everything else of the program has its turn: answers
 *       of stores are not taken for late while a long stretch is settled.
 */
import type { JournalReader } from "../journal/port.ts";
import { STRETCH_BYTES_MAX } from "../limits.ts";
import type { Settle, Settled, SettledReader } from "./port.ts";
import { NEIGHBOUR_ENTRIES, openRecent, type Recent } from "./recent.ts";

/** Settled in one go: some 30 ms on a slow machine, where three consumers share a program. */
const AT_ONCE = 25;

/** Lets everything else that waits go first. */
function breath(): Promise<void> {
  return new Promise((resume) => {
    setImmediate(resume);
  });
}

/** Reads on from where it last was without looking back again. Also for calls at once: each then looks back itself. */
export function openSettledReader(
  journal: Pick<JournalReader, "read">,
  settle: Settle,
): SettledReader {
  let kept: Recent | null = null;

  /** Remembers what lies before a place, and goes back no further than needed. */
  async function before(seq: number): Promise<Recent> {
    const oldest = seq - NEIGHBOUR_ENTRIES;
    const known = kept !== null && kept.seq < seq && kept.seq >= oldest - 1 ? kept : null;
    kept = null;
    const recent = known ?? openRecent(Math.max(0, oldest - 1));
    while (recent.seq < seq - 1) {
      const entries = await journal.read({
        from: recent.seq + 1,
        to: seq - 1,
        entries: NEIGHBOUR_ENTRIES,
        bytes: STRETCH_BYTES_MAX,
      });
      for (const entry of entries) settle.remember(entry, recent);
      // Places that were lost are passed over.
      if (entries.length === 0) recent.remember(seq - 1, []);
    }
    return recent;
  }

  return {
    read: async (stretch) => {
      const [first, ...rest] = await journal.read(stretch);
      if (first === undefined) return [];
      const recent = await before(first.seq);
      const settled: Settled[] = [];
      for (const entry of [first, ...rest]) {
        if (settled.length > 0 && settled.length % AT_ONCE === 0) await breath();
        settled.push(settle(entry, recent));
      }
      kept = recent;
      return settled;
    },
    settle: async (entry) => {
      const recent = await before(entry.seq);
      const settled = settle(entry, recent);
      kept = recent;
      return settled;
    },
  };
}
