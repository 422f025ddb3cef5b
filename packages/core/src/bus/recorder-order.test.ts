/** The queue of the recorder while much waits and the writer fails: the order is that of the calls. */
import { expect, test } from "bun:test";
import type { Offered, Receipt } from "../intake/port.ts";
import { openRecorder } from "./recorder.ts";

const MESSAGES = 30_000;
const FAILS_EACH = 5;

test("thousands that wait are recorded once each, in order, however often the writer fails", async () => {
  const written: string[] = [];
  let calls = 0;
  let underWay = 0;
  let isCut = false;
  const hand = async (batch: readonly Offered[]): Promise<readonly Receipt[]> => {
    calls += 1;
    underWay += 1;
    // A connection that ends takes all that are on their way with it.
    isCut ||= calls % FAILS_EACH === 0;
    await Promise.resolve();
    underWay -= 1;
    const fails = isCut;
    if (underWay === 0) isCut = false;
    if (fails) throw new Error("the writer is away");
    return batch.map((one) => ({ status: "created", seq: written.push(one.key) }));
  };
  const recorder = openRecorder({ intake: { hand }, wait: () => Promise.resolve() });
  const told: string[] = [];
  const raw = new Uint8Array(10);
  for (let one = 0; one < MESSAGES; one += 1) {
    const key = `push/${one}`;
    recorder.take({ source: "bus", key, raw, once: false, done: () => void told.push(key) });
    // Some come while others are on their way.
    if (one % 7000 === 0) await Promise.resolve();
  }
  await recorder.empty();
  const all = Array.from({ length: MESSAGES }, (_, one) => `push/${one}`);
  expect(told).toEqual(all);
  expect(calls).toBeGreaterThan(FAILS_EACH);
  expect(recorder.counts()).toMatchObject({ taken: MESSAGES, recorded: MESSAGES, waiting: 0 });
  expect(recorder.counts().waiting_bytes).toBe(0);
  expect(written).toEqual(all);
});
