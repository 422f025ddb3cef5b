/**
 * A hot store in memory, for tests: the same promises as Redis (M1-M4), kept by
 * the plainest code that keeps them. It knows every repeat; Redis knows those of
 * the last twenty thousand entries.
 */
import { VerbatimError } from "../errors.ts";
import { type HotMessage, hotStretchOf } from "../hot/digest.ts";
import type { HotStore } from "../hot/port.ts";
import { HOT_MESSAGES } from "../limits.ts";
import type { EnrichedMessage } from "../message/message.ts";
import type { Taken } from "../settle/port.ts";

/** An empty one. */
export function openMemoryHot(): HotStore {
  let owner: string | null = null;
  let cursor = 0;
  let known = new Set<string>();
  let window: readonly HotMessage[] = [];
  let newest: Taken | null = null;

  return {
    claim: async (journalId) => {
      owner ??= journalId;
      if (owner !== journalId)
        throw new VerbatimError("journal_foreign", `this store is made from ${owner}`, {
          facts: { ours: journalId, theirs: owner },
        });
    },
    cursor: async () => cursor,
    newest: async () => newest,
    apply: async (stretch) => {
      if (stretch.length === 0) return;
      const { first, last, messages } = hotStretchOf(stretch);
      if (first > cursor + 1) throw new VerbatimError("conflict", `the store is at ${cursor}`);
      const taken = [...window];
      for (const message of messages) {
        if (message.seq <= cursor || known.has(message.ref)) continue;
        known.add(message.ref);
        taken.push(message);
        newest = { seq: message.seq, heard_at: messageOf(message.json).heard_at };
      }
      window = taken.toSorted(newestFirst).slice(0, HOT_MESSAGES);
      cursor = Math.max(cursor, last);
    },
    window: async (limit) => window.slice(0, Math.max(0, limit)).map((one) => messageOf(one.json)),
    clear: async () => {
      owner = null;
      cursor = 0;
      known = new Set();
      window = [];
      newest = null;
    },
  };
}

function newestFirst(one: HotMessage, other: HotMessage): number {
  if (one.said_ms !== other.said_ms) return other.said_ms - one.said_ms;
  return one.ref < other.ref ? 1 : -1;
}

function messageOf(json: string): EnrichedMessage {
  const message: EnrichedMessage = JSON.parse(json);
  return message;
}
