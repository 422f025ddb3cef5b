/** Taking records from others: receipts in order, and `once` decided right, also at the same moment. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { VerbatimError } from "../errors.ts";
import type { Entry, Heard } from "../message/heard.ts";
import { openDesk } from "./desk.ts";
import { namesFrom } from "./names.ts";
import type { Offered } from "./port.ts";
import { noteNames, rememberNames } from "./remember.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const digest = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");
const now = (): string => "2026-11-21T00:00:00.000Z";
const offer = (key: string, text = "{}", once = true): Offered => ({
  source: "api",
  key,
  raw: bytesOf(text),
  once,
});

/** A journal whose appends are let go one by one. */
function aSlowJournal() {
  const entries: Entry[] = [];
  const waiting: (() => void)[] = [];
  let full = false;
  return {
    id: "a journal",
    entries,
    durable: () => entries.length,
    read: async ({ from, to }: { from: number; to: number }) => entries.slice(from - 1, to),
    fill: (yes: boolean) => {
      full = yes;
    },
    letGo: () => {
      for (const go of waiting.splice(0)) go();
    },
    append: async (heard: readonly Heard[]) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
      if (full) throw new VerbatimError("journal_full", "no room");
      const first = entries.length + 1;
      entries.push(...heard.map((one, index) => ({ ...one, seq: first + index })));
      return first;
    },
  };
}

function aDesk(most?: number) {
  const journal = aSlowJournal();
  const names = namesFrom(digest, ["claude-code", "jsonl"], most);
  const desk = openDesk({ journal, names, now });
  /** Offers and lets the journal finish. */
  const taken = async (batch: readonly Offered[]) => {
    const receipts = desk.offer(batch);
    await Promise.resolve();
    journal.letGo();
    return await receipts;
  };
  return { journal, names, desk, taken };
}

