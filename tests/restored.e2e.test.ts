/** A home whose journal is put back from an older backup: the stores say so, and a rebuild mends it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonOf, type System, systemAt, until } from "./world/system.ts";

let place: string;
let system: System;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "vb-restored-"));
  await mkdir(join(place, "home"), { recursive: true });
  await mkdir(join(place, "projects"), { recursive: true });
  system = await systemAt(join(place, "home"), join(place, "projects"));
});

afterAll(async () => {
  await system.stop();
  await rm(place, { recursive: true, force: true });
}, 60_000);

type Posted = { readonly receipts: readonly { readonly seq: number; readonly status: string }[] };

/** Posts messages `from` to `to`; gives what became of each. */
async function posted(from: number, to: number): Promise<readonly string[]> {
  const messages = Array.from({ length: to - from + 1 }, (_, one) => ({
    id: `m-${from + one}`,
    session_id: "s",
    author: { name: "ada", role: "user" },
    text: `message ${from + one}`,
  }));
  const answer = await fetch(`${system.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages }),
  });
  return (await jsonOf<Posted>(answer)).receipts.map((one) => `${one.seq} ${one.status}`);
}

type Parts = {
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly problem: string }>>;
};

test("a home restored from an older backup says so, writes what is posted again, and is whole after a rebuild", async () => {
  const journal = join(place, "home", "journal");
  await system.start();
  await posted(1, 3);
  await system.settled(3);
  expect(await system.stop()).toBe(0);
  await cp(journal, join(place, "backup"), { recursive: true });
  await system.start();
  await posted(4, 8);
  await system.settled(8);
  expect(await system.stop()).toBe(0);

  await rm(journal, { recursive: true });
  await cp(join(place, "backup"), journal, { recursive: true });
  await system.start("live");
  await until("both stores are refused by name", 30_000, async () => {
    const { parts } = await jsonOf<Parts>(await fetch(`${system.url}/v1/status`));
    // Only the API was waited for: the writer may be the last to come.
    return (
      parts["ingest"]?.ok === true &&
      [parts["postgres"], parts["redis"]].every(
        (one) => one?.ok === false && one.problem.includes("verbatim rebuild"),
      )
    );
  });
  expect((await fetch(`${system.url}/health/ready`)).status).toBe(503);
  expect(await posted(7, 8)).toEqual(["4 created", "5 created"]);

  const rebuilt = await system.cli("rebuild");
  expect(`${rebuilt.code} ${rebuilt.err}`).toStartWith("0");
  expect(await system.settled(5)).toEqual({ heard: 5, stored: 5, aside: 0, behind: 0 });
  await until("health is green again", 30_000, async () => {
    return (await fetch(`${system.url}/health/ready`)).ok;
  });
  const verified = await system.cli("verify");
  expect(`${verified.code} ${verified.err}`).toStartWith("0");
}, 240_000);
