import { expect, test } from "bun:test";
import type { Entry } from "@verbatim/core";
import { encodeEvent, type Happened, type SessionName } from "@verbatim/core/sessions";
import { aHappened, anEntry } from "@verbatim/core/testing";
import fc from "fast-check";
import { openTail } from "./tail.ts";

const ADA: SessionName = { user_id: "ada", session_id: "s-1" };
const BOB: SessionName = { user_id: "bob", session_id: "s-1" };

/** Of every three entries one is no event; the others are of two sessions by turns. */
function eventAt(seq: number): Happened | null {
  if (seq % 3 === 0) return null;
  const whose = seq % 2 === 0 ? ADA : BOB;
  return aHappened(seq, "session_resumed", {}, { ...whose, at: "2026-01-01T00:00:00.000Z" });
}

function entryAt(seq: number): Entry {
  const one = eventAt(seq);
  if (one === null) return anEntry(seq);
  return { ...one.moment, source: "session", key: `k-${seq}`, raw: encodeEvent(one.event) };
}

/** A journal that grows, and is read a few entries at a time. */
function journal() {
  const now = { heard: 0, reads: 0, readable: Number.MAX_SAFE_INTEGER };
  const tail = openTail({
    heard: async () => ({ seq: now.heard, sure: true }),
    entries: async ({ from, to }) => {
      now.reads += 1;
      const last = Math.min(to, from + 3, now.readable);
      return Array.from({ length: Math.max(0, last - from + 1) }, (_, at) => entryAt(from + at));
    },
  });
  return { now, tail };
}

const ofSession = (name: SessionName, after: number, upTo: number): readonly number[] =>
  Array.from({ length: upTo }, (_, at) => at + 1).filter((seq) => {
    return seq > after && eventAt(seq)?.event.user_id === name.user_id;
  });

test("G14: whoever asks, from wherever, however the journal grows, gets every event of theirs", async () => {
  const asks = fc.array(fc.tuple(fc.nat(20), fc.nat(200), fc.boolean()), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(asks, async (drawn) => {
      const { now, tail } = journal();
      const answers = drawn.map(async ([more, place, isAda]) => {
        now.heard += more;
        const [upTo, name] = [now.heard, isAda ? ADA : BOB];
        const after = Math.min(place, upTo);
        const given = await tail.after(name, after);
        expect(given.up_to).toBeGreaterThanOrEqual(upTo);
        const seqs = given.events.map(({ moment }) => moment.seq);
        expect(seqs).toEqual([...ofSession(name, after, given.up_to)]);
      });
      await Promise.all(answers);
    }),
    { numRuns: 60 },
  );
});

test("G14: what was read once is not read again, and too far behind or unreadable is said", async () => {
  const { now, tail } = journal();
  now.heard = 40;
  await tail.after(ADA, 0);
  const reads = now.reads;
  await tail.after(BOB, 5);
  expect(now.reads).toBe(reads);
  now.heard = 50;
  now.readable = 44;
  await expect(tail.after(ADA, 5)).rejects.toMatchObject({ code: "postgres_unreachable" });
  now.readable = 50;
  expect((await tail.after(ADA, 45)).up_to).toBe(50);
  now.heard = 1_000_000;
  await expect(tail.after(ADA, 50)).rejects.toMatchObject({
    code: "postgres_unreachable",
    facts: { behind: 999_950 },
  });
});
