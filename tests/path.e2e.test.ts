/**
 * The main road, as a stranger walks it: start on a folder of transcripts, see
 * them counted, found, given back byte for byte, heard live, and all of it again
 * after a stop and a start.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, filesBelow } from "./world/chaos.ts";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";
import { scribeFrom, transcriptOf } from "./world/transcripts.ts";

const scribe = scribeFrom(99);
let place: string;
let folder: string;
let live: string;
let system: System;

beforeAll(async () => {
  ({ place, system } = await systemIn("path"));
  folder = join(place, "projects");
  live = join(folder, "-home-ada-engine", `${scribe.session}.jsonl`);
  await mkdir(join(folder, "-home-ada-engine", "deep", "subagents"), { recursive: true });
  for (let seed = 1; seed <= 10; seed += 1) {
    await writeFile(join(folder, "-home-ada-engine", `s-${seed}.jsonl`), transcriptOf(seed, 200));
  }
  await writeFile(
    join(folder, "-home-ada-engine", "deep", "subagents", "agent-7.jsonl"),
    transcriptOf(77, 50),
  );
  await writeFile(live, `${scribe.line()}${scribe.line()}`);
  await appendFile(live, `${JSON.stringify({ type: "a-type-nobody-knows", version: "9.9.9" })}\n`);
  await system.start();
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

const LINES = 10 * 200 + 50 + 3;

test("every line is heard, and heard = stored + aside with nothing behind", async () => {
  const counts = await system.settled(LINES);
  expect(counts).toEqual({ heard: LINES, stored: LINES - 1, aside: 1, behind: 0 });
}, 120_000);

test("every file comes back byte for byte from the journal alone", async () => {
  const out = join(place, "restored");
  const restored = await system.cli("restore", "--all", "--out", out);
  expect(`${restored.code} ${restored.err}`).toStartWith("0");
  for (const file of await filesBelow(folder)) {
    expect(await digestOf(join(out, "claude-code", file))).toBe(await digestOf(join(folder, file)));
  }
}, 60_000);

test("a line appended to a file is on the live feed, and then in the search", async () => {
  const stop = new AbortController();
  const feed = await fetch(`${system.url}/v1/live`, { signal: stop.signal });
  const heard = firstEvent(feed, "zanzibar-lighthouse");
  const line = { ...JSON.parse(scribe.line()), timestamp: new Date().toISOString() };
  line.message.content = [
    { type: "text", text: "the zanzibar-lighthouse phrase nobody else says" },
  ];
  await appendFile(live, `${JSON.stringify(line)}\n`);
  const event = await heard;
  stop.abort();
  expect(event.id).toBeGreaterThan(LINES);
  expect(event.data.enrichment.content_hash).toHaveLength(64);

  await until("the search finds it", 10_000, async () => {
    const found = await system.cli("search", "zanzibar-lighthouse phrase", "--json");
    return found.out.includes("nobody else says");
  });
}, 60_000);

test("a message that was posted is acknowledged with its seq, kept, and known when it comes again", async () => {
  const message = {
    id: "first words/1",
    session_id: "chat 1",
    author: { name: "ada", role: "user" },
    text: "ünïcode and \u0000 nul and \ud83d a lone half",
  };
  const post = async (): Promise<Posted> => {
    const answer = await fetch(`${system.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: [message] }),
    });
    return { status: answer.status, ...(await jsonOf<Omit<Posted, "status">>(answer)) };
  };
  const first = await post();
  expect(first.status).toBe(201);
  const again = await post();
  expect(again.receipts).toEqual(first.receipts.map((one) => ({ ...one, status: "known" })));
  await until("it can be read", 10_000, async () => {
    const page = await jsonOf<{ data: { id: string }[] }>(
      await fetch(`${system.url}/v1/messages?source=api`),
    );
    return page.data.length === 1 && page.data[0]?.id === message.id;
  });
}, 60_000);

test("current.json holds the newest messages with their sessions", async () => {
  await until("current.json is written", 20_000, async () => {
    const current = JSON.parse(await readFile(join(place, "home", "current.json"), "utf8"));
    return JSON.stringify(current).includes("zanzibar-lighthouse");
  });
}, 60_000);

test("stopped and started again it knows everything and hears nothing twice", async () => {
  const before = await system.settled();
  expect(await system.stop()).toBe(0);
  await system.start();
  expect(await system.settled(before.heard)).toEqual(before);
  const verified = await system.cli("verify");
  expect(`${verified.code} ${verified.err}`).toStartWith("0");
}, 120_000);

type Posted = {
  readonly status: number;
  readonly receipts: readonly {
    readonly id: string;
    readonly seq: number;
    readonly status: string;
  }[];
};

type LiveMessage = {
  readonly id: number;
  readonly data: { readonly enrichment: { readonly content_hash: string } };
};

/** The first event whose data holds `word`. */
async function firstEvent(feed: Response, word: string): Promise<LiveMessage> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of feed.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const id = /^id: ?(\d+)/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (id !== undefined && data?.includes(word))
        return { id: Number(id), data: JSON.parse(data) };
    }
  }
  throw new Error("the feed ended");
}
