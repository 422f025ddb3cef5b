import { expect, test } from "bun:test";
import type { Canary, Frames } from "@verbatim/core";
import { type CanaryPorts, sing } from "./canary.ts";
import { until } from "./testing/channel.ts";
import { openFakes } from "./testing/world.ts";

const bytesOf = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Sings once, with these answers from 5558; gives what was told, asked and waited for. */
async function sungOnce(answers: readonly object[], over: Partial<CanaryPorts> = {}) {
  const queue = [...answers];
  const told: Canary[] = [];
  const asked: unknown[] = [];
  const waits: number[] = [];
  let nowMs = 0;
  await sing({
    voice: { publish: async () => {} },
    asker: {
      ask: async ([, body]) => {
        asked.push(JSON.parse(new TextDecoder().decode(body)));
      },
      answer: async (ms): Promise<Frames> => {
        nowMs += 1000;
        const next = queue.shift();
        if (next === undefined) throw new Error(`nothing came in ${ms} ms`);
        return [new Uint8Array(0), bytesOf(next)];
      },
    },
    durable: () => 41,
    idOf: () => "c-1",
    newId: () => "c-1",
    now: () => new Date(nowMs),
    wait: async (ms) => {
      waits.push(ms);
    },
    isStopped: () => told.length > 0,
    told: (canary) => told.push(canary),
    ...over,
  });
  return { told, asked, waits };
}

const mine = { seq: 44, topic: "verbatim.canary", message: { message_id: "c-1" } };

test("a canary that comes back out of the record is told with its seq, and what else comes by is passed over", async () => {
  const others = [
    { seq: 42, message: { message_id: "c-0" } },
    { op: "end", last_seq: 43 },
    { ok: true },
  ];
  const { told, asked, waits } = await sungOnce([...others, mine]);
  expect(told).toEqual([
    { id: "c-1", published_at: "1970-01-01T00:00:00.000Z", seq: 44, problem: null },
  ]);
  expect(asked).toEqual([
    { op: "replay", topic: "verbatim.canary", after_seq: 41, follow: true },
    { op: "stop" },
  ]);
  expect(waits).toEqual([60_000]);
});

test("a canary that is not confirmed is a problem, and is tried again sooner", async () => {
  const { told, waits } = await sungOnce([{ op: "end", last_seq: 43 }]);
  expect(told).toMatchObject([{ id: "c-1", seq: null }]);
  expect(told[0]?.problem).toContain("did not come back from the record (nothing came in 9000 ms)");
  expect(waits).toEqual([5000]);
});

test("a bus that talks of everything but the canary is not listened to for ever", async () => {
  const talk = Array.from({ length: 50 }, (_, at) => ({ seq: at, message: "other" }));
  const { told } = await sungOnce(talk);
  expect(told[0]?.problem).toContain("not confirmed in 10 s");
});

test("a canary that cannot be published is a problem", async () => {
  const voice = { publish: async () => Promise.reject(new Error("nobody listens")) };
  const { told } = await sungOnce([], { voice });
  expect(told[0]?.problem).toContain("nobody listens");
});

test("a bus that hears its canary says so, and one that does not says what is wrong", async () => {
  const well = openFakes({ canary: "heard" });
  await until(() => well.bus.status().canary !== null, "the canary is heard");
  expect(well.bus.status().canary).toMatchObject({ id: "canary-1", seq: 1, problem: null });
  expect(well.journal.entries[0]?.key).toBe("pub/s-1");
  await well.end();
  const deaf = openFakes({ canary: "lost" });
  await until(() => deaf.bus.status().canary !== null, "it is missed");
  expect(deaf.bus.status().canary?.problem).toContain("did not come back");
  expect(deaf.logged).toContain("canary_lost");
  deaf.later();
  await deaf.end();
});
