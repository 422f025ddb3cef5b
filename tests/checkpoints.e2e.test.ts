/** Checkpoints of a running system: asked for over HTTP, made at the stop, and all of the journal in them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";
import { transcriptOf } from "./world/transcripts.ts";

const LINES = 200;
let place: string;
let system: System;

beforeAll(async () => {
  ({ place, system } = await systemIn("checkpointed"));
  const folder = join(place, "projects", "-home-ada-engine");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "s-1.jsonl"), transcriptOf(1, LINES));
  await system.start();
  await system.settled(LINES);
}, 240_000);

afterAll(async () => await leave(place, system), 60_000);

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${system.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function say(text: string): Promise<void> {
  const message = { session_id: "chat-1", author: { name: "ada", role: "user" }, text };
  expect((await post("/v1/messages", { messages: [message] })).status).toBe(201);
}

type State = { readonly state: string; readonly made: readonly string[] };
type Document = { readonly entries: readonly { readonly raw: string }[]; readonly label: string };
type Index = {
  readonly to: number;
  readonly checkpoints: readonly { readonly id: string; readonly count: number }[];
};

test("one that is asked for over HTTP is a job, and its file holds what was said", async () => {
  await say("Hello over HTTP.");
  const accepted = await post("/v1/checkpoints", { label: "over HTTP" });
  expect(accepted.status).toBe(202);
  const at = `${system.url}${accepted.headers.get("location")}`;
  let made: readonly string[] = [];
  await until("the checkpoint is made", 60_000, async () => {
    const found = await jsonOf<State>(await fetch(at));
    made = found.made;
    return found.state === "completed";
  });
  expect(made).toEqual([expect.stringContaining("_over-http")]);
  const whole = await jsonOf<Document>(await fetch(`${at}/file`));
  expect(whole.label).toBe("over HTTP");
  expect(whole.entries.at(-1)?.raw).toContain("Hello over HTTP.");
  const table = await fetch(`${at}/file?format=parquet`, { headers: { range: "bytes=0-3" } });
  expect([table.status, await table.text()]).toEqual([206, "PAR1"]);
}, 120_000);

test("one made by hand beside the workers goes on where theirs ended", async () => {
  await say("Hello by hand.");
  const made = await system.onHome("checkpoint", "--label", "by hand");
  expect(`${made.code} ${made.out}`).toContain("_by-hand: 1 entry");
  expect((await system.onHome("checkpoint")).out).toContain("nothing new");
}, 60_000);

test("what is said last is in one when everything has stopped, and verify says all is well", async () => {
  await say("Bye.");
  const { heard } = await system.settled(LINES + 3);
  expect(await system.stop()).toBe(0);
  const index: Index = JSON.parse((await system.onHome("checkpoints", "list", "--json")).out);
  expect(index.to).toBe(heard);
  expect(index.checkpoints[0]?.id).toContain("_shutdown");
  expect(index.checkpoints.reduce((sum, one) => sum + one.count, 0)).toBe(heard);
  expect((await system.onHome("checkpoints", "verify")).code).toBe(0);
  expect((await system.onHome("verify")).out).toMatch(/ok +checkpoints/);
}, 120_000);
