import { afterAll, expect, test } from "bun:test";
import type { Settled } from "@verbatim/core";
import fc from "fast-check";
import { deletes, event, hidingWorld } from "../../test/hiding-world.ts";

const world = await hidingWorld();
const { deep, index, everything, found, problems, tablesWith } = world;
afterAll(() => world[Symbol.asyncDispose]());

/** Something that happens: who, in which session, what, about which message. */
const happening = fc.record({
  user: fc.constantFrom("ada", "bob"),
  session: fc.constantFrom("s-1", "s-2"),
  message: fc.constantFrom("m-1", "m-2", "m-3"),
  what: fc.constantFrom("say", "say", "delete", "off", "on"),
  isBreakthrough: fc.boolean(),
});
type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

const wordOf = ({ user, session, message }: Happening): string =>
  `word${user}${session}${message}`.replaceAll("-", "");

function entryOf(one: Happening, seq: number): Settled {
  const over = { user_id: one.user, session_id: one.session, at: "2026-01-01T10:00:00.000Z" };
  if (one.what === "delete") return deletes(seq, one.message, over);
  if (one.what !== "say") return event(seq, "off_record_set", { on: one.what === "off" }, over);
  const is_breakthrough = one.isBreakthrough || undefined;
  const content = `${wordOf(one)} is what I say. @Status-${wordOf(one)}`;
  return event(
    seq,
    "message_said",
    { message_id: one.message, role: "user", content, is_breakthrough },
    over,
  );
}

/** Made anew, in stretches of these lengths, the index filled and the numbers counted again in between. */
async function archived(all: readonly Settled[], cuts: readonly number[]): Promise<void> {
  await world.anew();
  for (let at = 0, turn = 0; at < all.length; turn += 1) {
    const length = cuts[turn % cuts.length] ?? all.length;
    await deep.save(all.slice(at, at + length));
    at += length;
    if (turn % 2 === 0) await deep.indexSome();
    if (turn % 5 === 4) await deep.forgetNumbers();
    if (turn % 5 === 4) await deep.recount(all.slice(0, at));
  }
  while ((await deep.countedTo()) < all.length) await deep.recount(all);
  await index();
}

test("S7: however it is cut into stretches, the rows and numbers are the same, and no word of what is hidden is in them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { minLength: 2, maxLength: 14 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      async (happenings, cuts) => {
        const all = happenings.map((one, at) => entryOf(one, at + 1));
        await archived(all, [all.length]);
        const whole = await everything();
        expect(await problems()).toEqual([]);
        await archived(all, cuts);
        expect(await everything()).toEqual(whole);
        expect(await problems()).toEqual([]);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

test("S7: in whatever order a message and its deletion come, it is hidden, and others are not", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(
          happening.filter(({ what }) => what === "say" || what === "delete"),
          { minLength: 2, maxLength: 12 },
        )
        .chain((some) =>
          fc.tuple(
            fc.constant(some),
            fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
          ),
        ),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      async ([some, shuffled], cuts) => {
        const gone = new Set(some.filter(({ what }) => what === "delete").map(wordOf));
        const there = new Set(some.filter(({ what }) => what === "say").map(wordOf));
        for (const order of [some, shuffled]) {
          await archived(
            order.map((one, at) => entryOf(one, at + 1)),
            cuts,
          );
          for (const word of there) {
            expect([word, await found(word)].flat().length > 1).toBe(!gone.has(word));
            if (gone.has(word)) expect(await tablesWith(word)).toEqual([]);
          }
          expect(await problems()).toEqual([]);
        }
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
