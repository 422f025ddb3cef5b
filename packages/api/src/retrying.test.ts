/** Sending the same again: by the ids of messages, by Idempotency-Key, at once, and after a restart. */
import { expect, test } from "bun:test";
import type { PostAnswer } from "./contract.ts";
import { turns } from "./testing/clock.ts";
import { type Fake, fakePorts } from "./testing/ports.ts";
import { appOf, item, jsonOf, post } from "./testing/requests.ts";

const PATH = "/v1/messages";
const REPLAYED = "idempotency-replayed";
const keyed = (texts: readonly string[], key = "k1"): RequestInit =>
  post({ messages: texts.map((text) => item(undefined, text)) }, { "idempotency-key": key });

/** The same writer, with a gate before it. */
function gated(fake: Fake) {
  const gate = Promise.withResolvers<void>();
  const { intake } = fake.ports;
  const hand: typeof intake.hand = async (batch) => {
    await gate.promise;
    return await intake.hand(batch);
  };
  return { gate, ports: { ...fake.ports, intake: { ...intake, hand } } };
}

test("A4: the same id with the same bytes is known, with others a conflict, also after a restart", async () => {
  const fake = fakePorts();
  const first = appOf(fake.ports);
  await first.request(PATH, post({ messages: [item("a")] }));
  for (const app of [first, appOf(fake.ports)]) {
    const again = await app.request(PATH, post({ messages: [item("a")] }));
    expect(again.status).toBe(201);
    expect(await jsonOf(again)).toMatchObject({ receipts: [{ seq: 1, status: "known" }] });
    const other = await app.request(PATH, post({ messages: [item("a", "other")] }));
    expect([other.status, other.headers.get("retry-after")]).toEqual([409, null]);
  }
  expect(fake.handed).toHaveLength(1);
});

test("A4: the same Idempotency-Key gets the same answer, and nothing is done again", async () => {
  const fake = fakePorts();
  const app = appOf(fake.ports);
  const first = await app.request(PATH, keyed(["one", "one", "two"]));
  const second = await app.request(PATH, keyed(["one", "one", "two"]));
  expect([first.status, first.headers.get(REPLAYED)]).toEqual([201, null]);
  expect([second.status, second.headers.get(REPLAYED)]).toEqual([201, "true"]);
  expect(await second.text()).toBe(await first.text());
  expect(second.headers.get("x-request-id")).not.toBeNull();
  expect(fake.handed).toHaveLength(3);
  await app.request(PATH, keyed(["one", "one", "two"], "k2"));
  expect(fake.handed).toHaveLength(6);
});

test("A4: a retry under an Idempotency-Key finds messages without an id after a restart", async () => {
  const fake = fakePorts();
  const sent = keyed(["one", "one", "two"]);
  const first = await jsonOf<PostAnswer>(appOf(fake.ports).request(PATH, sent));
  const second = await jsonOf<PostAnswer>(appOf(fake.ports).request(PATH, sent));
  expect(first.receipts.map((one) => one.status)).toEqual(["created", "created", "created"]);
  expect(second.receipts).toEqual(first.receipts.map((one) => ({ ...one, status: "known" })));
  expect(new Set(first.receipts.map((one) => one.id)).size).toBe(3);
  expect(fake.handed).toHaveLength(3);
  const other = await appOf(fake.ports).request(PATH, keyed(["uno"]));
  expect(other.status).toBe(409);
});

test("A4: a key whose first request is under way is told to wait, and then gets its answer", async () => {
  const fake = fakePorts();
  const { gate, ports } = gated(fake);
  const app = appOf(ports);
  const first = app.request(PATH, keyed(["one"]));
  await turns();
  const second = await app.request(PATH, keyed(["one"]));
  expect([second.status, second.headers.get("retry-after")]).toEqual([409, "1"]);
  expect(await jsonOf(second)).toMatchObject({ code: "conflict" });
  gate.resolve();
  expect((await first).status).toBe(201);
  const third = await app.request(PATH, keyed(["one"]));
  expect([third.status, third.headers.get(REPLAYED)]).toEqual([201, "true"]);
  expect(fake.handed).toHaveLength(1);
});

test("A4: a key that was used with another body is refused, and records nothing", async () => {
  const fake = fakePorts();
  const app = appOf(fake.ports);
  await app.request(PATH, keyed(["one"]));
  const other = await app.request(PATH, keyed(["two"]));
  expect(other.status).toBe(422);
  expect(await jsonOf(other)).toMatchObject({ code: "input_invalid" });
  expect(fake.handed).toHaveLength(1);
});

test("A4: what failed for now is tried again under its key, and not remembered", async () => {
  const fake = fakePorts();
  const app = appOf(fake.ports);
  fake.away.intake = true;
  expect((await app.request(PATH, keyed(["one"]))).status).toBe(503);
  fake.away.intake = false;
  const again = await app.request(PATH, keyed(["one"]));
  expect([again.status, again.headers.get(REPLAYED)]).toEqual([201, null]);
  expect(fake.handed).toHaveLength(1);
});

test("A4: what only some messages had for now is tried again under its key", async () => {
  const fake = fakePorts();
  const { intake } = fake.ports;
  let isFull = true;
  const hand: typeof intake.hand = async (batch) => {
    const receipts = await intake.hand(isFull ? batch.slice(0, 1) : batch);
    const refused = { status: "refused", code: "journal_full", message: "no room" } as const;
    return batch.map((_, place) => receipts[place] ?? refused);
  };
  const app = appOf({ ...fake.ports, intake: { ...intake, hand } });
  expect((await app.request(PATH, keyed(["one", "two"]))).status).toBe(207);
  isFull = false;
  const again = await app.request(PATH, keyed(["one", "two"]));
  expect(again.status).toBe(201);
  expect(await jsonOf(again)).toMatchObject({
    receipts: [{ status: "known" }, { status: "created" }],
  });
});

test("an Idempotency-Key has 1 to 255 characters", async () => {
  const app = appOf();
  expect((await app.request(PATH, keyed(["one"], "k".repeat(255)))).status).toBe(201);
  expect((await app.request(PATH, keyed(["one"], "k".repeat(256)))).status).toBe(400);
  expect((await app.request(PATH, keyed(["one"], ""))).status).toBe(400);
});
