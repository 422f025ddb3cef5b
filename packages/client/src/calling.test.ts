/** One call: what is sent, what is tried again and when, and what a failure says. */
import { expect, test } from "bun:test";
import { type ClientOptions, openCaller } from "./calling.ts";
import { ApiError } from "./errors.ts";
import { fakeServer, problemOf } from "./testing/server.ts";
import { retryAfterOf, wait } from "./waiting.ts";

const MESSAGE = { session_id: "s", author: { name: "ada", role: "user" }, text: "hi" } as const;
const BODY = { messages: [MESSAGE] };
const RECEIPTS = { receipts: [{ id: "1", seq: 1, status: "created" }], durability: "fsync" };

function callerOf(fetch: ClientOptions["fetch"], more: Partial<ClientOptions> = {}) {
  return openCaller({ url: "http://verbatim.test/at/", fetch, retryWaitMs: 1, ...more });
}

async function failureOf(asked: Promise<unknown>): Promise<ApiError> {
  const error = await asked.then(
    () => null,
    (why: unknown) => why,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`no ApiError but ${String(error)}`);
}

test("R11: every try of a write has the same key and the same bytes, and another write another key", async () => {
  const server = fakeServer([problemOf(503), "broken", { status: 201, body: RECEIPTS }]);
  const caller = callerOf(server.fetch, { key: "secret" });
  expect(await caller.call("POST /v1/messages", { body: BODY })).toMatchObject(RECEIPTS);
  server.answers.push({ status: 201, body: RECEIPTS });
  await caller.call("POST /v1/messages", { body: BODY });
  const [first, second, third, other] = server.asked;
  expect(first?.headers.get("authorization")).toBe("Bearer secret");
  const key = first?.headers.get("idempotency-key");
  expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  for (const again of [second, third]) {
    expect(again?.headers.get("idempotency-key")).toBe(key ?? "");
    expect(again?.body).toBe(JSON.stringify(BODY));
  }
  expect(other?.headers.get("idempotency-key")).not.toBe(key ?? "");
});

test("R12: what may succeed later is tried again, and nothing else", async () => {
  const outcomes: Record<string, number> = {};
  for (const answer of [429, 502, 503, 504, 400, 401, 404, 409, 412, 422, 500, 507] as const) {
    const server = fakeServer([], problemOf(answer));
    const error = await failureOf(callerOf(server.fetch, { retries: 2 }).call("GET /v1/status"));
    expect(error).toMatchObject({ status: answer, attempts: server.asked.length });
    outcomes[answer] = server.asked.length;
  }
  expect(outcomes).toEqual({
    429: 3,
    502: 3,
    503: 3,
    504: 3,
    400: 1,
    401: 1,
    404: 1,
    409: 1,
    412: 1,
    422: 1,
    500: 1,
    507: 1,
  });
  const broken = fakeServer([], "broken");
  const error = await failureOf(callerOf(broken.fetch).call("GET /v1/status"));
  expect(error).toMatchObject({ code: "network", status: 0, attempts: 4 });
  expect(error.message).toStartWith("no answer from ");
});

test("R12: a call that is still under way under its key is asked for again", async () => {
  const under = problemOf(409, { "retry-after": "0" });
  const server = fakeServer([under, { status: 201, body: RECEIPTS }]);
  await callerOf(server.fetch).call("POST /v1/messages", { body: BODY });
  expect(server.asked).toHaveLength(2);
});

test("R12: nothing is sent before Retry-After has passed", async () => {
  const server = fakeServer([problemOf(503, { "retry-after": "0.2" }), { status: 200, body: {} }]);
  const started = performance.now();
  await callerOf(server.fetch).call("GET /v1/status");
  expect(performance.now() - started).toBeGreaterThanOrEqual(199);
  expect(server.asked).toHaveLength(2);
});

