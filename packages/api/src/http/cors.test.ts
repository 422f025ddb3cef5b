/** What pages of other sites may do. */
import { expect, test } from "bun:test";
import { configFrom } from "../config.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, item, post } from "../testing/requests.ts";

const KEY = "a-long-enough-key";
const CHAT = "https://chat.example";
const ENV = { VERBATIM_HOME: "/h", REDIS_URL: "redis://r", DATABASE_URL: "postgres://p" };

const app = appOf(fakePorts().ports, KEY, { corsOrigins: [CHAT] });

const preflight = (origin: string) =>
  app.request("/v1/messages", {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,idempotency-key",
    },
  });

test("A12: a preflight of a named origin is answered without a key, and of no other", async () => {
  const allowed = await preflight(CHAT);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe(CHAT);
  expect(allowed.headers.get("access-control-allow-headers")).toContain("idempotency-key");
  expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
  for (const origin of ["https://evil.example", "null", `${CHAT}.evil.example`])
    expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
});

test("A12: a page of a named origin reads answers and refusals alike, with its key only", async () => {
  const asked = post({ messages: [item("a")] }, { origin: CHAT, authorization: `Bearer ${KEY}` });
  const answered = await app.request("/v1/messages", asked);
  expect(answered.status).toBe(201);
  expect(answered.headers.get("access-control-allow-origin")).toBe(CHAT);
  expect(answered.headers.get("access-control-expose-headers")).toContain("etag");
  const refused = await app.request("/v1/messages", { headers: { origin: CHAT } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("access-control-allow-origin")).toBe(CHAT);
});

test("A12: where no origin is named, no answer may be read by another site", async () => {
  const closed = appOf(fakePorts().ports, KEY);
  const headers = { origin: CHAT, authorization: `Bearer ${KEY}` };
  const answered = await closed.request("/v1/messages", { headers });
  expect(answered.headers.get("access-control-allow-origin")).toBeNull();
});

test("A12: origins are taken as browsers send them, and anything else is refused by name", () => {
  const read = (VERBATIM_CORS_ORIGINS: string) => configFrom({ ...ENV, VERBATIM_CORS_ORIGINS });
  expect(read(` ${CHAT}, http://localhost:3000`).corsOrigins).toEqual([
    CHAT,
    "http://localhost:3000",
  ]);
  expect(configFrom(ENV).corsOrigins).toEqual([]);
  for (const wrong of ["*", "chat.example", `${CHAT}/`, `${CHAT}/path`, "https://CHAT.example"])
    expect(() => read(wrong)).toThrow("VERBATIM_CORS_ORIGINS");
});
