/** Seconds that pass at once, so that tests of bounds wait for nothing. */
import { jest } from "bun:test";

/** Taken before timers are faked: one turn of the event loop, in which real work goes on. */
const nextTurn = setImmediate;
const STEP_MS = 100;

/** Lets work under way go on, without any time passing. */
export async function turns(many = 3): Promise<void> {
  for (let turn = 0; turn < many; turn += 1)
    await new Promise<void>((resolve) => {
      nextTurn(() => resolve());
    });
}

/** What the work gives within so much time of a clock that is moved by hand, or null. */
export async function inTime<Value>(
  msMax: number,
  work: () => Promise<Value>,
): Promise<Value | null> {
  jest.useFakeTimers();
  try {
    let isDone = false;
    const result = work().finally(() => {
      isDone = true;
    });
    for (let passed = 0; passed < msMax && !isDone; passed += STEP_MS) {
      await turns();
      jest.advanceTimersByTime(STEP_MS);
    }
    await turns();
    return isDone ? await result : null;
  } finally {
    jest.useRealTimers();
  }
}
