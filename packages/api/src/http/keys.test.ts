/** What a key opens: its scopes, and of a key of one user that user's data alone. */
import { expect, test } from "bun:test";
import type { AccessKey, EnrichedMessage, Scope } from "@verbatim/core";
import { isOf } from "@verbatim/core";
import type { MessageListing, Problem, SearchListing } from "../contract.ts";
import { type Fake, fakeMessages, fakePorts } from "../testing/ports.ts";
import { appOf, item, jsonOf, post } from "../testing/requests.ts";

type Described = { readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

function aKey(name: string, owner: string | null, scopes: readonly Scope[]): AccessKey {
  return {
    name,
    sha256: "",
    tenant: "default",
    owner,
    scopes,
    created_at: "",
    expires_at: null,
    revoked_at: null,
  };
}

const SECRET = "bobs-own-words";

/** A library of messages of ada and bob that does with `whose` what the deep store does. */
function twoUsers(): Fake {
  const fake = fakePorts();
  const messages = fakeMessages(6).map(
    (one, at): EnrichedMessage => ({
      ...one,
      source: "api",
      text: at % 2 === 0 ? "adas words" : SECRET,
      session_id: at % 2 === 0 ? "s-ada" : `s-${SECRET}`,
      meta: { user_id: at % 2 === 0 ? "ada" : "bob" },
    }),
  );
  const seen = (whose: string | undefined) =>
    messages.filter((one) => whose === undefined || isOf(one, whose));
  const session = {
    source: "api",
    conversation_id: null,
    title: null,
    project: null,
    first_said_at: "",
    last_said_at: "",
    messages: 1,
    user_turns: 1,
    hidden: 0,
    models: [],
    first_seq: 1,
    last_seq: 9,
    cost_micro_usd: null,
  };
  const library: Fake["ports"]["library"] = {
    ...fake.ports.library,
    messages: async ({ whose, session: id, records }) => ({
      rows: (records === true ? [...messages.slice(0, 1), ...seen(whose)] : seen(whose)).filter(
        (one) => id === undefined || one.session_id === id,
      ),
      next: null,
    }),
    search: async (_, { whose }) => ({
      rows: seen(whose).map((message) => ({ message, snippet: { text: message.text, marks: [] } })),
      next: { seq: 1, sub: 0 },
      count: 777,
      count_capped: false,
    }),
    sessions: async ({ whose }) => ({
      rows: seen(whose).map(({ session_id }) => ({ ...session, session_id })),
      next: null,
    }),
    session: async (id, whose) =>
      seen(whose).some((one) => one.session_id === id) ? { ...session, session_id: id } : null,
    aside: async () => ({
      rows: [{ seq: 1, source: "api", key: SECRET, heard_at: "", why: SECRET, bytes: 1 }],
      next: null,
    }),
  };
  fake.events.splice(0, fake.events.length, ...messages.map((message) => event(message)));
  fake.keys.set("ada-key", aKey("adas", "ada", ["read", "ingest"]));
  fake.keys.set("bob-key", aKey("bobs", "bob", ["read", "ingest"]));
  fake.keys.set("read-key", aKey("reader", null, ["read"]));
  fake.keys.set("ingest-key", aKey("sender", null, ["ingest"]));
  fake.keys.set("admin-key", aKey("admin", null, ["admin"]));
  return { ...fake, ports: { ...fake.ports, library } };
}

function event(message: EnrichedMessage): Fake["events"][number] {
  return { kind: "message", message };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Every way to ask every route that is described, with a user's, a session's and a message's name in the path. */
async function everyQuestion(
  app: ReturnType<typeof appOf>,
  headers: Readonly<Record<string, string>>,
): Promise<readonly { readonly url: string; readonly init: RequestInit }[]> {
  const { paths }: Described = await jsonOf(app.request("/openapi.json", { headers }));
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  );
  const names = [`s-${SECRET}`, "bob", "2"];
  const queries = ["", "?q=words", "?after=0", `?user=bob&session=s-${SECRET}`];
  const asked = names.flatMap((name) => queries.map((query) => ({ name, query })));
  return routes.flatMap(({ path, method }) =>
    asked.map(({ name, query }) => {
      const init: RequestInit = method === "GET" ? {} : post({ messages: [item("x")] });
      const url = `${path.replaceAll(/\{\w+\}/g, name)}${query}`;
      return { url, init: { ...init, method, headers: { ...init.headers, ...headers } } };
    }),
  );
}

test("D3: no route that there is gives a key of one user what another said", async () => {
  const app = appOf(twoUsers().ports);
  const answered = new Set<string>();
  const told: string[] = [];
  for (const { url, init } of await everyQuestion(app, bearer("ada-key"))) {
    const answer = await app.request(url, init);
    if (answer.ok) answered.add(`${init.method} ${url.replace(/\?.*/, "")}`);
    // A refusal may say what was asked for.
    const text = (await answer.text()).replaceAll(`s-${SECRET}`, answer.ok ? `s-${SECRET}` : "");
    if (text.includes(SECRET) || (answer.ok && text.includes("bob"))) told.push(url);
  }
  expect(told).toEqual([]);
  expect([...answered]).toEqual(
    expect.arrayContaining(["GET /v1/messages", "GET /v1/search", "GET /v1/sessions"]),
  );
  // The same questions do find it with a key that opens everything.
  const all = await app.request("/v1/messages", { headers: bearer("read-key") });
  expect(await all.text()).toContain(SECRET);
});

test("D3: a route that does not say whose data it gives is closed to a key of one user", async () => {
  const fake = twoUsers();
  const app = appOf(fake.ports);
  app.get("/v1/new-things", (context) => context.json({ secret: SECRET }));
  const asked = async (token: string) =>
    (await app.request("/v1/new-things", { headers: bearer(token) })).status;
  expect(await asked("ada-key")).toBe(403);
  expect(await asked("read-key")).toBe(200);
  for (const path of [
    "/metrics",
    "/v1/status",
    "/v1/jobs",
    "/v1/aside",
    "/v1/messages/2/repeats",
    "/v1/nothing",
  ]) {
    const answer = await app.request(path, { headers: bearer("ada-key") });
    const { detail } = await jsonOf<Problem>(answer);
    expect([path, answer.status, detail.includes("one user")]).toEqual([path, 403, true]);
  }
});

test("D3: a key of one user sees its own, and no count of what others said", async () => {
  const app = appOf(twoUsers().ports);
  const headers = bearer("ada-key");
  const messages = await jsonOf<MessageListing>(app.request("/v1/messages", { headers }));
  expect(messages.data.map((one) => one.meta["user_id"])).toEqual(["ada", "ada", "ada"]);
  const records = app.request("/v1/messages?records=true", { headers });
  expect((await jsonOf<MessageListing>(records)).data.length).toBe(3);
  const found = await jsonOf<SearchListing>(app.request("/v1/search?q=words", { headers }));
  expect(found).toMatchObject({ count: 3, count_capped: true });
  expect((await app.request("/v1/sessions/s-ada", { headers })).status).toBe(200);
  expect((await app.request(`/v1/sessions/s-${SECRET}`, { headers })).status).toBe(404);
  const live = await (await app.request("/v1/live?after=0", { headers })).text();
  expect(live).toContain("adas words");
  expect(live).not.toContain(SECRET);
});

test("D3: a scope that a key has not is told by name, and admin has all", async () => {
  const app = appOf(twoUsers().ports);
  const asked = async (token: string, path: string, init: RequestInit = {}) => {
    const headers = { ...init.headers, ...bearer(token) };
    const answer = await app.request(path, { ...init, headers });
    return [answer.status, answer.status === 403 ? (await jsonOf<Problem>(answer)).detail : ""];
  };
  const message = () => post({ messages: [item(undefined)] });
  const importing = () => post({ paths: ["/a"] });
  expect(await asked("read-key", "/v1/messages")).toEqual([200, ""]);
  expect(await asked("ingest-key", "/v1/messages")).toEqual([
    403,
    "this needs the scope read; the key sender has ingest",
  ]);
  expect(await asked("read-key", "/v1/messages", message())).toEqual([
    403,
    "this needs the scope ingest; the key reader has read",
  ]);
  expect((await asked("ingest-key", "/v1/messages", message()))[0]).toBe(201);
  for (const token of ["read-key", "ingest-key", "ada-key"])
    expect(await asked(token, "/v1/imports", importing())).toEqual([
      403,
      expect.stringContaining("the scope admin"),
    ]);
  expect((await asked("admin-key", "/v1/imports", importing()))[0]).toBe(202);
  expect((await asked("admin-key", "/v1/messages", message()))[0]).toBe(201);
  expect((await asked("nobodys-key", "/v1/messages"))[0]).toBe(401);
});

test("A6: as soon as there is a key nobody is answered without one, also on this machine", async () => {
  const fake = fakePorts();
  const app = appOf(fake.ports, null, { ownKey: "own-key-of-this-machine" });
  const headers = { host: "localhost:4400" };
  expect((await app.request("/v1/messages", { headers })).status).toBe(200);
  fake.keys.set("ada-key", aKey("adas", "ada", ["read"]));
  expect((await app.request("/v1/messages", { headers })).status).toBe(401);
  const own = bearer("own-key-of-this-machine");
  expect((await app.request("/v1/messages", { headers: own })).status).toBe(200);
});

test("A6: a server that others can reach answers nobody without a key, whatever name they use", async () => {
  const app = appOf(fakePorts().ports, null, { loopback: false });
  const headers = { host: "localhost:4400" };
  expect((await app.request("/v1/messages", { headers })).status).toBe(401);
  expect((await app.request("/health/live", { headers })).status).toBe(200);
});

test("D2: what a key of one user sends is that user's, whatever it says, and ids are its own", async () => {
  const fake = twoUsers();
  const app = appOf(fake.ports);
  const send = async (token: string, one: object, idempotency?: string) => {
    const key = idempotency === undefined ? {} : { "idempotency-key": idempotency };
    const headers = { ...bearer(token), ...key };
    const answer = await app.request("/v1/messages", post({ messages: [one] }, headers));
    return { status: answer.status, replayed: answer.headers.get("idempotency-replayed") };
  };
  expect((await send("ada-key", item("m-1"))).status).toBe(201);
  // The same id and the same Idempotency-Key with other words: nobody learns of anybody.
  expect((await send("bob-key", item("m-1", "else"))).status).toBe(201);
  expect((await send("ada-key", item("m-2"), "k")).status).toBe(201);
  expect(await send("bob-key", item("m-2"), "k")).toEqual({ status: 201, replayed: null });
  expect((await send("ada-key", { ...item("m-3"), meta: { a: 1 } })).status).toBe(201);
  expect((await send("ada-key", { ...item("m-4"), meta: {} })).status).toBe(201);
  expect((await send("ada-key", { ...item("m-5"), meta: { user_id: "ada" } })).status).toBe(201);
  expect((await send("ada-key", { ...item("m-6"), meta: { user_id: "bob" } })).status).toBe(422);
  const read = fake.handed.map(({ source, raw }) => [
    source,
    JSON.parse(new TextDecoder().decode(raw)).meta,
  ]);
  const [ada, bob] = [read[0]?.[0], read[1]?.[0]];
  expect(ada).toMatch(/^api-[0-9a-f]{32}$/);
  expect(bob).not.toBe(ada);
  expect(read).toEqual([
    [ada, { user_id: "ada" }],
    [bob, { user_id: "bob" }],
    [ada, { user_id: "ada" }],
    [bob, { user_id: "bob" }],
    [ada, { user_id: "ada", a: 1 }],
    [ada, { user_id: "ada" }],
    [ada, { user_id: "ada" }],
  ]);
});

test("D5: each look with a key is a line, refused ones too, and none without a key unless asked for", async () => {
  const fake = twoUsers();
  const app = appOf(fake.ports);
  const headers = bearer("ada-key");
  await app.request("/v1/messages?session=s-ada", { headers });
  await app.request("/v1/sessions/s-ada", { headers });
  await app.request("/v1/search?q=words&user=bob", { headers });
  await app.request("/v1/aside", { headers });
  await app.request("/v1/status", { headers: bearer("read-key") });
  await app.request("/v1/messages");
  expect(
    fake.looks.map(({ key, route, user, session, status, rows }) => [
      key,
      route,
      user,
      session,
      status,
      rows,
    ]),
  ).toEqual([
    ["adas", "/v1/messages", "ada", "s-ada", 200, 3],
    ["adas", "/v1/sessions/:id", "ada", "s-ada", 200, 1],
    ["adas", "/v1/search", "bob", null, 200, 3],
    ["adas", "/v1/aside", "ada", null, 403, null],
  ]);
  const open = fakePorts();
  await appOf(open.ports).request("/v1/messages");
  expect(open.looks).toEqual([]);
  await appOf(open.ports, null, { auditAll: true }).request("/v1/messages");
  expect(open.looks.map((one) => [one.key, one.rows])).toEqual([["loopback", 30]]);
});
