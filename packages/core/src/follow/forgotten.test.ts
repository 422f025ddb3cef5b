/** Files of which something was forgotten: known from the journal alone, and never heard again under their name. */
import { expect, test } from "bun:test";
import { aWorld, bytesOf, FILE, LONG, type World } from "../testing/follow-world.ts";

/** Does to the journal what erasing does, from the first record on or for one of them. */
function erase(world: World, which: (seq: number) => boolean): void {
  for (const [at, entry] of world.journal.entries.entries()) {
    if (!which(entry.seq)) continue;
    const gone = {
      ...entry,
      raw: new Uint8Array(entry.raw.length).fill(32),
      erased: true,
    } as const;
    world.journal.entries[at] = gone;
  }
}

async function heardOnce(): Promise<World> {
  const world = await aWorld();
  world.disk.append(FILE, LONG);
  world.disk.append(FILE, bytesOf('{"a":1}\n{"a":2}\n'));
  await world.hear();
  return world;
}

/** The world after a record was erased and everything was started again. */
async function restarted(seq: number, isNoted: boolean): Promise<World> {
  const world = await heardOnce();
  if (isNoted) await world.hearer.save();
  erase(world, (one) => one === seq);
  for (const entry of world.journal.entries.filter(({ erased }) => erased))
    world.hearer.erased(entry);
  expect(world.hearer.cursors.isForgotten("a/s.jsonl")).toBe(true);
  if (isNoted) await world.hearer.save();
  await world.restart();
  return world;
}

test("T11: whichever record was forgotten, with a note and without one, the file is known for it", async () => {
  const { length } = (await heardOnce()).journal.entries;
  for (const seq of [1, 2, length - 1, length]) {
    for (const isNoted of [true, false]) {
      const { cursors } = (await restarted(seq, isNoted)).hearer;
      expect(cursors.isForgotten("a/s.jsonl")).toBe(true);
      expect([...cursors.all()].map(({ reach }) => reach.end)).toEqual([0]);
    }
  }
});

test("T12: a forgotten file is passed over as it is, longer, rewritten and under another source; another name is heard", async () => {
  const world = await heardOnce();
  const { length } = world.journal.entries;
  erase(world, () => true);
  await world.restart();
  const deeds = [
    () => undefined,
    () => world.disk.append(FILE, bytesOf('{"a":3}\n')),
    () => world.disk.rewrite(FILE, bytesOf('{"b":1}\n')),
  ];
  for (const deed of deeds) {
    deed();
    expect((await world.hear()).kind).toBe("forgotten");
    expect((await world.hear(FILE, true, "auto")).kind).toBe("forgotten");
  }
  expect(world.journal.entries.length).toBe(length);
  const other = FILE.replace("s.jsonl", "t.jsonl");
  world.disk.append(other, bytesOf('{"a":1}\n'));
  expect((await world.hear(other)).kind).toBe("heard");
});
