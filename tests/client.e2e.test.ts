/**
 * The client and the example chat server against a whole system: as a chat
 * platform uses them, in Bun and in Node, with Redis away, and after a restart.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chatStore } from "../packages/client/src/ai-sdk.ts";
import { type Client, createClient, type LiveEvent } from "../packages/client/src/index.ts";
import { type ChatServer, startChatServer } from "./world/chat-server.ts";
import { leave, systemIn } from "./world/place.ts";
import { type System, until } from "./world/system.ts";

const ROOT = join(import.meta.dir, "..");
const CHAT = "telegram:1/2 ü?";
let place: string;
let system: System;
let client: Client;
let chat: ChatServer;

type Reply = { session_id: string; reply: string; stored: boolean; degraded: boolean };

async function say(text: string, more: object = {}): Promise<Reply> {
  const body = JSON.stringify({ conversation_id: CHAT, user_id: "ada", text, ...more });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${chat.url}/chat`, { method: "POST", headers, body });
  expect([text, answer.status]).toEqual([text, 200]);
  return (await answer.json()) as Reply;
}

const saidIn = async (session: string): Promise<readonly string[]> =>
  (await client.session("ada", session).history({ limit: 100 })).data.map(({ content }) => content);

beforeAll(async () => {
  ({ place, system } = await systemIn("client-e2e"));
  await system.start();
  client = createClient({ url: system.url });
  chat = await startChatServer(system.url);
}, 120_000);

afterAll(async () => {
  await chat.kill();
  await leave(place, system);
}, 60_000);

test("a chat is answered, recorded, moved on with /new and /compact, and nothing is lost", async () => {
  const first = await say("I am worried about my exam.", { message_id: "m1" });
  expect(first).toMatchObject({
    stored: true,
    reply: "How long have you been worried about your exam?",
  });
  expect(await say("I am worried about my exam.", { message_id: "m1" })).toEqual(first);
  await say("It is on Monday and decides about the whole year.");
  expect(await saidIn(first.session_id)).toHaveLength(4);
  const compacted = await say("/compact");
  expect(compacted.session_id).not.toBe(first.session_id);
  expect(compacted.reply).toContain("We go on from this:");
  expect((await say("Shall I go on?")).session_id).toBe(compacted.session_id);
  const fresh = await say("/new");
  expect(new Set([first.session_id, compacted.session_id, fresh.session_id]).size).toBe(3);
  expect((await say("/compact")).reply).toContain("Nothing to sum up");
  expect(await saidIn(first.session_id)).toHaveLength(4);
  const { history } = await client.conversations.get(CHAT, { user: "ada" });
  expect(history.map(({ session_id }) => session_id)).toEqual([
    first.session_id,
    compacted.session_id,
    fresh.session_id,
  ]);
  const markdown = await client
    .session("ada", first.session_id)
    .export.markdown({ transcript: "all" });
  expect(markdown).toContain("worried about my exam");
}, 60_000);

test("a session's whole life through the client, read back as it was written", async () => {
  const { session_id } = await client.startSession("ada", { model: "one", ttl_days: 3 });
  const session = client.session("ada", session_id);
  const said = await session.appendAll([
    { role: "user", content: "I see it now", message_id: "u1" },
    { role: "assistant", content: "What do you see?" },
  ]);
  expect(said.receipts.map(({ stored }) => stored)).toEqual([true, true]);
  await session.emotion({ emotion: "breakthrough", intensity: 0.9, confidence: 0.8 });
  await session.milestone({ description: "saw it" });
  await session.breakthrough({
    insight: "it was me",
    category: "insight",
    trigger_message_id: "u1",
  });
  await session.context({ current_theme: "exams", session_notes: "calm" });
  await session.context({ session_notes: null });
  await session.model("two");
  expect(await session.resume()).toMatchObject({
    session_metadata: { last_model: "two", ttl_days: 3 },
    emotional_state: { current: "breakthrough", intensity: 0.9 },
    context_snapshot: { current_theme: "exams", session_notes: null },
    recent_messages: [{ content: "I see it now" }, { content: "What do you see?" }],
    recent_milestones: [{ description: "saw it" }],
    last_breakthrough: { insight: "it was me" },
  });
  expect(await session.stats()).toMatchObject({ message_count: 2, breakthrough_count: 1 });
  expect((await session.journey()).dominant_emotion).toBe("breakthrough");
  const fork = await session.fork({ at: "u1" });
  expect((await saidIn(fork.session_id)).slice(0, 1)).toEqual(["I see it now"]);
  await session.offRecord(true);
  expect(await session.append({ role: "user", content: "secret" })).toMatchObject({
    stored: false,
  });
  await session.offRecord(false);
  await session.deleteMessage("u1");
  await session.close();
  expect(await saidIn(session_id)).toEqual(["What do you see?"]);
  const document = await session.export.json({ transcript: "all" });
  expect(document.messages.map(({ content }) => content)).toEqual(["What do you see?"]);
  const { last_seq } = (await session.get()).session_metadata;
  await session.note("may go home", { ifMatch: `"${last_seq}"` });
  const late = session.note("may stay", { ifMatch: `"${last_seq}"` });
  expect(await late.catch((why: unknown) => why)).toMatchObject({ status: 412 });
  expect((await session.notes()).data).toMatchObject([{ text: "may go home" }]);
  const wrong = session.emotion({ emotion: "happy", intensity: 1.5, confidence: 1 });
  const error = await wrong.catch((why: unknown) => why);
  expect(error).toMatchObject({ status: 400, message: expect.stringContaining("intensity") });
  await until("its citations are there", 20_000, async () => {
    const { data } = await client.citations.list({ session: session_id, user: "ada" });
    return data.some(({ type }) => type === "breakthrough_recorded");
  });
  expect(await client.conversations.exists("nobody:1", { user: "ada" })).toBe(false);
}, 60_000);

test("a feed goes on over a restart of the API, and an outbox sends what came meanwhile", async () => {
  const stop = new AbortController();
  const texts: string[] = [];
  const following = (async () => {
    for await (const event of client.live({ session: "live", signal: stop.signal })) {
      const shown: LiveEvent = event;
      if (shown.kind === "message") texts.push(shown.message.text);
    }
  })();
  const post = async (text: string) =>
    await client.messages.post([
      { session_id: "live", author: { name: "ada", role: "user" }, text },
    ]);
  await until("the feed is there", 20_000, async () => {
    await post("hello");
    return texts.length > 0;
  });
  const outbox = await client.outbox({ retryWaitMs: 100 });
  const api = (await system.processes()).get("api") ?? 0;
  process.kill(api, "SIGKILL");
  await outbox.post(
    ["one", "two"].map((text) => ({
      session_id: "live",
      author: { name: "ada", role: "user" },
      text,
    })),
  );
  await until(
    "everything was heard",
    60_000,
    async () => texts.includes("two"),
    () => texts.join(),
  );
  expect(outbox.pending).toBe(0);
  expect(texts.filter((text) => text !== "hello")).toEqual(["one", "two"]);
  outbox.close();
  stop.abort();
  await following;
}, 120_000);

test("a chat of the AI SDK is loaded as it was saved, by this process at once and by another soon", async () => {
  const messages = [
    { id: "1", role: "user", parts: [{ type: "text", text: "Hi" }] },
    {
      id: "2",
      role: "assistant",
      metadata: { n: 1 },
      parts: [{ type: "step-start" }, { type: "text", text: "Hello" }],
    },
  ] as const;
  const store = chatStore(client);
  const id = store.createChat();
  await store.saveChat({ chatId: id, messages });
  expect(await store.loadChat(id)).toEqual([...messages]);
  await until("another process has it", 20_000, async () => {
    const loaded = await chatStore(client).loadChat(id);
    return loaded.length === 2 && Bun.deepEquals(loaded, [...messages]);
  });
}, 60_000);

test("Node runs the built client against the real server", async () => {
  const built = await Bun.build({
    entrypoints: [join(ROOT, "packages/client/src/index.ts")],
    target: "browser",
  });
  await writeFile(join(place, "client.mjs"), (await built.outputs[0]?.text()) ?? "");
  await writeFile(
    join(place, "program.mjs"),
    `import { createClient } from "./client.mjs";
    const client = createClient({ url: ${JSON.stringify(system.url)} });
    const { session_id, created } = await client.conversations.resolve("node:1", { user_id: "bob" });
    const session = client.session("bob", session_id);
    await session.append({ role: "user", content: "from Node" });
    const { recent_messages } = await session.resume();
    console.log(JSON.stringify({ created, said: recent_messages.map((one) => one.content) }));`,
  );
  const ran = Bun.spawn(["node", join(place, "program.mjs")], {
    stdout: "pipe",
    stderr: "inherit",
  });
  expect(JSON.parse(await new Response(ran.stdout).text())).toEqual({
    created: true,
    said: ["from Node"],
  });
}, 60_000);

test("with Redis away a chat is answered, said to be degraded, and whole when Redis is back", async () => {
  const before = await say("Are you there?");
  expect(before.degraded).toBe(false);
  const redis = (await system.processes()).get("redis") ?? 0;
  process.kill(redis, "SIGSTOP");
  try {
    const away = await say("I am still here.");
    expect(away).toMatchObject({ session_id: before.session_id, stored: true, degraded: true });
  } finally {
    process.kill(redis, "SIGCONT");
  }
  await until("it is whole again", 30_000, async () => {
    const { degraded } = await client.session("ada", before.session_id).get();
    return !degraded && (await saidIn(before.session_id)).includes("I am still here.");
  });
}, 90_000);

test("a chat server that is killed and started again goes on in the same session", async () => {
  const { session_id } = await say("Remember me.");
  await chat.kill();
  chat = await startChatServer(system.url);
  expect((await say("I am back.")).session_id).toBe(session_id);
}, 60_000);
