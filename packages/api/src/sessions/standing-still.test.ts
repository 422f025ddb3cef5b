/** Parts that accept and say nothing: who waits for a chat's next reply is answered all the same. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { type Log, VerbatimError } from "@verbatim/core";
import type { RecordedAnswer, ResolveAnswer, ResumeAnswer } from "../contract-sessions.ts";
import type { ApiPorts } from "../ports.ts";
import { inTime } from "../testing/clock.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";
import { openBreaker } from "./breaker.ts";

const never = (): Promise<never> => new Promise(() => {});
const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
/** Everything of a port stands still. */
const still = <Port extends object>(port: Port): Port => new Proxy(port, { get: () => never });

type Server = { readonly app: ReturnType<typeof appOf>; readonly stop: (part: Part) => void };
type Part = "sessionStore" | "sessionLibrary";

/** A server whose stores can be stopped. */
function aServer(fake: Fake): Server {
  const stopped = new Set<Part>();
  const over = <Port extends object>(part: Part, port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => Reflect.get(stopped.has(part) ? still(target) : target, name),
    });
  const ports: ApiPorts = {
    ...fake.ports,
    newId: randomUUID,
    sessionStore: over("sessionStore", fake.ports.sessionStore),
    sessionLibrary: over("sessionLibrary", fake.ports.sessionLibrary),
  };
  return { app: appOf(ports), stop: (part) => void stopped.add(part) };
}

const AT = "/v1/users/local/sessions/s";
const said = (message_id: string): RequestInit => post({ role: "user", content: "x", message_id });
const begun = ({ app }: Server) =>
  app.request("/v1/users/local/sessions", post({ session_id: "s" }));

test("G1: Redis stands still: a conversation is answered in time, and says so", async () => {
  const server = aServer(fakePorts());
  const path = "/v1/conversations/c/resolve";
  const before = await jsonOf<ResolveAnswer>(server.app.request(path, post({})));
  server.stop("sessionStore");
  const answer = await inTime(200, async () =>
    jsonOf<ResolveAnswer>(server.app.request(path, post({}))),
  );
  expect(answer).toEqual({ ...before, created: false, degraded: true });
});

test("G2: Redis stands still: what was said is on disk and answered for, and nothing waits twice", async () => {
  const fake = fakePorts();
  const server = aServer(fake);
  await begun(server);
  server.stop("sessionStore");
  for (let at = 0; at < 3; at += 1) {
    const answer = await inTime(400, async () =>
      jsonOf<RecordedAnswer>(server.app.request(`${AT}/messages`, said(`m-${at}`))),
    );
    expect(answer).toMatchObject({ stored: true, status: "created", degraded: true });
  }
  expect(fake.handed.length).toBe(4);
  const resumed = await inTime(100, async () =>
    jsonOf<ResumeAnswer>(server.app.request(`${AT}/resume`, post({}))),
  );
  expect(resumed?.recent_messages.length).toBe(3);
});

test("G2: a recorder that is away is 503, and nothing is shown that was not recorded", async () => {
  const fake = fakePorts();
  const server = aServer(fake);
  await begun(server);
  fake.away.intake = true;
  expect((await server.app.request(`${AT}/messages`, said("m-1"))).status).toBe(503);
  fake.away.intake = false;
  const view = await jsonOf<ResumeAnswer>(server.app.request(`${AT}/resume`, post({})));
  expect(view.recent_messages).toEqual([]);
});

test("G1: Postgres stands still: a session that Redis has is answered at once", async () => {
  const server = aServer(fakePorts());
  await begun(server);
  server.stop("sessionLibrary");
  const answer = await inTime(100, async () => server.app.request(`${AT}/resume`, post({})));
  expect(answer?.status).toBe(200);
});

test("G1: a part that is away is left alone, looked for by one, and heard when it is back", async () => {
  let now = 0;
  let asked = 0;
  let isHere = false;
  const breaker = openBreaker({ part: "p", ms: 50, pauseMs: 1000, now: () => now, log: quiet });
  const ask = () =>
    breaker.ask(async () => {
      asked += 1;
      if (!isHere) throw new VerbatimError("redis_unreachable", "away");
      return "here";
    });
  now = 1;
  await ask();
  await ask();
  expect(asked).toBe(1);
  now = 1002;
  await Promise.all([ask(), ask(), ask()]);
  expect(asked).toBe(2);
  isHere = true;
  now = 2004;
  expect(await ask()).toEqual({ here: true, value: "here" });
  expect(await ask()).toEqual({ here: true, value: "here" });
  expect(asked).toBe(4);
});

test("G1: one slow answer is not being away, three in a row are", async () => {
  let asked = 0;
  const breaker = openBreaker({ part: "p", ms: 50, pauseMs: 1000, now: () => 0.5, log: quiet });
  const slow = () =>
    inTime(100, () =>
      breaker.ask(() => {
        asked += 1;
        return never();
      }),
    );
  for (let at = 0; at < 5; at += 1) expect(await slow()).toMatchObject({ here: false });
  expect(asked).toBe(3);
});

test("G13: long work that is late, however often, takes the part from nobody else", async () => {
  const settings = { part: "a part", ms: 1000, pauseMs: 60_000, now: () => 0, log: quiet };
  const breaker = openBreaker(settings);
  for (let at = 0; at < 5; at += 1) expect((await breaker.ask(never, 1)).here).toBe(false);
  expect(await breaker.ask(async () => "here")).toEqual({ here: true, value: "here" });
});

test("G1: Postgres stands still: the first waits its bound, and after that nobody waits, whatever route he asks", async () => {
  const fake = fakePorts();
  const never = { settledTo: () => new Promise<never>(() => {}) };
  const library = new Proxy(fake.ports.library, { get: () => () => new Promise<never>(() => {}) });
  const sessionLibrary = new Proxy(fake.ports.sessionLibrary, {
    get: () => never.settledTo,
  });
  const app = appOf({ ...fake.ports, newId: randomUUID, library, sessionLibrary });
  const first = await inTime(5000, async () => app.request("/v1/citations"));
  expect(first?.status).toBe(503);
  for (const path of [
    "/v1/citations",
    "/v1/messages",
    "/v1/sessions",
    "/v1/search?q=x",
    "/v1/conversations",
  ]) {
    const answer = await inTime(60, async () => app.request(path));
    expect([path, answer?.status]).toEqual([path, 503]);
  }
});

test("G13: a slow answer of a part that answers otherwise is waited for", async () => {
  let answer = (_: string): void => {};
  const settings = { part: "p", ms: 1, pauseMs: 60_000, now: () => 0, log: quiet };
  const breaker = openBreaker({ ...settings, look: async () => answer("late, and there") });
  const slow = await breaker.ask(
    () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
    10_000,
  );
  expect(slow).toEqual({ here: true, value: "late, and there" });
});
