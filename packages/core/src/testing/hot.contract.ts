/**
 * What every hot store must do. A driver's own test file opens itself, calls
 * this, and adds only what is true of it alone.
 */
import { beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { HotStore } from "../hot/port.ts";
import { HOT_MESSAGES } from "../limits.ts";
import { fileKey } from "../message/heard.ts";
import type { Happened } from "../sessions/event.ts";
import { openHidden } from "../sessions/hidden.ts";
import { messageName } from "../sessions/keys.ts";
import type { SessionName } from "../sessions/port.ts";
import type { Settled } from "../settle/port.ts";
import { makeSettle } from "../settle/settle.ts";
import { anEntry } from "./samples.ts";
import { aHappened, anEventEntry } from "./session-samples.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });

/** Entry `seq` holding message number `number`: the higher the number, the later it was said. */
function said(number: number, seq: number): Settled {
  return settle({ ...anEntry(number), seq });
}

function stretch(from: number, to: number): readonly Settled[] {
  return Array.from({ length: to - from + 1 }, (_, one) => said(from + one, from + one));
}

/** Message number `number` as a copy that was said at another time: heard again, it changes nothing. */
function heardAgain(number: number, seq: number): Settled {
  const item = {
    id: `k-${number}`,
    session_id: `s-${seq % 3}`,
    author: { name: "ada", role: "user" },
    said_at: `2026-01-01T00:00:${10 + ((seq * 7) % 50)}.000Z`,
    text: `heard as entry ${seq}`,
  };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  return settle({ ...anEntry(number), raw, seq });
}

/** Applies in stretches of the given lengths, over and over, to the end. */
async function applyCut(
  hot: HotStore,
  all: readonly Settled[],
  lengths: readonly number[],
): Promise<void> {
  for (let at = 0, turn = 0; at < all.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? all.length;
    await hot.apply(all.slice(at, at + length));
    at += length;
  }
}

/** An event of a session: a message, its deletion, or going off the record and back. */
function happened(
  one: {
    readonly whose: SessionName;
    readonly id: string;
    readonly what: string;
  },
  seq: number,
): Happened {
  const { whose, id, what } = one;
  if (what === "hide") return aHappened(seq, "message_deleted", { message_id: id }, whose);
  if (what !== "say") return aHappened(seq, "off_record_set", { on: what === "off" }, whose);
  const fields = { message_id: id, role: "user", content: `said as ${seq}` } as const;
  return aHappened(seq, "message_said", fields, whose);
}

const EVE = { user_id: "eve", session_id: "s-1" } as const;

/** Said on the record and repeated off it: it stays. */
const REPEATED_OFF_THE_RECORD = (["say", "off", "say"] as const).map((what) => ({
  whose: EVE,
  id: "m-3" as const,
  what,
}));

/** Places of the messages of events that are read: each as it was first heard, unless that is hidden. */
function readIn(events: readonly Happened[]): number[] {
  const hidden = openHidden();
  for (const one of events) hidden.take(one);
  const first = new Map<string, Happened>();
  for (const one of events) {
    const { event } = one;
    if (event.event !== "message_said") continue;
    const name = messageName(event.user_id, event.session_id, event.message_id);
    if (!first.has(name)) first.set(name, one);
  }
  const read = [...first.values()].filter(({ event, moment }) => !hidden.has(event, moment.seq));
  return read.map(({ moment }) => moment.seq);
}

/** All that the port shows. */
async function shown(hot: HotStore): Promise<unknown> {
  return { cursor: await hot.cursor(), window: await hot.window(HOT_MESSAGES) };
}

/** Numbers 1..count in an order that depends on the seed alone. */
function shuffled(count: number, seed: number): readonly number[] {
  const numbers = Array.from({ length: count }, (_, one) => one + 1);
  let state = seed >>> 0;
  for (let at = count - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (at + 1);
    const moved = numbers[at] ?? 0;
    numbers[at] = numbers[other] ?? 0;
    numbers[other] = moved;
  }
  return numbers;
}

/** The suite; `fresh` gives an empty store each time. */
export function hotContract(name: string, fresh: () => Promise<HotStore>): void {
  describe(`hot store: ${name}`, () => {
    let hot: HotStore;
    beforeEach(async () => {
      hot = await fresh();
    });

    test("M1: a stretch and its cursor are one step, and a hole is refused", async () => {
      expect(await hot.cursor()).toBe(0);
      await hot.apply([]);
      await hot.apply(stretch(1, 3));
      expect(await hot.cursor()).toBe(3);
      await expect(hot.apply(stretch(5, 6))).rejects.toMatchObject({ code: "conflict" });
      expect(await hot.cursor()).toBe(3);
      expect(await hot.window(10)).toHaveLength(3);
    });

    test("M1: applies made at once leave whole stretches, whoever comes first", async () => {
      const both = [stretch(1, 500), stretch(1, 300), stretch(1, 400)];
      await Promise.all(both.map((one) => hot.apply(one)));
      expect(await hot.cursor()).toBe(500);
      expect(await hot.window(HOT_MESSAGES)).toHaveLength(500);
    });

    test("M2: applying again, or overlapping, changes nothing", async () => {
      await hot.apply(stretch(1, 10));
      const before = await shown(hot);
      await hot.apply(stretch(1, 10));
      await hot.apply(stretch(4, 8));
      expect(await shown(hot)).toEqual(before);
      await hot.apply(stretch(9, 12));
      expect(await hot.cursor()).toBe(12);
      expect(await hot.window(20)).toHaveLength(12);
    });

    test("M3: whatever order messages come in, the window is the newest by said_at", async () => {
      const count = HOT_MESSAGES + 60;
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
          async (seed, lengths) => {
            await hot.clear();
            const all = shuffled(count, seed).map((number, at) => said(number, at + 1));
            await applyCut(hot, all, lengths);
            const ids = (await hot.window(HOT_MESSAGES * 2)).map((one) => one.id);
            expect(ids).toEqual(
              Array.from({ length: HOT_MESSAGES }, (_, one) => `k-${count - one}`),
            );
          },
        ),
        { numRuns: 6 },
      );
    });

    test("M3: a message from the future is the newest for five minutes, and then one like others", async () => {
      const at = (minutes: number): string =>
        new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString();
      const message = (seq: number, heard: string, said_at: string): Settled => {
        const item = { session_id: "s", author: { name: "ada", role: "user" }, said_at, text: "x" };
        const raw = new TextEncoder().encode(JSON.stringify(item));
        return settle({ seq, source: "api", key: `k-${seq}`, at: heard, raw });
      };
      await hot.apply([
        message(1, at(0), "2999-01-01T00:00:00.000Z"),
        message(2, at(4), at(4)),
        message(3, at(6), at(6)),
      ]);
      expect((await hot.window(9)).map((one) => one.seq)).toEqual([3, 1, 2]);
      expect((await hot.window(9))[1]?.said_at).toBe("2999-01-01T00:00:00.000Z");
      const later = Array.from({ length: HOT_MESSAGES }, (_, one) =>
        message(4 + one, at(10), at(10)),
      );
      await hot.apply(later);
      expect((await hot.window(HOT_MESSAGES)).map((one) => one.seq)).not.toContain(1);
    });

    test("M4: wiped and made again it is the same, however the entries are cut into stretches", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }),
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
          async (numbers, lengths) => {
            const all = numbers.map((number, at) => heardAgain(number, at + 1));
            await hot.clear();
            await hot.apply(all);
            const before = await shown(hot);
            await hot.clear();
            expect(await hot.cursor()).toBe(0);
            expect(await hot.window(10)).toEqual([]);
            await applyCut(hot, all, lengths);
            expect(await shown(hot)).toEqual(before);
          },
        ),
        { numRuns: 25 },
      );
    });

    test("M7: what is hidden is not in the window, in whatever order it comes and however it is cut", async () => {
      const id = fc.constantFrom("m-1", "m-2", "m-3");
      const whose = fc.record({
        user_id: fc.constantFrom("ada", "eve"),
        session_id: fc.constantFrom("s-1", "s-2"),
      });
      const happening = fc.record({ whose, id, what: fc.constantFrom("say", "hide", "off", "on") });
      await fc.assert(
        fc.asyncProperty(
          fc.array(happening, { maxLength: 20 }),
          fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
          async (happenings, lengths) => {
            const events = happenings.map((one, at) => happened(one, at + 1));
            await hot.clear();
            await applyCut(
              hot,
              events.map((one) => settle(anEventEntry(one))),
              lengths,
            );
            const window = await hot.window(HOT_MESSAGES);
            expect(window.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(readIn(events));
          },
        ),
        { numRuns: 100, examples: [[REPEATED_OFF_THE_RECORD, [1]]] },
      );
    });

    test("M7: what is hidden keeps its place, so that it does not show when it was", async () => {
      const message = { whose: { user_id: "ada", session_id: "s-1" }, id: "m-1" };
      const all = [
        ...stretch(1, HOT_MESSAGES - 1),
        settle(anEventEntry(happened({ ...message, what: "say" }, HOT_MESSAGES))),
        settle(anEventEntry(happened({ ...message, what: "hide" }, HOT_MESSAGES + 1))),
        said(HOT_MESSAGES + 2, HOT_MESSAGES + 2),
      ];
      await hot.apply(all);
      const whole = await shown(hot);
      await hot.clear();
      await applyCut(hot, all, [HOT_MESSAGES, 1]);
      expect(await shown(hot)).toEqual(whole);
      expect(await hot.window(HOT_MESSAGES)).toHaveLength(HOT_MESSAGES - 1);
    });

    test("a message heard twice is there once, as it was first heard", async () => {
      await hot.apply([said(1, 1), said(2, 2)]);
      await hot.apply([said(1, 3)]);
      const window = await hot.window(10);
      expect(window.map((one) => [one.id, one.seq])).toEqual([
        ["k-2", 2],
        ["k-1", 1],
      ]);
      expect(await hot.cursor()).toBe(3);
    });

    test("a window of no messages is empty, and never everything", async () => {
      await hot.apply(stretch(1, 3));
      expect(await hot.window(0)).toEqual([]);
      expect((await hot.window(2)).map((one) => one.id)).toEqual(["k-3", "k-2"]);
    });

    test("what is no message moves the cursor and is not shown", async () => {
      const key = fileKey({ path: "a.txt", generation: "g", offset: 0 });
      await hot.apply([settle(anEntry(1, { source: "claude-code", key, raw: new Uint8Array(3) }))]);
      expect(await hot.cursor()).toBe(1);
      expect(await hot.window(10)).toEqual([]);
    });

    test("the newest entry it has taken is remembered, and forgotten with the rest", async () => {
      expect(await hot.newest()).toBeNull();
      await hot.apply([said(9, 1), said(3, 2), said(9, 3)]);
      expect(await hot.newest()).toEqual({ seq: 2, heard_at: "2026-01-02T00:00:00.000Z" });
      await hot.clear();
      expect(await hot.newest()).toBeNull();
    });

    test("a store made from another journal is refused by name", async () => {
      await hot.claim("one");
      await hot.claim("one");
      await expect(hot.claim("two")).rejects.toMatchObject({
        code: "journal_foreign",
        facts: { ours: "two", theirs: "one" },
      });
    });
  });
}
