import { expect, test } from "bun:test";
import { VerbatimError } from "@verbatim/core";
import type { ApiPorts } from "./ports.ts";
import { inTime, turns } from "./testing/clock.ts";
import { fakePorts } from "./testing/ports.ts";
import { appOf, jsonOf } from "./testing/requests.ts";
import { openTurns, type Turns } from "./turns.ts";

/** The most that may wait; the one at work is not among them. */
const LINE_MAX = 8;

/** Work that goes on until it is told to end. */
type Piece = { readonly end: () => void; readonly fail: () => void };

/** Work that says how much of it there is at once. */
function workshop(): {
  readonly begun: Piece[];
  readonly atOnce: () => number;
  readonly work: () => Promise<number>;
} {
  const begun: Piece[] = [];
  let [now, most] = [0, 0];
  return {
    begun,
    atOnce: () => most,
    work: async () => {
      now += 1;
      most = Math.max(most, now);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      begun.push({ end: resolve, fail: () => reject(new Error("broken")) });
      const number = begun.length;
      try {
        await promise;
        return number;
      } finally {
        now -= 1;
      }
    },
  };
}

const asIs = <Value>(under: Promise<Value>): Promise<Value> => under;
const codeOf = (error: unknown): unknown => (error instanceof VerbatimError ? error.code : error);
/** All that stand in line, and the one at work. */
const full = (line: Turns, work: () => Promise<number>): readonly Promise<unknown>[] =>
  Array.from({ length: LINE_MAX + 1 }, () => line.take(work, asIs).catch(codeOf));

test("A11: one is at work at a time, in the order they came, also after one that failed", async () => {
  const { begun, atOnce, work } = workshop();
  const asked = full(openTurns("later"), work);
  for (let at = 0; at < asked.length; at += 1) {
    await turns();
    expect(begun).toHaveLength(at + 1);
    if (at === 2) begun[at]?.fail();
    else begun[at]?.end();
  }
  const answers = await Promise.all(asked);
  expect(answers[2]).toMatchObject({ message: "broken" });
  expect(answers.toSpliced(2, 1)).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
  expect(atOnce()).toBe(1);
});

test("A11: the line has an end: who comes after it is told that others are at it", async () => {
  const { begun, work } = workshop();
  const line = openTurns("later");
  const asked = full(line, work);
  expect(await line.take(work, asIs).catch(codeOf)).toBe("busy");
  begun[0]?.end();
  expect(await asked[0]).toBe(1);
  const last = line.take(work, asIs);
  for (let at = 1; at <= LINE_MAX + 1; at += 1) {
    await turns();
    begun[at]?.end();
  }
  expect(await last).toBe(LINE_MAX + 2);
});

test("A11: who waits too long is told that others are at it, and his place is free again", async () => {
  const { begun, work } = workshop();
  const line = openTurns("later");
  const answers = await inTime(20_000, async () => {
    const [first, ...waiting] = full(line, work);
    const gone = await Promise.all(waiting);
    begun[0]?.end();
    return [await first, ...gone];
  });
  expect(answers).toEqual([1, ...Array.from({ length: LINE_MAX }, () => "busy")]);
  const next = line.take(work, asIs);
  await turns();
  begun[1]?.end();
  expect(await next).toBe(2);
});

test("A11: the turn of somebody who gave up lasts until his work is over", async () => {
  const { begun, atOnce, work } = workshop();
  const line = openTurns("later");
  const impatient = line.take(work, () => Promise.reject(new Error("gave up")));
  await expect(impatient).rejects.toThrow("gave up");
  const next = line.take(work, asIs);
  await turns();
  expect(begun).toHaveLength(1);
  begun[0]?.end();
  await turns();
  begun[1]?.end();
  expect([await next, atOnce()]).toEqual([2, 1]);
});

test("A11: reports asked for at once are made one by one; beyond the line it is 503 busy, to be tried again", async () => {
  const { ports } = fakePorts();
  let [now, most] = [0, 0];
  const { promise: open, resolve: letGo } = Promise.withResolvers<void>();
  const numbers: ApiPorts["numbers"] = {
    ...ports.numbers,
    together: async (read) => {
      now += 1;
      most = Math.max(most, now);
      await open;
      try {
        return await read(ports.numbers);
      } finally {
        now -= 1;
      }
    },
  };
  const app = appOf({ ...ports, numbers });
  const asked = Array.from({ length: LINE_MAX + 3 }, async () =>
    app.request("/v1/analytics/report"),
  );
  await turns(9);
  letGo();
  const answers = await Promise.all(asked);
  const refused = answers.filter(({ status }) => status === 503);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(LINE_MAX + 1);
  expect(refused.map(({ headers }) => headers.get("retry-after"))).toEqual(["2", "2"]);
  for (const one of refused) expect(await jsonOf(one)).toMatchObject({ code: "busy" });
  expect(most).toBe(1);
});
