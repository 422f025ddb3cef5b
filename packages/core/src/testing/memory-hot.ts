/**
 * A hot store in memory, for tests: the same promises as Redis (M1-M4), kept by
 * the plainest code that keeps them. It knows every repeat; Redis knows those of
 * the last twenty thousand entries.
 */
import { VerbatimError } from "../errors.ts";
import { type HotMessage, type HotStep, hotStretchOf } from "../hot/digest.ts";
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
  let given: HotMessage[] = [];
  let hidden = new Set<string>();
  let off = new Set<string>();

  const take = (step: HotStep): void => {
    if (step.op === "hide") hidden.add(step.ref);
    if (step.op === "off") off.add(step.whose);
    if (step.op === "on") off.delete(step.whose);
    if (step.op !== "say" || known.has(step.ref)) return;
    if (off.has(step.whose)) hidden.add(step.ref);
    known.add(step.ref);
    given.push(step);
  };

  return {
    claim: async (journalId) => {
      owner ??= journalId;
      if (owner !== journalId)
        throw new VerbatimError("journal_foreign", `this store is made from ${owner}`, {
          facts: { ours: journalId, theirs: owner },
        });
    },
    cursor: async () => cursor,
    newest: async () => {
      const newest = given.findLast(({ ref }) => !hidden.has(ref));
      if (newest === undefined) return null;
      const taken: Taken = { seq: newest.seq, heard_at: messageOf(newest.json).heard_at };
      return taken;
    },
    apply: async (stretch) => {
      if (stretch.length === 0) return;
      const { first, last, steps } = hotStretchOf(stretch);
      if (first > cursor + 1) throw new VerbatimError("conflict", `the store is at ${cursor}`);
      const before = given.length;
      for (const step of steps) if (step.seq > cursor) take(step);
      const taken = [...window, ...given.slice(before)];
      window = taken.toSorted(newestFirst).slice(0, HOT_MESSAGES);
      cursor = Math.max(cursor, last);
    },
    window: async (limit) =>
      window
        .slice(0, Math.max(0, limit))
        .filter(({ ref }) => !hidden.has(ref))
        .map((one) => messageOf(one.json)),
    clear: async () => {
      owner = null;
      cursor = 0;
      known = new Set();
      window = [];
      given = [];
      hidden = new Set();
      off = new Set();
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
