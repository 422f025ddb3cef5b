/** Whatever happens to a file, and whenever everything is killed, what was heard is the file. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { aWorld, bytesOf, checksum, FILE, restored, type World } from "../testing/follow-world.ts";
import { cursorsFrom } from "./cursors.ts";
import type { Hearer } from "./hearer.ts";

describe("whatever happens", () => {
  const someBytes = fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .map((bytes) => bytes.map((byte) => (byte % 4 === 0 ? 10 : byte)));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("append" as const), bytes: someBytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("rewrite" as const), bytes: someBytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("replace" as const), bytes: someBytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const), to: fc.nat(60) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("hear" as const), rest: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ do: "save" as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("kill" as const), note: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("refuse" as const), times: fc.nat(2) }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  const PLAY: { [Do in Step["do"]]: (world: World, one: Step & { do: Do }) => unknown } = {
    append: ({ disk }, { bytes }) => disk.append(FILE, bytes),
    rewrite: ({ disk }, { bytes }) => disk.rewrite(FILE, bytes),
    replace: ({ disk }, { bytes }) => disk.replace(FILE, bytes),
    cut: ({ disk }, { to }) => disk.truncate(FILE, Math.min(to, disk.bytesOf(FILE).length)),
    hear: (world, { rest }) => world.hear(FILE, rest),
    save: (world) => world.hearer.save(),
    kill: async (world, { note }) => {
      if (note) await world.note.save("");
      await world.restart();
    },
    refuse: ({ journal }, { times }) => journal.refuse(times),
  };
  async function play<Do extends Step["do"]>(world: World, one: Step & { do: Do }): Promise<void> {
    await PLAY[one.do](world, one);
  }

  test("T4: after any schedule of writing, cutting and killing, the newest generation is the file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = await aWorld();
        world.disk.append(FILE, bytesOf("{}\n"));
        // A refused hearing is one that did not happen.
        for (const one of steps) await play(world, one).catch(() => undefined);
        world.journal.refuse(0);
        await world.hear(FILE, true);
        const now = world.disk.bytesOf(FILE);
        const known = [...restored(world.journal.entries).values()].map((bytes) => bytes.join());
        if (now.length > 0) expect(known).toContain(now.join());
        const { length } = world.journal.entries;
        await world.note.save("");
        await world.restart();
        await world.hear(FILE, true);
        expect(world.journal.entries.length).toBe(length);
      }),
      { numRuns: 300 },
    );
  });

  test("T5: a note and the journal behind it give the same cursors as the whole journal", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(someBytes, fc.boolean()), { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        async (pieces, savedAfter) => {
          const world = await aWorld();
          for (const [index, [bytes, rest]] of pieces.entries()) {
            world.disk.append(FILE, bytes);
            await world.hear(FILE, rest);
            if (index === savedAfter) await world.hearer.save();
          }
          const reaches = (hearer: Hearer) => [...hearer.cursors.all()].map((one) => one.reach);
          await world.restart();
          const withNote = reaches(world.hearer);
          const bounds = { checksum, pieceBytesMax: 64 * 1024 * 1024 };
          const whole = cursorsFrom([], bounds);
          for (const entry of world.journal.entries) whole.hear(entry);
          const dropped = [...whole.all()].map(({ reach }) => ({ ...reach, tail: null }));
          expect(withNote.map((reach) => ({ ...reach, tail: null }))).toEqual(dropped);
        },
      ),
    );
  });

  test("T5: any prefix of the journal, then hearing the file, gives the same records", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}\n\n{"a":3}\n{"a":4}'));
    await world.hear(FILE, true);
    const all = [...world.journal.entries];
    for (let kept = 0; kept <= all.length; kept += 1) {
      world.journal.entries.splice(kept);
      await world.restart();
      await world.hear(FILE, true);
      expect(world.journal.entries).toEqual(all);
    }
  });

  test("T5: a note that is damaged, of another journal or ahead of it is not believed", async () => {
    const world = await aWorld();
    world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}\n'));
    await world.hear();
    await world.hearer.save();
    const text = world.note.text() ?? "";
    const lies = [
      text.replace('"end":16', '"end":15'),
      text.slice(0, 60),
      text.replace("a journal", "b journal"),
      "",
    ];
    for (const lie of lies) {
      await world.note.save(lie);
      await world.restart();
      expect(world.hearer.cursors.generations("claude-code", "a/s.jsonl")[0]?.reach.end).toBe(16);
    }
    await world.note.save(text);
    world.journal.entries.splice(1);
    await world.restart();
    expect(world.hearer.cursors.generations("claude-code", "a/s.jsonl")[0]?.reach.end).toBe(8);
  });
});
