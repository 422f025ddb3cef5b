/** Exports of a running system: followed, stopped in the middle, and made by a worker that is killed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonOf, type System, systemAt, until } from "./world/system.ts";
import { transcriptOf } from "./world/transcripts.ts";

/** Enough that an export takes seconds. */
const SESSIONS = 12;
const LINES = 2000;
let place: string;
let system: System;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "vb-exported-"));
  const folder = join(place, "projects", "-home-ada-engine");
  await mkdir(join(place, "home"), { recursive: true });
  await mkdir(folder, { recursive: true });
  for (let seed = 1; seed <= SESSIONS; seed += 1)
    await writeFile(join(folder, `s-${seed}.jsonl`), transcriptOf(seed, LINES));
  system = await systemAt(join(place, "home"), join(place, "projects"));
  await system.start();
  await system.settled(SESSIONS * LINES);
}, 240_000);

afterAll(async () => {
  await system.stop();
  await rm(place, { recursive: true, force: true });
}, 60_000);

type State = {
  readonly id: string;
  readonly state: string;
  readonly percent: number;
  readonly failed_why: string | null;
  readonly file: { readonly name: string; readonly bytes: number; readonly sha256: string } | null;
};

/** Asks for all sessions as lines; gives where the job is followed. */
async function asked(): Promise<string> {
  const answer = await fetch(`${system.url}/v1/exports`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ all: true, format: "jsonl" }),
  });
  expect(answer.status).toBe(202);
  return `${system.url}${answer.headers.get("location")}`;
}

const stateAt = async (at: string): Promise<State> => await jsonOf<State>(await fetch(at));

/** Waits until it is under way and not yet done. */
async function inTheMiddle(at: string): Promise<State> {
  let found = await stateAt(at);
  await until(`${at} is in the middle`, 60_000, async () => {
    found = await stateAt(at);
    if (found.file !== null) throw new Error("it was over at once");
    return found.state === "active" && found.percent > 50;
  });
  return found;
}

async function completed(at: string): Promise<NonNullable<State["file"]>> {
  let file: State["file"] = null;
  await until(`${at} is completed`, 120_000, async () => {
    file = (await stateAt(at)).file;
    return file !== null;
  });
  if (file === null) throw new Error("there is no file");
  return file;
}

const lying = (): Promise<readonly string[]> => readdir(join(system.home, "exports"));

test("X20, X50: an export that is stopped in the middle leaves nothing, and is told of as cancelled", async () => {
  const at = await asked();
  const { id } = await inTheMiddle(at);
  const { data } = await jsonOf<{ readonly data: readonly State[] }>(
    await fetch(`${system.url}/v1/exports`),
  );
  expect(data.map((one) => [one.id, one.state])).toEqual([[id, "active"]]);
  const cancel = `${system.url}/v1/jobs/export/${id}/cancel`;
  expect((await fetch(cancel, { method: "POST" })).status).toBe(202);
  await until("it is cancelled", 60_000, async () => (await stateAt(at)).state === "cancelled");
  expect(await stateAt(at)).toMatchObject({ file: null, failed_why: "it was cancelled" });
  expect(await lying()).toEqual([]);
}, 120_000);

test("X51: a worker that is killed in the middle costs nothing: the next one leaves the same bytes, once", async () => {
  const undisturbed = await completed(await asked());
  const at = await asked();
  await inTheMiddle(at);
  const pid = (await system.processes()).get("workers") ?? 0;
  process.kill(pid, "SIGKILL");
  const again = await completed(at);
  expect([again.sha256, again.bytes]).toEqual([undisturbed.sha256, undisturbed.bytes]);
  const sent = await (await fetch(`${at}/file`)).bytes();
  expect(createHash("sha256").update(sent).digest("hex")).toBe(again.sha256);
  const names = await lying();
  expect(names.toSorted()).toEqual(
    [undisturbed.name, again.name]
      .flatMap((name) => [name, name.replace(/[.]tar$/, ".about.json")])
      .toSorted(),
  );
}, 240_000);
