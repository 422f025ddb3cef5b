import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Offered, Receipt } from "../intake/port.ts";
import { type Fate, openUncertainIntake } from "../testing/uncertain-intake.ts";
import { openRecorder, type ToRecord } from "./recorder.ts";

type Told = { readonly key: string; readonly receipt: Receipt };

const atOnce = async (): Promise<void> => {};

function messageOf(key: string, bytes: number, told: Told[]): ToRecord {
  const raw = new Uint8Array(bytes).fill(bytes);
  return { source: "bus", key, raw, once: false, done: (receipt) => told.push({ key, receipt }) };
}

async function turns(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await Promise.resolve();
}

const seqsIn = (told: readonly Told[]): number[] =>
  told.flatMap(({ receipt }) => (receipt.status === "refused" ? [] : receipt.seq));

const fates = (...names: Fate[]) => fc.array(fc.constantFrom<Fate>(...names), { maxLength: 25 });
const taking = fc.array(
  fc.record({ bytes: fc.nat(400_000), isNever: fc.boolean(), turns: fc.nat(12) }),
  { maxLength: 40 },
);

type Taking = { readonly bytes: number; readonly isNever: boolean; readonly turns: number };

/** Takes all of it, with pauses, from an intake that does what the fates say; gives what was told and written. */
async function recorded(planned: readonly Taking[], script: readonly Fate[], isSlow: boolean) {
  const intake = openUncertainIntake(script, { isSlow });
  const recorder = openRecorder({ intake, wait: intake.wait });
  const told: Told[] = [];
  for (const [at, one] of planned.entries()) {
    recorder.take(messageOf(`${one.isNever ? "never" : "pub"}/${at}`, one.bytes, told));
    await turns(one.turns);
  }
  await recorder.empty();
  return { told, written: intake.written, counts: recorder.counts(), durable: recorder.durable() };
}

test("B2: whatever becomes of the writer, everything is in the journal once, and each is told once, in the order of the seqs", async () => {
  const script = fates("ok", "lost", "deaf", "later", "some later", "short");
  await fc.assert(
    fc.asyncProperty(taking, script, fc.boolean(), async (planned, fate, isSlow) => {
      const { told, written, counts, durable } = await recorded(planned, fate, isSlow);
      const good = planned.flatMap((one, at) => (one.isNever ? [] : `pub/${at}`));
      expect(written.map((one) => one.key).toSorted()).toEqual(good.toSorted());
      expect(told).toHaveLength(planned.length);
      expect(new Set(told.map((one) => one.key)).size).toBe(planned.length);
      const seqs = seqsIn(told);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      expect(durable).toBe(seqs.at(-1) ?? 0);
      expect(counts).toEqual({
        taken: planned.length,
        recorded: good.length,
        refused: planned.length - good.length,
        ...{ waiting: 0, waiting_bytes: 0, problem: null },
      });
    }),
    { numRuns: 300 },
  );
});

test("B2: a writer that dies and comes back has everything in the order it was taken, with its bytes", async () => {
  await fc.assert(
    fc.asyncProperty(taking, fates("ok", "lost", "deaf"), async (planned, fate) => {
      const { told, written } = await recorded(planned, fate, true);
      const good = planned.flatMap((one, at) => (one.isNever ? [] : [{ key: `pub/${at}`, one }]));
      expect(written.map((one) => one.key)).toEqual(good.map((one) => one.key));
      expect(written.map((one) => one.raw.length)).toEqual(good.map((one) => one.one.bytes));
      const seqs = new Map(written.map((one) => [one.key, one.seq]));
      for (const { key, receipt } of told)
        if (receipt.status !== "refused") expect(receipt.seq).toBe(seqs.get(key) ?? 0);
    }),
    { numRuns: 200 },
  );
});

test("B2: what was written although its answer was lost is told before what came after it", async () => {
  const told: Told[] = [];
  const intake = openUncertainIntake(["later", "lost"]);
  const recorder = openRecorder({ intake, wait: atOnce });
  recorder.take(messageOf("pub/1", 1024 * 1024, told));
  recorder.take(messageOf("pub/2", 1, told));
  await recorder.empty();
  expect(intake.written.map((one) => one.key)).toEqual(["pub/2", "pub/1"]);
  expect(told.map((one) => one.key)).toEqual(["pub/2", "pub/1"]);
});

