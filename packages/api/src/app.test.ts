import { expect, test } from "bun:test";
import { createApp } from "./app.ts";
import { configFrom } from "./config.ts";
import { type Fake, fakePorts } from "./testing/ports.ts";

const appOf = (fake: Fake = fakePorts(), key: string | null = null) =>
  createApp(fake.ports, { key });
const item = (id: string | undefined, text = "hello") => ({
  ...(id === undefined ? {} : { id }),
  session_id: "s",
  author: { name: "ada", role: "user" },
  text,
});
const post = (body: unknown, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** The JSON of an answer; what is missing shows as undefined in its assertions. */
async function jsonOf<Shape>(answer: Response | Promise<Response>): Promise<Shape> {
  return (await (await answer).json()) as Shape;
}
type Paged = {
  readonly data: readonly object[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
};
type Described = { readonly paths: Readonly<Record<string, object>> };

test("posted messages are handed over as their exact bytes and answered with their seqs", async () => {
  const fake = fakePorts();
  const body =
    '{"messages":[ {"id":"a b/1", "session_id":"s","author":{"name":"ada","role":"user"},"text":"\\u00e9"} ]}';
  const answer = await appOf(fake).request("/v1/messages", post(body));
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({
    receipts: [{ id: "a b/1", seq: 1, status: "created" }],
    durability: "fsync",
  });
  expect(body).toContain(new TextDecoder().decode(fake.handed[0]?.raw));
});

test("the same id with the same body is known, with another body a conflict", async () => {
  const app = appOf();
  await app.request("/v1/messages", post({ messages: [item("a")] }));
  expect(
    await (await app.request("/v1/messages", post({ messages: [item("a")] }))).json(),
  ).toMatchObject({ receipts: [{ seq: 1, status: "known" }] });
  expect((await app.request("/v1/messages", post({ messages: [item("a", "other")] }))).status).toBe(
    409,
  );
  const mixed = await app.request(
    "/v1/messages",
    post({ messages: [item("a", "other"), item("b")] }),
  );
  expect(mixed.status).toBe(207);
  expect(await mixed.json()).toMatchObject({
    receipts: [{ status: "error", error: { code: "conflict" } }, { status: "created" }],
  });
});

test("what is wrong with each message is said, and the others are taken", async () => {
  const fake = fakePorts();
  const answer = await appOf(fake).request(
    "/v1/messages",
    post({
      messages: [item("a"), { id: "x", session_id: "s" }, { ...item("c"), said_at: "yesterday" }],
    }),
  );
  expect(answer.status).toBe(207);
  expect(await answer.json()).toMatchObject({
    receipts: [
      { status: "created" },
      { id: "x", status: "error", error: { path: "messages.1.author" } },
      { status: "error", error: { path: "messages.2.said_at" } },
    ],
  });
  expect(fake.handed).toHaveLength(1);
  const none = await appOf(fake).request("/v1/messages", post({ messages: [{}] }));
  expect(none.status).toBe(422);
  expect(none.headers.get("content-type")).toBe("application/problem+json");
});

test("rubbish is refused with what to send instead", async () => {
  const app = appOf();
  for (const body of [
    "",
    "{",
    "[]",
    '{"messages":[]}',
    '{"messages":{}}',
    JSON.stringify({ messages: Array.from({ length: 1001 }, () => item(undefined)) }),
  ]) {
    expect((await app.request("/v1/messages", post(body))).status).toBe(400);
  }
  expect(
    (
      await app.request(
        "/v1/messages",
        post({ messages: [item("a")] }, { "content-type": "text/plain" }),
      )
    ).status,
  ).toBe(415);
  expect((await app.request("/v1/nothing")).status).toBe(404);
});

test("a retry under an Idempotency-Key records nothing twice, also of messages without an id", async () => {
  const fake = fakePorts();
  const again = post(
    { messages: [item(undefined), item(undefined, "two")] },
    { "idempotency-key": "k1" },
  );
  const first = await (await appOf(fake).request("/v1/messages", again)).json();
  const second = await (await appOf(fake).request("/v1/messages", again)).json();
  expect(fake.handed).toHaveLength(2);
  expect(second).toEqual(JSON.parse(JSON.stringify(first).replaceAll("created", "known")));
});

test("a recorder that is away is 503 with when to try again; reading goes on", async () => {
  const fake = fakePorts();
  fake.away.intake = true;
  const app = appOf(fake);
  const answer = await app.request("/v1/messages", post({ messages: [item("a")] }));
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect((await app.request("/v1/messages")).status).toBe(200);
  expect((await app.request("/health/ready")).status).toBe(503);
  expect((await app.request("/health/live")).status).toBe(200);
});

test("a database that is away is 503 by its code, and recording goes on", async () => {
  const fake = fakePorts();
  fake.away.library = true;
  const app = appOf(fake);
  expect(await (await app.request("/v1/messages")).json()).toMatchObject({
    status: 503,
    code: "postgres_unreachable",
  });
  expect((await app.request("/v1/messages", post({ messages: [item("a")] }))).status).toBe(201);
  expect(await (await app.request("/v1/status")).json()).toMatchObject({
    heard: 30,
    stored: null,
    parts: { postgres: { ok: false } },
  });
});

test("pages follow each other by an opaque cursor that belongs to its filter", async () => {
  const app = appOf();
  const first = await jsonOf<Paged>(app.request("/v1/messages?limit=20"));
  expect([first.data.length, first.has_more]).toEqual([20, true]);
  const next = await jsonOf<Paged>(
    app.request(`/v1/messages?limit=20&cursor=${first.next_cursor}`),
  );
  expect([next.data.length, next.has_more, next.next_cursor]).toEqual([10, false, null]);
  expect((await app.request(`/v1/messages?session=s-1&cursor=${first.next_cursor}`)).status).toBe(
    400,
  );
  expect((await app.request("/v1/messages?after_seq=28")).status).toBe(200);
});

test("a wrong parameter is named", async () => {
  const app = appOf();
  for (const [path, name] of [
    ["/v1/messages?limit=0", "limit"],
    ["/v1/messages?since=soon", "since"],
    ["/v1/search?limit=5", "q"],
    ["/v1/sessions?lmit=5", "lmit"],
  ]) {
    const answer = await app.request(path ?? "");
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(name ?? "");
  }
});

test("a session has an ETag, and answers 304 to it", async () => {
  const app = appOf();
  const answer = await app.request("/v1/sessions/s-1");
  expect(answer.headers.get("etag")).toBe('"9"');
  expect(
    (await app.request("/v1/sessions/s-1", { headers: { "if-none-match": '"9"' } })).status,
  ).toBe(304);
  expect((await app.request("/v1/sessions/nobody")).status).toBe(404);
});

test("the live feed resumes after the last event seen, and otherwise begins now", async () => {
  const app = appOf();
  const resumed = await (
    await app.request("/v1/live", { headers: { "last-event-id": "28" } })
  ).text();
  expect([...resumed.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)).toEqual(["28", "29", "30"]);
  expect(resumed).toContain("event: message");
  expect(await (await app.request("/v1/live")).text()).not.toContain("event: message");
  expect((await app.request("/v1/live?after=x")).status).toBe(400);
});

test("without a key only this machine is answered, and no other site's page", async () => {
  const app = appOf();
  expect(
    (await app.request("http://evil.example/v1/messages", { headers: { host: "evil.example" } }))
      .status,
  ).toBe(403);
  expect(
    (
      await app.request("/v1/messages", {
        headers: { host: "localhost:4400", origin: "https://evil.example" },
      })
    ).status,
  ).toBe(403);
  expect((await app.request("/v1/messages", { headers: { host: "127.0.0.1:4400" } })).status).toBe(
    200,
  );
});

test("with a key every route but health wants it", async () => {
  const app = appOf(fakePorts(), "a-long-enough-key");
  for (const path of ["/v1/messages", "/v1/live", "/metrics", "/docs", "/openapi.json"])
    expect((await app.request(path)).status).toBe(401);
  expect(
    (await app.request("/v1/messages", { headers: { authorization: "Bearer a-long-enough-kez" } }))
      .status,
  ).toBe(401);
  expect(
    (await app.request("/v1/messages", { headers: { authorization: "Bearer a-long-enough-key" } }))
      .status,
  ).toBe(200);
  expect((await app.request("/health/live")).status).toBe(200);
});

test("listening for other machines without a key is refused, with what to set", () => {
  const env = {
    VERBATIM_HOME: "/h",
    REDIS_URL: "redis://x",
    DATABASE_URL: "postgres://x",
    VERBATIM_HOST: "0.0.0.0",
  };
  expect(() => configFrom(env)).toThrow("VERBATIM_API_KEY");
  expect(configFrom({ ...env, VERBATIM_API_KEY: "sixteen-characters" }).host).toBe("0.0.0.0");
});

test("the API describes every route it has, to machines and to people", async () => {
  const app = appOf();
  const document = await jsonOf<Described>(app.request("/openapi.json"));
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    ),
  );
  const served = app.routes
    .filter((one) => one.path.startsWith("/v1/") && one.method !== "ALL")
    .map((one) => `${one.method} ${one.path}`);
  expect([...new Set(served)].toSorted().filter((one) => !described.includes(one))).toEqual([]);
  const docs = await app.request("/docs");
  expect(docs.headers.get("content-security-policy")).toContain("default-src 'none'");
  const text = await docs.text();
  expect(text).toContain("/v1/search");
  expect(text).not.toMatch(/(src|href)="https?:/);
});

test("metrics are always there, also when they are zero", async () => {
  const text = await (await appOf().request("/metrics")).text();
  for (const name of ["heard", "behind", "live_followers", "process_restarts"])
    expect(text).toMatch(new RegExp(`^verbatim_${name} \\d+`, "m"));
});
