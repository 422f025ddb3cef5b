/** What is put in while the server is away, and what becomes of it. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Fetch, openCaller } from "./calling.ts";
import { type OutboxOptions, type OutboxStorage, openOutbox, type Pending } from "./outbox.ts";

/** A server that is there or away, refuses some texts, and remembers what it took under which key. */
function openServer() {
  const state = { status: 0, tries: 0 };
  const taken: string[] = [];
  const keys = new Set<string>();
  const fetch: Fetch = async (_, init) => {
    state.tries += 1;
    if (state.status === 0) throw new TypeError("away");
    if (state.status !== 200)
      return Response.json({ code: "c", detail: "d" }, { status: state.status });
    const sent = JSON.parse(String(init.body));
    const { text } = sent.messages?.[0] ?? { text: sent.content };
    if (text.startsWith("wrong"))
      return Response.json({ code: "input_invalid", detail: text }, { status: 422 });
    const key = new Headers(init.headers).get("idempotency-key") ?? "";
    if (!keys.has(key)) taken.push(text);
    keys.add(key);
    return Response.json({ receipts: [{ id: "x", seq: 1, status: "created" }] }, { status: 201 });
  };
  return { state, taken, fetch };
}

function memory(): OutboxStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

const message = (text: string) =>
  ({ session_id: "s", author: { name: "ada", role: "user" }, text }) as const;

async function outboxOf(fetch: Fetch, options: OutboxOptions = {}) {
  const caller = openCaller({ url: "http://verbatim.test", fetch, retries: 0 });
  const dropped: { text: string; why: string }[] = [];
  const onDrop = (thing: Pending, why: unknown): void => {
    const { message } = thing;
    dropped.push({
      text: String("text" in message ? message.text : "content" in message ? message.content : ""),
      why: String(why),
    });
  };
  // No try by itself within a test: what is sent, a test sends.
  return { outbox: await openOutbox(caller, { onDrop, retryWaitMs: 60_000, ...options }), dropped };
}

test("R15: what came while the server was away is sent in its order when it is back", async () => {
  const server = openServer();
  const { outbox, dropped } = await outboxOf(server.fetch);
  const [id] = await outbox.post([message("one"), { ...message("two"), id: "mine" }]);
  expect(await outbox.append("u", "s", { role: "user", content: "three" })).toMatch(
    /^[0-9a-f-]{36}$/,
  );
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await outbox.flush()).toBe(3);
  expect(outbox.pending).toBe(3);
  server.state.status = 200;
  expect(await outbox.flush()).toBe(0);
  expect({ taken: server.taken, dropped }).toEqual({ taken: ["one", "two", "three"], dropped: [] });
  outbox.close();
});

test("R15: what the server refuses is told with its reason, and does not hold up the rest", async () => {
  const server = openServer();
  const { outbox, dropped } = await outboxOf(server.fetch);
  await outbox.post([message("one"), message("wrong"), message("two")]);
  await outbox.flush();
  server.state.status = 200;
  expect(await outbox.flush()).toBe(0);
  expect(server.taken).toEqual(["one", "two"]);
  expect(dropped).toEqual([{ text: "wrong", why: "ApiError: wrong" }]);
});

test("R15: a server that is failing, full or has another key loses nothing", async () => {
  const server = openServer();
  const { outbox, dropped } = await outboxOf(server.fetch);
  await outbox.post([message("one")]);
  for (const status of [401, 403, 429, 500, 503, 507]) {
    server.state.status = status;
    expect([status, await outbox.flush()]).toEqual([status, 1]);
  }
  server.state.status = 200;
  await outbox.flush();
  expect({ taken: server.taken, dropped }).toEqual({ taken: ["one"], dropped: [] });
});

test("R15: a full outbox and a full storage take nothing more, and say so", async () => {
  const server = openServer();
  const full = await outboxOf(server.fetch, { max: 2 });
  await full.outbox.post([message("one"), message("two")]);
  const more = [message("three"), message("four")];
  expect(await full.outbox.post(more).catch(String)).toContain("holds 2 things");
  expect(full.dropped).toMatchObject([{ text: "three" }, { text: "four" }]);
  const storage = memory();
  const cramped = await outboxOf(server.fetch, { storage });
  await cramped.outbox.post([message("one")]);
  storage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  expect(await cramped.outbox.post([message("two")]).catch(String)).toContain("Quota");
  expect([cramped.dropped.length, cramped.outbox.pending]).toEqual([1, 1]);
  for (const { outbox } of [full, cramped]) outbox.close();
});

test("R15: with a storage, whatever the process dies at, everything taken is sent once and in order", async () => {
  const steps = fc.array(
    fc.oneof(fc.constant("put"), fc.constant("die"), fc.constant("back"), fc.constant("away")),
    { maxLength: 24 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const server = openServer();
      const storage = memory();
      const put: string[] = [];
      let { outbox } = await outboxOf(server.fetch, { storage });
      const steps: Readonly<Record<string, () => unknown>> = {
        put: () => outbox.post([message(`m${put.push("") - 1}`)]),
        die: async () => {
          outbox.close();
          ({ outbox } = await outboxOf(server.fetch, { storage }));
        },
        back: () => Object.assign(server.state, { status: 200 }),
        away: () => Object.assign(server.state, { status: 0 }),
      };
      for (const step of plan) await steps[step]?.();
      server.state.status = 200;
      while ((await outbox.flush()) > 0);
      outbox.close();
      expect(server.taken).toEqual(put.map((_, at) => `m${at}`));
      expect([...storage.kept.keys()].filter((name) => name.includes(":"))).toEqual([]);
    }),
    { numRuns: 60, examples: [[["back", "put", "away", "die", "put", "die"]]] },
  );
});

test("it sends by itself when the server is there, and comes again when it was away", async () => {
  const server = openServer();
  const { outbox } = await outboxOf(server.fetch, { retryWaitMs: 1 });
  await outbox.post([message("one")]);
  while (server.state.tries < 2) await Bun.sleep(1);
  server.state.status = 200;
  while (outbox.pending > 0) await Bun.sleep(1);
  expect(server.taken).toEqual(["one"]);
});