test("B3: a reader that stops when it is full holds no more than the bound and one message", async () => {
  const bound = 5000;
  const largest = 1000;
  const sizes = fc.array(fc.nat(largest), { minLength: 1, maxLength: 60 });
  const script = fates("ok", "lost", "deaf", "later");
  await fc.assert(
    fc.asyncProperty(sizes, script, async (planned, fate) => {
      const intake = openUncertainIntake(fate);
      const recorder = openRecorder({ intake, wait: atOnce, heldBytesMax: bound });
      for (const [at, bytes] of planned.entries()) {
        recorder.take(messageOf(`pub/${at}`, bytes, []));
        expect(recorder.counts().waiting_bytes).toBeLessThan(bound + largest + 300);
        if (recorder.isFull()) await recorder.room();
        expect(recorder.counts().waiting_bytes).toBeLessThan(bound);
      }
      await recorder.empty();
      expect(recorder.isFull()).toBe(false);
    }),
  );
});

test("B3: it is full from its bound on, and has room when something has its receipt", async () => {
  const answer = Promise.withResolvers<void>();
  const intake = {
    hand: async (batch: readonly Offered[]): Promise<readonly Receipt[]> => {
      await answer.promise;
      return batch.map((_, at) => ({ status: "created", seq: at + 1 }));
    },
  };
  const recorder = openRecorder({ intake, wait: atOnce, heldBytesMax: 1000 });
  recorder.take(messageOf("pub/1", 600, []));
  expect(recorder.isFull()).toBe(false);
  recorder.take(messageOf("pub/2", 600, []));
  expect(recorder.isFull()).toBe(true);
  let hasRoom = false;
  const room = recorder.room().then(() => {
    hasRoom = true;
  });
  await turns(20);
  expect(hasRoom).toBe(false);
  answer.resolve();
  await room;
  expect(recorder.counts()).toMatchObject({ waiting: 0, waiting_bytes: 0 });
});

test("few large or many small messages go in one batch, and few batches at once", async () => {
  const batches: number[] = [];
  let now = 0;
  let most = 0;
  const intake = {
    hand: async (batch: readonly Offered[]): Promise<readonly Receipt[]> => {
      batches.push(batch.length);
      now += 1;
      most = Math.max(most, now);
      await turns(5);
      now -= 1;
      return batch.map(() => ({ status: "created", seq: 1 }));
    },
  };
  const recorder = openRecorder({ intake, wait: atOnce });
  for (let at = 0; at < 9000; at += 1) recorder.take(messageOf(`pub/${at}`, 10, []));
  for (let at = 0; at < 3; at += 1) recorder.take(messageOf(`pub/l${at}`, 700_000, []));
  await recorder.empty();
  expect(batches).toEqual([2000, 2000, 2000, 2000, 1001, 1, 1]);
  expect(most).toBe(4);
});

test("a writer that is away is asked after longer and longer pauses, and the problem is known until it is back", async () => {
  const pauses: number[] = [];
  const problems: (string | null)[] = [];
  const intake = openUncertainIntake(new Array(8).fill("deaf"));
  const recorder = openRecorder({
    intake,
    wait: async (ms) => {
      pauses.push(ms);
      problems.push(recorder.counts().problem);
    },
  });
  recorder.take(messageOf("pub/1", 1, []));
  await recorder.empty();
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
  expect(problems.every((one) => one === "the writer is away")).toBe(true);
  expect(recorder.counts().problem).toBeNull();
});

test("what the journal will never take is refused, counted, and does not hold up the rest", async () => {
  const told: Told[] = [];
  const recorder = openRecorder({ intake: openUncertainIntake([]), wait: atOnce });
  recorder.take(messageOf("never/1", 1, told));
  recorder.take(messageOf("pub/2", 1, told));
  await recorder.empty();
  expect(told.map(({ receipt }) => receipt.status)).toEqual(["refused", "created"]);
  expect(recorder.counts()).toMatchObject({ taken: 2, recorded: 1, refused: 1 });
});