test("R12: an abort ends the wait and the call, with the abort's own reason", async () => {
  const stop = new AbortController();
  const server = fakeServer([], problemOf(503, { "retry-after": "20" }));
  const asked = callerOf(server.fetch).call("GET /v1/status", { signal: stop.signal });
  await server.reached(1);
  stop.abort(new Error("the page was closed"));
  expect(await asked.catch(String)).toBe("Error: the page was closed");
  const hanging = fakeServer([], "hangs");
  const late = new AbortController();
  const call = callerOf(hanging.fetch).call("GET /v1/status", { signal: late.signal });
  await hanging.reached(1);
  late.abort(new Error("no more"));
  expect(await call.catch(String)).toBe("Error: no more");
  const never = callerOf(server.fetch).call("GET /v1/status", { signal: late.signal });
  expect(await never.catch(String)).toBe("Error: no more");
  expect(server.asked).toHaveLength(1);
});

test("an answer that does not come in time is a timeout, and tried again", async () => {
  const server = fakeServer(["hangs", { status: 200, body: { heard: 1 } }]);
  const caller = callerOf(server.fetch, { timeoutMs: 20 });
  expect(await caller.call("GET /v1/status")).toMatchObject({ heard: 1 });
  const hanging = fakeServer([], "hangs");
  const error = await failureOf(
    callerOf(hanging.fetch, { timeoutMs: 5, retries: 0 }).call("GET /v1/status"),
  );
  expect(error).toMatchObject({ code: "timeout", attempts: 1 });
});

test("ids with any characters are one part of the path, and what no URL can carry is refused", async () => {
  const server = fakeServer([], { status: 200, body: {} });
  const caller = callerOf(server.fetch);
  for (const id of ["telegram:123", "a/b?c#d", "é %2F ..", " ", "\u{1F642}"]) {
    await caller.call("GET /v1/sessions/{id}", { path: [id] });
    const url = new URL(server.asked.at(-1)?.url ?? "");
    expect(url.pathname.split("/").map(decodeURIComponent)).toEqual([
      "",
      "at",
      "v1",
      "sessions",
      id,
    ]);
  }
  for (const id of ["", ".", "..", "\ud83d"]) {
    const error = await failureOf(caller.call("GET /v1/sessions/{id}", { path: [id] }));
    expect(error).toMatchObject({ code: "usage", attempts: 0 });
  }
  expect(server.asked).toHaveLength(5);
});

test("an error has the server's code, sentence and places; one of a proxy says it is not ours", async () => {
  const errors = [{ path: "messages.0.text", message: "is missing" }];
  const server = fakeServer([
    problemOf(422, {}, { code: "input_invalid", detail: "no message was taken", errors }),
    { status: 400, body: "<html>Bad gateway</html>", type: "text/html" },
    { status: 200, body: "{", type: "application/json" },
  ]);
  const caller = callerOf(server.fetch, { retries: 0 });
  const refused = await failureOf(caller.call("POST /v1/messages", { body: BODY }));
  expect(refused).toMatchObject({
    code: "input_invalid",
    message: "no message was taken",
    status: 422,
  });
  expect(refused.problem?.errors).toEqual(errors);
  expect(await failureOf(caller.call("GET /v1/status"))).toMatchObject({
    code: "http_400",
    problem: null,
  });
  expect(await failureOf(caller.call("GET /v1/status"))).toMatchObject({ code: "unreadable" });
});

test("Retry-After is read as seconds and as a date, and never waited for longer than half a minute", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfterOf("2", now)).toBe(2000);
  expect(retryAfterOf("Thu, 01 Jan 2026 00:00:03 GMT", now)).toBe(3000);
  expect(retryAfterOf("Thu, 01 Jan 2015 00:00:03 GMT", now)).toBe(0);
  expect(retryAfterOf("86400", now)).toBe(30_000);
  for (const nothing of [null, "", "soon"]) expect(retryAfterOf(nothing, now)).toBeNull();
});

test("a wait leaves nothing behind on the signal it was given", async () => {
  const stop = new AbortController();
  let listeners = 0;
  const { signal } = stop;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  await wait(1, signal);
  expect(listeners).toBe(0);
});
