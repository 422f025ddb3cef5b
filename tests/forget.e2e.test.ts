/**
 * Somebody is forgotten while everything runs, and the workers are killed over
 * it: afterwards not a word of it is in the files of the home nor in any answer,
 * nothing brings it back, and everything else is there.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Any, answerOf, leave, printed, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";
import { transcriptOf } from "./world/transcripts.ts";

/** A word that only those say who are forgotten. */
const WORD = "zanzibar";
const LINES = 40;
const FOLDERS = ["journal", "checkpoints", "exports", "reports"] as const;

let place: string;
let system: System;
let transcript: string;

beforeAll(async () => {
  ({ place, system } = await systemIn("forget"));
  const folder = join(place, "projects", "-home-ada-boats");
  await mkdir(folder, { recursive: true });
  transcript = join(folder, "s-1.jsonl");
  await writeFile(join(folder, "s-2.jsonl"), transcriptOf(2, LINES));
  await writeFile(transcript, transcriptOf(1, LINES).replaceAll("the", WORD));
  await system.start();
}, 240_000);

afterAll(async () => await leave(place, system), 60_000);

const ask = (method: string, path: string, body?: object): Promise<Any> =>
  answerOf(system, method, path, body);

const ran = (...args: string[]): Promise<string> => printed(system, ...args);

/** Files of the home that hold the word; compressed ones and tables are not looked into. */
async function holders(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of FOLDERS) {
    const files = await readdir(join(system.home, folder), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    for (const file of files.filter((one) => one.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0));
      if (bytes.includes(WORD)) found.push(file.name);
    }
  }
  const current = await readFile(join(system.home, "current.json"), "utf8").catch(() => "");
  return current.includes(WORD) ? [...found, "current.json"] : found;
}

const message = (session_id: string, text: string) => ({
  messages: [{ session_id, author: { name: "eve", role: "user" }, text }],
});

/** Says it in a chat, over the API, in a file; makes a checkpoint and an export of it. Gives the sessions. */
async function said(): Promise<readonly [chat: string, file: string]> {
  const { session_id } = await ask("POST", "/v1/conversations/chat/resolve", { user_id: "ada" });
  const at = `/v1/users/ada/sessions/${encodeURIComponent(String(session_id))}`;
  await ask("POST", `${at}/messages`, {
    role: "user",
    content: `Is ${WORD} far?`,
    message_id: "m",
  });
  await ask("POST", `${at}/messages`, {
    role: "user",
    content: `Off to ${WORD}.`,
    message_id: "n",
  });
  await ask("DELETE", `${at}/messages/n`);
  await ask("POST", "/v1/messages", message("posted", `From ${WORD} with boats.`));
  await ask("POST", "/v1/messages", message("other", "The boats are fine."));
  await system.settled(2 * LINES + 6);
  await ran("checkpoint", "--label", "before");
  const { data } = await jsonOf<{ readonly data: readonly { readonly session_id: string }[] }>(
    await fetch(`${system.url}/v1/search?q=${WORD}&source=claude-code`),
  );
  return [String(session_id), data[0]?.session_id ?? ""];
}

/** Kills the workers as soon as the receipt says that they are at it, then waits for the end. */
async function forgotten(receipt: Any, kill: boolean): Promise<Any> {
  const path = `/v1/forgets/${String(receipt["receipt_id"])}`;
  let now = receipt;
  let isKilled = !kill;
  await until(
    "it is forgotten",
    120_000,
    async () => {
      now = await ask("GET", path).catch(() => now);
      if (!isKilled && now["step"] !== "planning") {
        isKilled = true;
        const pid = (await system.processes()).get("workers");
        if (pid !== undefined) process.kill(pid, "SIGKILL");
      }
      return now["state"] === "done";
    },
    () => JSON.stringify(now),
  );
  return now;
}

async function isGone(): Promise<void> {
  await system.settled();
  const { data } = await ask("GET", `/v1/search?q=${WORD}`);
  expect(data).toEqual([]);
  const all = await fetch(`${system.url}/v1/messages?limit=500&records=true`);
  const text = await all.text();
  expect(text).not.toContain(WORD);
  expect(text).toContain("The boats are fine.");
  expect(await ran("verify")).not.toContain(WORD);
}

test("who is forgotten is in nothing any more, whoever dies over it, and nothing brings it back", async () => {
  const [chat, file] = await said();
  expect((await holders()).length).toBeGreaterThan(1);
  const receipts: Any[] = [];
  for (const [at, what] of [
    { user_id: "ada" },
    { session_id: "posted" },
    { session_id: file },
  ].entries()) {
    const receipt = await ask("POST", "/v1/forgets", { ...what, reason: "asked to" });
    const { data } = await ask("GET", `/v1/search?q=${WORD}`);
    if (at === 2) expect(data).toEqual([]);
    receipts.push(await forgotten(receipt, at === 0));
  }
  expect(receipts[2]).toMatchObject({ counts: { entries: LINES, files_passed_over: 1 } });
  await until("current.json follows", 30_000, async () => (await holders()).length === 0);
  expect(await holders()).toEqual([]);
  const gone = await fetch(`${system.url}/v1/users/ada/sessions/${encodeURIComponent(chat)}`);
  expect(gone.status).toBe(404);
  await isGone();

  // What is added to its file is passed over, and a file beside it is heard.
  const heard = (await system.counts()).heard;
  await writeFile(transcript, transcriptOf(1, LINES + 4).replaceAll("the", WORD));
  await writeFile(join(transcript, "..", "s-3.jsonl"), transcriptOf(3, 4));
  await until(
    "the new file is heard",
    60_000,
    async () => (await system.counts()).heard >= heard + 4,
  );
  for (const one of ["--hot", "--deep", "--numbers"]) {
    await ran("rebuild", one);
    await isGone();
  }
  expect(await holders()).toEqual([]);
  const restored = join(place, "back");
  expect(await ran("restore", "--all", "--out", restored)).toContain("s-1.jsonl was forgotten");
  expect(await readdir(join(restored, "claude-code", "-home-ada-boats"))).not.toContain(
    "s-1.jsonl",
  );
  expect(await ran("forget", "show", String(receipts[0]?.["receipt_id"]))).toContain("asked to");
}, 400_000);
