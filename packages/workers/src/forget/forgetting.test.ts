/** Forgetting, step by step, over parts in memory: dying anywhere, and going on. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Entry, HOT_MESSAGES, makeSettle, VerbatimError } from "@verbatim/core";
import {
  type ForgetPlan,
  forgetIn,
  hidden,
  holds,
  newReceipt,
  offeredForget,
  type Receipt,
} from "@verbatim/core/forget";
import { anEntry } from "@verbatim/core/testing";
import { askAgain, doForgets, findAsked } from "./asked.ts";
import { forget } from "./forgetting.ts";
import type { ForgetPorts } from "./ports.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const ID = "5a3b1c9e-0000-4000-8000-000000000001";
const never = new AbortController().signal;
const untold = async (): Promise<void> => undefined;

/** A journal of six messages in sessions s-0 to s-2, and what asks for s-1 to be forgotten. */
function aWorld(held: number = HOT_MESSAGES) {
  const asked = offeredForget({
    receipt_id: ID,
    what: hidden({ session_id: "s-1" }, sha256),
    reason: null,
  });
  const entries: Entry[] = [1, 2, 3, 4, 5, 6].map((seq) => anEntry(seq));
  entries.push(anEntry(7, asked));
  const receipts = new Map<string, Receipt>();
  const plans = new Map<string, ForgetPlan>();
  const deeds: string[] = [];
  /** Named deeds fail once; the part has then done its work or not. */
  const fails = new Map<string, "before" | "after">();
  let seen = 0;
  const deed = async <Value>(name: string, work: () => Value): Promise<Value> => {
    const when = fails.get(name);
    fails.delete(name);
    if (when === "before") throw new VerbatimError("busy", `${name} is away`);
    const value = work();
    deeds.push(name);
    if (when === "after") throw new VerbatimError("busy", `${name} answered nothing`);
    return value;
  };
  const journal = {
    read: async ({ from, to, entries: most }: { from: number; to: number; entries: number }) =>
      entries.filter(({ seq }) => seq >= from && seq <= to).slice(0, most),
    last: async () => entries.length,
    scanHeads: async function* (from: number) {
      for (const entry of entries) if (entry.seq >= from) yield entry;
    },
  };
  const shelf = {
    list: async () => [...receipts.values()].toReversed(),
    read: async (id: string) => receipts.get(id) ?? null,
    save: (one: Receipt) => deed(`save ${one.step}`, () => void receipts.set(one.receipt_id, one)),
    plan: async (id: string) => plans.get(id) ?? null,
    savePlan: (one: ForgetPlan) => deed("plan", () => void plans.set(one.receipt_id, one)),
    removePlan: (id: string) => deed("unplan", () => void plans.delete(id)),
    seen: async () => seen,
    saw: async (seq: number) => {
      seen = seq;
    },
  };
  const settle = makeSettle({ sha256 });
  const ports: ForgetPorts = {
    journal,
    shelf,
    sha256,
    intake: {
      rotate: () => deed("rotate", () => null),
      erased: () => deed("recorder", () => undefined),
    },
    erase: ({ ranges }) =>
      deed("erase", () => {
        for (const [at, entry] of entries.entries())
          if (holds(ranges, entry.seq))
            entries[at] = { ...entry, raw: new Uint8Array(9), erased: true };
        return { segments: 1, entries: 2, damaged: 0 };
      }),
    deep: {
      part: (erased) =>
        deed("postgres", () => ({ messages: erased.length, events: 0, sessions: 0 })),
      finish: () => deed("numbers", () => undefined),
      wipe: async () => true,
    },
    hot: {
      messages: () => deed("redis", () => 2),
      sessions: async () => undefined,
      conversation: async () => undefined,
      held: async () => held,
      again: () => deed("filled again", () => undefined),
      wipe: async () => true,
    },
    dropSession: async () => undefined,
    settle: async (seqs) =>
      entries.filter(({ seq }) => seqs.includes(seq)).map((one) => settle(one)),
    files: () => deed("files", () => ({ counts: { reports: 0 }, notes: [] })),
    recordAsk: (ask) =>
      deed("asked again", () => {
        entries.push(anEntry(entries.length + 1, offeredForget(ask)));
        return entries.length;
      }),
    recordDone: () => deed("told", () => undefined),
    now: () => "2026-11-21T00:00:00.000Z",
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    },
  };
  const parts = { ports, shelf, journal };
  return { entries, receipts, plans, deeds, fails, ports, parts };
}

const STEPS = [
  "plan",
  "save journal",
  "rotate",
  "erase",
  "save recorder",
  "recorder",
  "save postgres",
  "postgres",
  "numbers",
  "save redis",
  "redis",
  "save files",
  "files",
  "told",
  "save done",
  "unplan",
];

