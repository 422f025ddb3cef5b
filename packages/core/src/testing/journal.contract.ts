/**
 * What every journal driver must do. A driver's own test file opens itself,
 * calls this, and adds only what is true of it alone.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Journal } from "../journal/port.ts";
import { aHeard } from "./samples.ts";

const ALL = { from: 1, to: 1_000_000, entries: 1000, bytes: 1 << 24 } as const;

/** The suite; `reopen` closes a journal and opens the same one again. */
export function journalContract(
  name: string,
  open: () => Promise<{ journal: Journal; reopen: () => Promise<Journal> }>,
): void {
  describe(`journal: ${name}`, () => {
    let journal: Journal;
    let reopen: () => Promise<Journal>;
    beforeEach(async () => {
      ({ journal, reopen } = await open());
    });
    afterEach(async () => {
      await journal.close();
    });

    test("J1: what was appended is durable and counted when append resolves", async () => {
      await journal.append([aHeard(1), aHeard(2)]);
      expect(journal.durable()).toBe(2);
      journal = await reopen();
      expect(journal.durable()).toBe(2);
    });

    test("J2: seqs begin at one and have no holes, also over rotation and opening again", async () => {
      expect(await journal.append([aHeard(1), aHeard(2)])).toBe(1);
      await journal.rotate();
      expect(await journal.append([aHeard(3)])).toBe(3);
      journal = await reopen();
      expect(await journal.append([aHeard(4)])).toBe(4);
      expect((await journal.read(ALL)).map((one) => one.seq)).toEqual([1, 2, 3, 4]);
    });

    test("J3: reads back exactly the bytes that were appended, whatever they are", async () => {
      const raws = [
        new Uint8Array(0),
        Uint8Array.from([0, 255, 10, 13, 0xed, 0xa0, 0x80]),
        new TextEncoder().encode('{"seq":9,"len":3}\n{"mark":"sealed"}\n'),
      ];
      await journal.append(raws.map((raw, at) => aHeard(at, { raw, key: `k"\\\n\u0000${at}` })));
      const entries = await journal.read(ALL);
      expect(entries.map((one) => [...one.raw])).toEqual(raws.map((raw) => [...raw]));
      expect(entries[0]?.key).toBe('k"\\\n\u00000');
    });

    test("J5: appends made at once lie in the order they were made, each one's records together", async () => {
      const appends = Array.from({ length: 50 }, (_, one) =>
        journal.append([aHeard(one * 2), aHeard(one * 2 + 1)]),
      );
      const firsts = await Promise.all(appends);
      expect(firsts).toEqual(Array.from({ length: 50 }, (_, one) => one * 2 + 1));
      const keys = (await journal.read(ALL)).map((one) => one.key);
      expect(keys).toEqual(Array.from({ length: 100 }, (_, one) => `k-${one}`));
    });

    test("reading begins and ends where it is asked to", async () => {
      await journal.append(Array.from({ length: 20 }, (_, one) => aHeard(one)));
      const some = await journal.read({ ...ALL, from: 5, to: 8 });
      expect(some.map((one) => one.seq)).toEqual([5, 6, 7, 8]);
      expect(await journal.read({ ...ALL, from: 3, entries: 2 })).toHaveLength(2);
      expect(await journal.read({ ...ALL, from: 3, bytes: 1 })).toHaveLength(1);
      expect(await journal.read({ ...ALL, from: 21 })).toEqual([]);
    });
  });
}
