/** Who is answered, without a key and with one. */
import { expect, test } from "bun:test";
import { configFrom, mayListen } from "../config.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, item, post } from "../testing/requests.ts";

const KEY = "a-long-enough-key";
type Headers = Readonly<Record<string, string>>;

/** Statuses of a read, a write and a look at health with these headers. */
async function asked(headers: Headers, key: string | null = null): Promise<readonly number[]> {
  const app = appOf(fakePorts().ports, key);
  const statuses: number[] = [];
  for (const path of ["/v1/messages", "/health/live"])
    statuses.push((await app.request(path, { headers })).status);
  const written = await app.request("/v1/messages", post({ messages: [item("a")] }, headers));
  return [...statuses, written.status];
}

const REFUSED = [403, 403, 403];
const ANSWERED = [200, 200, 201];

test("A6: without a key only names of this machine are answered", async () => {
  for (const host of ["localhost", "localhost:4400", "127.0.0.1:4400", "[::1]:4400", "LOCALHOST"])
    expect([host, ...(await asked({ host }))]).toEqual([host, ...ANSWERED]);
  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "evil.example:4400",
    "localhost:4400@evil.example",
    "127.0.0.1.nip.io",
    "10.0.0.7:4400",
    "",
  ])
    expect([host, ...(await asked({ host }))]).toEqual([host, ...REFUSED]);
  const app = appOf();
  expect((await app.request("http://evil.example/v1/messages")).status).toBe(403);
});

test("A6: without a key no page of another site is answered", async () => {
  const host = "localhost:4400";
  for (const origin of [
    "https://evil.example",
    "null",
    "http://localhost:3000",
    "http://localhost:4400.evil.example",
  ])
    expect([origin, ...(await asked({ host, origin }))]).toEqual([origin, ...REFUSED]);
  for (const site of ["cross-site", "same-site"])
    expect([site, ...(await asked({ host, "sec-fetch-site": site }))]).toEqual([site, ...REFUSED]);
  expect(await asked({ host, origin: "http://localhost:4400" })).toEqual(ANSWERED);
  for (const site of ["same-origin", "none"])
    expect([site, ...(await asked({ host, "sec-fetch-site": site }))]).toEqual([site, ...ANSWERED]);
});

test("A6: a link from another site may be followed, and nothing may be sent with it", async () => {
  const headers = {
    host: "localhost:4400",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  };
  expect(await asked(headers)).toEqual([200, 200, 403]);
});

test("A6: with a key whoever has it is answered, from anywhere, and nobody else", async () => {
  const elsewhere = { host: "verbatim.example", origin: "https://chat.example" };
  for (const authorization of [`Bearer ${KEY}`, `bearer   ${KEY}`])
    expect(await asked({ ...elsewhere, authorization }, KEY)).toEqual(ANSWERED);
  for (const authorization of [
    "Bearer a-long-enough-kez",
    "Bearer b-long-enough-key",
    `Bearer ${KEY}${KEY}`,
    "Bearer a",
    "Bearer ",
    KEY,
    `Basic ${KEY}`,
  ])
    expect([authorization, ...(await asked({ authorization }, KEY))]).toEqual([
      authorization,
      ...[401, 200, 401],
    ]);
});

test("A6: with a key every route but health and the dashboard's files wants it, also those that are none", async () => {
  const app = appOf(fakePorts().ports, KEY);
  for (const path of [
    "/docs",
    "/openapi.json",
    "/metrics",
    "/v1/status",
    "/v1/messages",
    "/v1/live",
    "/v1/jobs",
    "/v1/nothing",
    "/health",
    "/health/../v1/messages",
  ]) {
    const answer = await app.request(path);
    expect([path, answer.status, answer.headers.get("www-authenticate")]).toEqual([
      path,
      401,
      "Bearer",
    ]);
  }
  expect((await app.request("/health/live")).status).toBe(200);
  expect((await app.request("/health/ready")).status).toBe(200);
});

test("A6: listening for other machines without a key is refused, with what to set", () => {
  const env = {
    VERBATIM_HOME: "/h",
    REDIS_URL: "redis://x",
    DATABASE_URL: "postgres://x",
    VERBATIM_HOST: "0.0.0.0",
  };
  expect(() => mayListen(configFrom(env), false)).toThrow("VERBATIM_API_KEY");
  mayListen(configFrom(env), true);
  mayListen(configFrom({ ...env, VERBATIM_API_KEY: "sixteen-characters" }), false);
  mayListen(configFrom({ ...env, VERBATIM_HOST: "localhost" }), false);
  expect(() => configFrom({ ...env, VERBATIM_API_KEY: "short" })).toThrow("16 characters");
  expect(configFrom({ ...env, VERBATIM_API_KEY: "sixteen-characters" }).host).toBe("0.0.0.0");
  expect(configFrom({ ...env, VERBATIM_HOST: "::1" }).key).toBeNull();
});

test("A6: a request that names no host at all is refused like any other", async () => {
  const request = new Proxy(new Request("http://localhost/v1/messages"), {
    get: (target, name) => (name === "url" ? "/v1/messages" : Reflect.get(target, name)),
  });
  expect((await appOf().fetch(request)).status).toBe(403);
});
