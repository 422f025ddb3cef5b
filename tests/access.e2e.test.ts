/** Keys with the whole system: made while it runs, one user each, revoked, and every look written down. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemAt, until } from "./world/system.ts";

const root = mkdtempSync(join(tmpdir(), "vb-access-"));
mkdirSync(join(root, "watched"));
const system = await systemAt(join(root, "home"), join(root, "watched"));
await system.start();
afterAll(async () => {
  await system.stop();
  rmSync(root, { recursive: true, force: true });
});

type Listing = { readonly data: readonly { readonly text: string }[] };

async function added(name: string, ...options: readonly string[]): Promise<string> {
  const made = await system.cli("keys", "add", name, ...options);
  expect([made.code, made.err]).toEqual([0, expect.stringContaining("shown once")]);
  return made.out.trim();
}

async function ask(key: string | null, path: string, init: RequestInit = {}): Promise<Response> {
  const bearer: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const headers = { "content-type": "application/json", ...bearer };
  return await fetch(`${system.url}${path}`, { ...init, headers });
}

async function say(key: string | null, text: string): Promise<number> {
  const messages = [{ id: "m-1", session_id: "s-1", author: { name: "x", role: "user" }, text }];
  const init = { method: "POST", body: JSON.stringify({ messages }) };
  return (await ask(key, "/v1/messages", init)).status;
}

async function texts(key: string, path: string): Promise<readonly string[]> {
  const listing: Listing = JSON.parse(await (await ask(key, path)).text());
  return listing.data.map((one) => one.text);
}

test("D3: two users, one server: each records, reads and finds his own; a revoked key opens nothing", async () => {
  expect(await say(null, "said before there was a key")).toBe(201);
  const ada = await added("adas-phone", "--owner", "ada");
  const bob = await added("bobs-phone", "--tenant", "acme", "--owner", "bob");
  const all = await added("chat-server", "--scope", "read");
  await until(
    "the server needs keys",
    10_000,
    async () => (await ask(null, "/v1/status")).status === 401,
  );
  await until("the keys hold", 10_000, async () => (await ask(all, "/v1/status")).status === 200);

  expect([await say(ada, "adas words"), await say(bob, "bobs words")]).toEqual([201, 201]);
  expect(await say(all, "none")).toBe(403);
  await until(
    "all is settled",
    60_000,
    async () => (await texts(all, "/v1/messages")).length === 3,
  );
  expect(await texts(ada, "/v1/messages")).toEqual(["adas words"]);
  expect(await texts(bob, "/v1/sessions/s-1/messages")).toEqual(["bobs words"]);
  await until(
    "all is indexed",
    60_000,
    async () => (await texts(all, "/v1/search?q=words")).length === 2,
  );
  expect(await texts(ada, "/v1/search?q=words")).toEqual(["adas words"]);

  // Commands on this machine go on without being given a key.
  const status = await system.cli("--home", system.home, "status", "--json");
  expect([status.code, JSON.parse(status.out).heard]).toEqual([0, 3]);

  expect((await system.cli("keys", "revoke", "adas-phone")).code).toBe(0);
  await until("it is closed", 10_000, async () => (await ask(ada, "/docs")).status === 401);
  const list = JSON.parse((await system.cli("keys", "list", "--json")).out);
  expect(
    list.keys.map((one: { name: string; standing: string }) => [one.name, one.standing]),
  ).toEqual([
    ["adas-phone", "revoked"],
    ["bobs-phone", "active"],
    ["chat-server", "active"],
  ]);
  const looked = async (user: string): Promise<readonly string[]> => {
    const { out } = await system.cli("audit", "--user", user, "--json");
    const { looks } = JSON.parse(out);
    return looks.map((one: { key: string; route: string }) => `${one.key} ${one.route}`);
  };
  await until("the looks are on disk", 10_000, async () => (await looked("ada")).length === 2);
  expect(await looked("ada")).toEqual(["adas-phone /v1/messages", "adas-phone /v1/search"]);
  expect(await looked("acme/bob")).toEqual(["bobs-phone /v1/sessions/:id/messages"]);
}, 180_000);