test("Y13: whatever fails, before or after it did its work, it is gone on with and ends the same", async () => {
  for (const name of STEPS) {
    for (const when of ["before", "after"] as const) {
      const world = aWorld();
      await findAsked(world.parts);
      world.fails.set(name, when);
      const first = await doForgets(world.parts, untold, never);
      // Only the removal of the plan comes after it is done.
      if (name !== "unplan" && !(name === "save done" && when === "after"))
        expect([name, first.waits === null]).toEqual([name, false]);
      await doForgets(world.parts, untold, never);
      await findAsked(world.parts);
      expect(world.plans.size).toBe(0);
      const receipt = world.receipts.get(ID);
      expect([name, when, receipt?.state, receipt?.problem]).toEqual([name, when, "done", null]);
      const gone = world.entries.filter(({ erased }) => erased).map(({ seq }) => seq);
      expect(gone).toEqual([1, 4]);
      expect(world.deeds.includes("told")).toBe(true);
    }
  }
});

test("Y13: the steps come in the order of truth", async () => {
  const world = aWorld();
  await findAsked(world.parts);
  await doForgets(world.parts, untold, never);
  const order = ["erase", "recorder", "postgres", "redis", "files", "told"];
  expect(world.deeds.filter((one) => order.includes(one))).toEqual(order);
  expect(world.receipts.get(ID)?.counts).toMatchObject({ entries: 2, postgres_messages: 2 });
  expect(world.plans.size).toBe(0);
});

test("Y14: no byte goes before what belongs was written down", async () => {
  const world = aWorld();
  await findAsked(world.parts);
  world.fails.set("plan", "before");
  await doForgets(world.parts, untold, never);
  expect(world.entries.some(({ erased }) => erased)).toBe(false);
  world.fails.set("postgres", "before");
  await doForgets(world.parts, untold, never);
  expect(world.plans.get(ID)?.ranges).toEqual([
    [1, 1],
    [4, 4],
  ]);
});

test("Y15: a forget is found in the journal when nothing else is left of it, once", async () => {
  const world = aWorld();
  await findAsked(world.parts);
  const [found] = world.receipts.values();
  expect(found).toMatchObject({ receipt_id: ID, seq: 7, state: "pending" });
  await findAsked(world.parts);
  expect(world.receipts.size).toBe(1);
  expect(forgetIn(world.entries[6]?.raw ?? new Uint8Array(0))?.receipt_id).toBe(ID);
});

test("Y23: a window that lost some is filled again, also when the one who took them out died of it", async () => {
  const full = aWorld();
  await findAsked(full.parts);
  await doForgets(full.parts, untold, never);
  expect(full.deeds).not.toContain("filled again");
  const short = aWorld(HOT_MESSAGES - 2);
  await findAsked(short.parts);
  short.fails.set("redis", "after");
  await doForgets(short.parts, untold, never);
  expect(short.deeds).not.toContain("filled again");
  await doForgets(short.parts, untold, never);
  expect(short.deeds).toContain("filled again");
});

test("W21: a journal put back from before a forget is asked to forget again, once, and one that is damaged is not", async () => {
  const world = aWorld();
  await findAsked(world.parts);
  await doForgets(world.parts, untold, never);
  await askAgain(world.parts);
  expect(world.deeds).not.toContain("asked again");
  // Damaged where it was asked: what followed would be meant too.
  const asked = world.entries.splice(6, 1);
  world.entries.push(anEntry(8));
  await askAgain(world.parts);
  expect(world.deeds).not.toContain("asked again");
  expect(asked).toHaveLength(1);
  // As it was before: nothing is erased; also when other things were recorded since.
  for (const last of [5, 9]) {
    world.entries.splice(
      ...([0, 99] as const),
      ...Array.from({ length: last }, (_, at) => anEntry(at + 1)),
    );
    await askAgain(world.parts);
    await askAgain(world.parts);
    expect(world.receipts.get(ID)).toMatchObject({ seq: last + 1, state: "pending" });
    await doForgets(world.parts, untold, never);
    const gone = world.entries.filter(({ erased }) => erased).map(({ seq }) => seq);
    expect(gone.slice(0, 2)).toEqual([1, 4]);
    expect(world.receipts.get(ID)?.state).toBe("done");
  }
  expect(world.deeds.filter((one) => one === "asked again")).toHaveLength(2);
});

test("a forget of what nobody ever said ends, and says that it was nothing", async () => {
  const world = aWorld();
  const what = hidden({ user_id: "nobody" }, sha256);
  const asked = newReceipt(
    { receipt_id: ID, what, reason: null },
    { seq: 7, at: "2026-01-01T00:00:00Z" },
  );
  const done = await forget(asked, world.ports, untold, never);
  expect(done).toMatchObject({ state: "done", counts: { entries: 0 } });
  expect(world.deeds).not.toContain("erase");
});