describe("the intake's desk", () => {
  test("I1: no receipt is given before the append has resolved", async () => {
    const { journal, desk } = aDesk();
    let given = false;
    const receipts = desk.offer([offer("a")]).then(() => {
      given = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(given).toBe(false);
    journal.letGo();
    await receipts;
    expect(journal.entries.length).toBe(1);
  });

  test("I2: receipts come in the order of the records, one each, whatever becomes of them", async () => {
    const { taken } = aDesk();
    await taken([offer("known", "1"), offer("other", "1")]);
    const receipts = await taken([
      offer("new", "1"),
      offer("known", "1"),
      offer("", "1"),
      offer("other", "2"),
      offer("last", "1", false),
    ]);
    expect(receipts).toMatchObject([
      { status: "created", seq: 3 },
      { status: "known", seq: 1 },
      { status: "refused", code: "input_invalid" },
      { status: "conflict", seq: 2 },
      { status: "created", seq: 4 },
    ]);
  });

  test("I3: a name twice in one batch is written once", async () => {
    const { journal, taken } = aDesk();
    expect(await taken([offer("a", "1"), offer("a", "1"), offer("a", "2")])).toEqual([
      { status: "created", seq: 1 },
      { status: "known", seq: 1 },
      { status: "conflict", seq: 1 },
    ]);
    expect(journal.entries.length).toBe(1);
  });

  test("I3: a name offered twice at the same moment is written once", async () => {
    const { journal, desk } = aDesk();
    const first = desk.offer([offer("z"), offer("a", "1")]);
    const second = desk.offer([offer("a", "1"), offer("b", "1")]);
    await Promise.resolve();
    journal.letGo();
    expect(await first).toMatchObject([{ seq: 1 }, { status: "created", seq: 2 }]);
    expect(await second).toEqual([
      { status: "known", seq: 2 },
      { status: "created", seq: 3 },
    ]);
  });

  test("I3: a name whose record was refused is free again", async () => {
    const { journal, desk, taken } = aDesk();
    journal.fill(true);
    const both = Promise.all([desk.offer([offer("a", "1")]), desk.offer([offer("a", "1")])]);
    await Promise.resolve();
    journal.letGo();
    for (const receipts of await both) {
      expect(receipts).toMatchObject([{ status: "refused", code: "journal_full" }]);
    }
    journal.fill(false);
    expect(await taken([offer("a", "1")])).toEqual([{ status: "created", seq: 1 }]);
  });

  test("I3: any mix of offers in any batches writes each name once, with its first bytes", async () => {
    const offers = fc.array(
      fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2")), {
        minLength: 1,
        maxLength: 5,
      }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(offers, async (batches) => {
        const { journal, desk } = aDesk();
        const all = batches.map((batch) =>
          desk.offer(batch.map(([key, text]) => offer(key, text))),
        );
        await Promise.resolve();
        journal.letGo();
        const receipts = (await Promise.all(all)).flat();
        const asked = batches.flat();
        expect(receipts.length).toBe(asked.length);
        expect(journal.entries.length).toBe(new Set(asked.map(([key]) => key)).size);
        for (const [index, [key, text]] of asked.entries()) {
          const entry = journal.entries.find((one) => one.key === key);
          const same = entry?.raw.toString() === bytesOf(text).toString();
          const receipt = receipts[index];
          expect(receipt).toMatchObject({ seq: entry?.seq });
          expect(receipt?.status === "conflict").toBe(!same);
        }
      }),
    );
  });

  test("I3: after a restart names are known again, from the note and from the journal alone", async () => {
    const { journal, names, taken } = aDesk();
    let text: string | null = null;
    const note = {
      load: async () => text,
      save: async (next: string) => {
        text = next;
      },
    };
    const checksum = (bytes: Uint8Array): number => Bun.hash.crc32(bytes);
    const ports = { journal, note, checksum };
    await taken([offer("a", "1"), offer("b".repeat(500), "1")]);
    await noteNames(names, ports, journal.durable());
    await taken([offer("c", "1")]);
    for (const kept of [text, null]) {
      text = kept;
      const again = namesFrom(digest, ["claude-code", "jsonl"]);
      await rememberNames(again, ports);
      expect([...again.all()]).toEqual([...names.all()]);
    }
  });

  test("I3: a long name is one of its own, also beside a name made of its digest", async () => {
    const { taken } = aDesk();
    const long = "k".repeat(500);
    expect(await taken([offer(long), offer(` ${digest(long)}`), offer(`${long}k`)])).toMatchObject([
      { status: "created" },
      { status: "created" },
      { status: "created" },
    ]);
    expect(await taken([offer(long)])).toMatchObject([{ status: "known", seq: 1 }]);
  });

  test("I3: at least the bound of names is remembered, not much more, and the oldest go first", async () => {
    const { names, taken } = aDesk(4);
    const keys = ["a", "b", "c", "d", "e", "f", "g"];
    for (const [index, key] of keys.entries()) {
      await taken([offer(key)]);
      const known = [...names.all()].map(([name]) => name.replace("api ", ""));
      expect(known.length).toBeGreaterThanOrEqual(Math.min(4, index + 1));
      expect(known.length).toBeLessThanOrEqual(6);
      expect(known).toEqual(keys.slice(index + 1 - known.length, index + 1));
    }
    expect(await taken([offer("g"), offer("a")])).toMatchObject([
      { status: "known", seq: 7 },
      { status: "created", seq: 8 },
    ]);
  });

  test("what no journal may hold is refused with a reason, and the rest is taken", async () => {
    const { taken } = aDesk();
    const receipts = await taken([
      { ...offer("a"), source: "No Source" },
      { ...offer("a"), source: "claude-code" },
      offer("é".repeat(3000)),
      { ...offer("a"), raw: new Uint8Array(64 * 1024 * 1024 + 1) },
      { ...offer("a"), source: "api\0" },
      offer("a\0b"),
      offer("a\ud800b"),
      offer("fine"),
    ]);
    const codes = receipts.map((one) => (one.status === "refused" ? one.code : one.status));
    expect(codes).toEqual([
      "input_invalid",
      "input_invalid",
      "input_invalid",
      "too_large",
      "input_invalid",
      "input_invalid",
      "input_invalid",
      "created",
    ]);
  });
});
