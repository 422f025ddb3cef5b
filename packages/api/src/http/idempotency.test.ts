/** The memory of answers: work under one key is done once, at whichever moment the retry comes. */
import { expect, test } from "bun:test";
import { Hono } from "hono";
import { turns } from "../testing/clock.ts";
import { openAnswered } from "./idempotency.ts";

const keyed = { headers: { "idempotency-key": "k" } };

test("A4: a key is never free between the first request and its kept answer", async () => {
  const answered = openAnswered(() => new Date(0));
  let done = 0;
  const app = new Hono();
  app.get("/", (context) =>
    answered.once(context, { print: "print", owner: null }, async () => {
      await turns(1);
      done += 1;
      return new Response(slowly("done"));
    }),
  );
  const answers: Promise<Response>[] = [];
  const come = (): void => {
    answers.push(Promise.resolve(app.request("/", keyed)));
  };
  come();
  // A retry at every step of the event loop and between any two of them.
  for (let turn = 0; turn < 10; turn += 1) {
    for (let step = 0; step < 50; step += 1) {
      come();
      await Promise.resolve();
    }
    await turns(1);
  }
  const statuses = (await Promise.all(answers)).map((one) => one.status);
  expect(done).toBe(1);
  expect(new Set(statuses)).toEqual(new Set([200, 409]));
});

test("A4: an answer is kept for a day, and then forgotten when room is made", async () => {
  let now = 0;
  let done = 0;
  const answered = openAnswered(() => new Date(now));
  const app = new Hono();
  app.get("/", (context) =>
    answered.once(context, { print: "print", owner: null }, async () => {
      done += 1;
      return new Response("done");
    }),
  );
  const ask = async (key: string): Promise<string | null> => {
    const answer = await app.request("/", { headers: { "idempotency-key": key } });
    return answer.headers.get("idempotency-replayed");
  };
  expect(await ask("a")).toBeNull();
  now = 23 * 3600 * 1000;
  expect(await ask("a")).toBe("true");
  now = 25 * 3600 * 1000;
  await ask("b");
  expect(await ask("a")).toBeNull();
  expect(done).toBe(3);
});

/** A body that takes its time, so that keeping it does too. */
function slowly(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      await turns(2);
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
