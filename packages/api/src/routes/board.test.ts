/** bull-board behind the key. */
import { expect, test } from "bun:test";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

const KEY = "a-long-enough-key";
const app = appOf(fakePorts().ports, KEY);
const host = "verbatim.example";

async function cookie(): Promise<string> {
  const answer = await app.request("/v1/login", post({ key: KEY }));
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

test("A40: nobody sees the board, its files or its questions without a key", async () => {
  for (const path of ["/queues", "/queues/queue/x", "/queues/static/js/a.js", "/queues/api/queues"])
    expect([path, (await app.request(path)).status]).toEqual([path, 401]);
  expect((await app.request("/queues/api/queues/pause", post({}))).status).toBe(401);
  const bearer = { headers: { authorization: `Bearer ${KEY}` } };
  expect((await app.request("/queues", bearer)).status).toBe(200);
});

test("A40: a key that may read looks, and changes nothing", async () => {
  const { ports, keys } = fakePorts();
  keys.set("vb_reader", {
    name: "reader",
    tenant: "home",
    owner: null,
    scopes: ["read"],
  } as never);
  const readers = appOf(ports, KEY);
  const headers = { authorization: "Bearer vb_reader" };
  expect((await readers.request("/queues", { headers })).status).toBe(200);
  expect((await readers.request("/queues/api/queues", { headers })).status).toBe(200);
  const change = await readers.request("/queues/api/queues/pause", post({}, headers));
  expect(change.status).toBe(403);
});

test("A40: a browser changes something from the board's own page, from no other, and nothing else", async () => {
  const carried = { cookie: await cookie(), host };
  const change = (more: object, path = "/queues/api/queues/pause") =>
    app.request(path, post({ a: 1 }, { ...carried, ...more }));
  expect((await change({})).status).toBe(403);
  expect((await change({ origin: "https://elsewhere.example" })).status).toBe(403);
  expect((await change({ origin: "null" })).status).toBe(403);
  const own = await change({ origin: `https://${host}` });
  expect(own.status).toBe(200);
  expect(await jsonOf<object>(own)).toEqual({ method: "POST", body: { a: 1 } });
  const elsewhere = await change({ origin: `https://${host}` }, "/v1/exports");
  expect(elsewhere.status).toBe(403);
});

test("its page may load from here alone; ours do not get its policy", async () => {
  const bearer = { headers: { authorization: `Bearer ${KEY}` } };
  const policy = (await app.request("/queues", bearer)).headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("http");
  const ours = (await app.request("/")).headers.get("content-security-policy");
  expect(ours).not.toContain("unsafe");
});
