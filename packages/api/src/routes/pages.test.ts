/** The dashboard's files, and keys that browsers carry. */
import { expect, test } from "bun:test";
import { fakePorts } from "../testing/ports.ts";
import { appOf, item, jsonOf, post } from "../testing/requests.ts";

const KEY = "a-long-enough-key";
const app = appOf(fakePorts().ports, KEY);

async function cookieFor(key: string): Promise<string> {
  const answer = await app.request("/v1/login", post({ key }));
  expect(answer.status).toBe(204);
  return answer.headers.get("set-cookie") ?? "";
}
const carried = (cookie: string) => cookie.split(";")[0] ?? "";

test("A14: the page is given to anybody, under a policy that lets nothing else in", async () => {
  for (const path of ["/", "/login"]) {
    const answer = await app.request(path);
    expect([path, answer.status]).toEqual([path, 200]);
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
      expect(policy.split("; ")).toContain(rule);
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("http");
  }
  expect((await app.request("/assets/none.js")).status).toBe(404);
  expect((await app.request("/no-such-page")).status).toBe(401);
});

test("A13: a key is carried in a cookie that no script reads and no other site sends", async () => {
  const cookie = await cookieFor(KEY);
  for (const rule of ["HttpOnly", "SameSite=Strict", "Path=/"]) expect(cookie).toContain(rule);
  const headers = { cookie: carried(cookie) };
  expect((await app.request("/v1/messages", { headers })).status).toBe(200);
  const me = await jsonOf<{ via: string; token: string }>(app.request("/v1/me", { headers }));
  expect(me.via).toBe("cookie");
  expect(me.token).toHaveLength(64);
});

test("A13: nothing is changed by a cookie without its token", async () => {
  const headers = { cookie: carried(await cookieFor(KEY)) };
  const { token } = await jsonOf<{ token: string }>(app.request("/v1/me", { headers }));
  const write = (more: object) =>
    app.request("/v1/messages", post({ messages: [item("a")] }, { ...headers, ...more }));
  expect((await write({})).status).toBe(403);
  expect((await write({ "x-verbatim-token": token.replace(/^./, "_") })).status).toBe(403);
  expect((await write({ "x-verbatim-token": token })).status).toBe(201);
});

test("A13: a wrong key gets no cookie, and a cookie of a key that is none opens nothing", async () => {
  const refused = await app.request("/v1/login", post({ key: "a-wrong-long-key" }));
  expect([refused.status, refused.headers.get("set-cookie")]).toEqual([401, null]);
  for (const cookie of ["verbatim=a-wrong-long-key", "verbatim=", "other=x"])
    expect((await app.request("/v1/messages", { headers: { cookie } })).status).toBe(401);
  expect((await app.request("/v1/login", post("{}"))).status).toBe(422);
  expect((await app.request("/v1/login", post("x".repeat(5000)))).status).toBe(413);
});

test("A13: a page of another site cannot log a browser in, with a key of its own choice", async () => {
  const from = async (origin: string, body: string, site: object = {}) => {
    const host = "verbatim.example:4400";
    const headers = { origin, host, "content-type": "text/plain", ...site };
    const answer = await app.request("/v1/login", { method: "POST", headers, body });
    return [answer.status, answer.headers.get("set-cookie") !== null];
  };
  // What a form can send: text with a "=" in it.
  const formed = `{"key":"=","key":"${KEY}"}`;
  expect(await from("https://elsewhere.example", formed)).toEqual([403, false]);
  expect(await from("null", formed)).toEqual([403, false]);
  expect(await from("http://verbatim.example:4400", formed)).toEqual([204, true]);
  // Behind a proxy that asks under a name of its own, the browser's word is taken.
  const proxied = "https://verbatim.example";
  expect(await from(proxied, formed, { "sec-fetch-site": "same-origin" })).toEqual([204, true]);
  for (const site of ["cross-site", "same-site"])
    expect(await from(proxied, formed, { "sec-fetch-site": site })).toEqual([403, false]);
});

test("A13: logging out takes the cookie away", async () => {
  const headers = { cookie: carried(await cookieFor(KEY)) };
  const { token } = await jsonOf<{ token: string }>(app.request("/v1/me", { headers }));
  const all = { ...headers, "x-verbatim-token": token };
  const answer = await app.request("/v1/logout", { method: "POST", headers: all });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("set-cookie")).toContain("Max-Age=0");
});
