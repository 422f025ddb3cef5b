/**
 * A message that is deleted is in nothing that anybody reads: every GET route
 * there is, the live feed, every command, current.json; also after everything was
 * made again, and after a restart.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Any, answerOf, leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

/** A word that nobody else says, in all the ways a message may show it. */
const WORD = "zanzibar";
const WORDS = `Should ${WORD} ship today? I wonder about ${WORD}. @Status-Zanzibar`;
const SAID = new RegExp(WORD, "i");

let place: string;
let system: System;
let session: string;
/** What the conversation went on in, with a summary of ours. */
let next: string;

beforeAll(async () => {
  ({ place, system } = await systemIn("hidden"));
  await system.start();
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

const ask = (method: string, path: string, body?: object): Promise<Any> =>
  answerOf(system, method, path, body);

const at = (of = session): string => `/v1/users/ada/sessions/${encodeURIComponent(of)}`;
const say = (message_id: string, content: string, more: object = {}) =>
  ask("POST", `${at()}/messages`, { role: "user", content, message_id, ...more });

/** Every GET route that the server describes, filled in with what there is. */
async function routes(): Promise<readonly string[]> {
  const { paths } = await jsonOf<{ readonly paths: Record<string, Any> }>(
    await fetch(`${system.url}/openapi.json`),
  );
  const filled: Readonly<Record<string, string>> = { user: "ada", session, id: session, seq: "2" };
  return Object.entries(paths)
    .filter(([path, methods]) => methods["get"] !== undefined && path !== "/v1/live")
    .map(([path]) => {
      const id = path.includes("conversations") ? "chat" : session;
      return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(name === "id" ? id : (filled[name] ?? "none")),
      );
    });
}

const ASKED = [
  `/v1/search?q=${WORD}`,
  `/v1/search?q=${WORD.slice(0, 5)}*`,
  "/v1/search?q=wonder",
  `/v1/sessions?q=${WORD}`,
  "/v1/messages?limit=500&records=true",
  "/v1/messages?order=desc",
  "/v1/messages?tag=@Status-Zanzibar",
];

/** What each GET gives; those which need a parameter say so, and give nothing. */
async function overHttp(): Promise<ReadonlyMap<string, string>> {
  const given = new Map<string, string>();
  const own = [
    ...["export?format=md&transcript=all", "export?format=json&transcript=all"],
    ...["export?format=md&audience=client", "messages?order=desc", "journey"],
  ].flatMap((path) => [at(), at(next)].map((one) => `${one}/${path}`));
  for (const path of [...(await routes()), ...ASKED, at(next), ...own]) {
    const answer = await fetch(system.url + path);
    const text = await answer.text();
    // What was asked for may come back in an answer.
    given.set(path, path.includes(WORD) ? text.replaceAll(`"q":"${WORD}"`, "") : text);
  }
  const { session_metadata: _, ...resumed } = await ask("POST", `${at()}/resume`);
  given.set("resume", JSON.stringify(resumed));
  given.set("resume next", JSON.stringify(await ask("POST", `${at(next)}/resume`)));
  return given;
}

/** What the live feed gives whoever begins at the beginning, up to its newest message. */
async function overLive(): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(`${system.url}/v1/live?after=0`, { signal: stop.signal });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("the last of all")) break;
  }
  stop.abort();
  return text;
}

const COMMANDS = [
  ["show", "SESSION"],
  ["show", "NEXT"],
  ["log", "--limit", "500"],
  ["log", "--reverse", "--full", "--format", "jsonl", "--limit", "500"],
  ["log", "--stats"],
  ["search", "wonder"],
  ["sessions"],
  ["threads"],
  ["report", "--format", "md"],
  ["aside"],
] as const;

async function overCommands(): Promise<ReadonlyMap<string, string>> {
  const given = new Map<string, string>();
  for (const command of COMMANDS) {
    const named = new Map<string, string>([
      ["SESSION", session],
      ["NEXT", next],
    ]);
    const args = command.map((one) => named.get(one) ?? one);
    const { out, err } = await system.cli(...args);
    given.set(args.join(" "), out + err);
  }
  return given;
}

const holders = (given: ReadonlyMap<string, string>): readonly string[] =>
  [...given].filter(([, text]) => SAID.test(text)).map(([name]) => name);

const currentJson = (): Promise<string> =>
  readFile(join(system.home, "current.json"), "utf8").catch(() => "");

/** Nobody who reads anything finds the word, and what was said beside it is there. */
async function isGone(): Promise<void> {
  await system.settled();
  await until("current.json follows", 30_000, async () => {
    const text = await currentJson();
    return text.includes("the last of all") && !SAID.test(text);
  });
  const [http, commands] = [await overHttp(), await overCommands()];
  expect(holders(http)).toEqual([]);
  expect(await overLive()).not.toMatch(SAID);
  expect(holders(commands)).toEqual([]);
  expect(http.get("/v1/messages?order=desc")).toContain("the last of all");
  expect(commands.get("log --limit 500")).toContain("the last of all");
  expect(await ask("GET", `/v1/sessions/${session}`)).toMatchObject({ messages: 4, hidden: 1 });
  const verified = await system.cli("verify");
  expect(`${verified.code} ${verified.out} ${verified.err}`).toStartWith("0");
}

test("a deleted message is in nothing that anybody reads, also when all is made again", async () => {
  const opened = await ask("POST", "/v1/conversations/chat/resolve", { user_id: "ada" });
  session = String(opened["session_id"]);
  await say("m-1", WORDS, { is_breakthrough: true });
  await say("m-2", "The boats are fine.");
  await say("m-3", "I like the boats.", { role: "assistant" });
  await say("m-4", "This is the last of all.");
  const compacted = await ask("POST", "/v1/conversations/chat/compact", { user_id: "ada" });
  expect(String(compacted["summary"])).toMatch(SAID);
  next = String(compacted["session_id"]);
  await system.settled();
  await until("current.json has it", 30_000, async () => SAID.test(await currentJson()));
  const shown = await overHttp();
  expect(holders(shown).length).toBeGreaterThan(10);
  expect(holders(shown)).toContain(at(next));
  expect(shown.get(`/v1/search?q=${WORD}`)).toContain('"count":1');
  expect(await overLive()).toMatch(SAID);
  expect(holders(await overCommands())).toContain(`show ${session}`);

  await ask("DELETE", `${at()}/messages/m-1`);
  await isGone();
  for (const one of ["--hot", "--deep", "--numbers"]) {
    const rebuilt = await system.cli("rebuild", one);
    expect(`${rebuilt.code} ${rebuilt.err}`).toStartWith("0");
    await isGone();
  }
  expect(await system.stop()).toBe(0);
  const { out } = await system.cli("log", "--limit", "500");
  expect(out).toContain("the last of all");
  expect(out).not.toMatch(SAID);
  await system.start();
  await isGone();
}, 400_000);
