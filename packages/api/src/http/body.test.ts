/** How much of a body is read: never more than the bound, of one request and of all together. */
import { expect, test } from "bun:test";
import { turns } from "../testing/clock.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, inPieces, jsonOf } from "../testing/requests.ts";
import { BODY_BYTES_MAX, openBodies } from "./body.ts";

const MIB = 1024 * 1024;
const json = { "content-type": "application/json" };

test("a body that says it is too large is refused before a byte of it is read", async () => {
  const fake = fakePorts();
  let pieces = 0;
  const body = function* (): Generator<Uint8Array> {
    for (; pieces < 40; pieces += 1) yield new Uint8Array(MIB);
  };
  const headers = { ...json, "content-length": String(BODY_BYTES_MAX + 1) };
  const sent = { method: "POST", headers, body: inPieces(body()) };
  const answer = await appOf(fake.ports).request("/v1/messages", sent);
  expect(answer.status).toBe(413);
  expect(await jsonOf(answer)).toMatchObject({ code: "too_large" });
  expect(pieces).toBeLessThan(3);
  expect(fake.handed).toHaveLength(0);
});

test("a body that does not say how large it is is refused as soon as it is too large", async () => {
  const fake = fakePorts();
  let pieces = 0;
  const body = function* (): Generator<Uint8Array> {
    for (; ; pieces += 1) yield new Uint8Array(MIB);
  };
  const answer = await appOf(fake.ports).request("/v1/messages", {
    method: "POST",
    headers: json,
    body: inPieces(body()),
  });
  expect(answer.status).toBe(413);
  expect(pieces).toBeLessThan(BODY_BYTES_MAX / MIB + 4);
  expect(fake.handed).toHaveLength(0);
});

test("a body of exactly the bound is taken, and one byte more is not", async () => {
  const bodies = openBodies(10, 15);
  const pieces = (many: number): Request =>
    new Request("http://localhost/", {
      method: "POST",
      body: inPieces(Array.from({ length: many }, (_, at) => new Uint8Array([at]))),
    });
  expect([...(await bodies.with(pieces(10), async (body) => body))]).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  const refused = bodies.with(pieces(11), async (body) => body);
  expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: "too_large" });
});

test("a client that goes away in the middle of its body is no fault of ours, and leaves its room", async () => {
  const fake = fakePorts();
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("the connection ended")),
  });
  const sent = { method: "POST", headers: json, body: broken };
  const answer = await appOf(fake.ports).request("/v1/messages", sent);
  expect(answer.status).toBe(400);
  expect(await jsonOf(answer)).toMatchObject({ code: "input_invalid" });
  expect(fake.logged).toEqual([]);
});

test("bodies that together are too many are refused for now, and what is done with makes room", async () => {
  const bodies = openBodies(10, 15);
  const requestOf = (bytes: number): Request =>
    new Request("http://localhost/", { method: "POST", body: new Uint8Array(bytes) });
  const gate = Promise.withResolvers<number>();
  const first = bodies.with(requestOf(10), () => gate.promise);
  await turns();
  const second = bodies.with(requestOf(6), async (body) => body.length);
  expect(await second.catch((error: unknown) => error)).toMatchObject({ code: "busy" });
  expect(await bodies.with(requestOf(5), async (body) => body.length)).toBe(5);
  gate.resolve(1);
  await first;
  expect(await bodies.with(requestOf(10), async (body) => body.length)).toBe(10);
});
