/** A home whose journal is put back from an older backup: the stores say so, and a rebuild mends it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { leave, systemIn } from "./world/place.ts";
import { jsonOf, type System, until } from "./world/system.ts";

let place: string;
let system: System;

beforeAll(async () => {
  ({ place, system } = await systemIn("restored"));
});

afterAll(async () => await leave(place, system), 60_000);

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
  // The checkpoints hold what was lost: they are told of, and not thrown away.
  const told = await system.cli("verify");
  expect([told.code, told.out.match(/DIFFERS +(\w+)/g)]).toEqual([1, ["DIFFERS  checkpoints"]]);
  expect(told.out).toContain("it holds what this journal has lost");
  const home = join(place, "home");
  await rename(join(home, "checkpoints"), join(home, "checkpoints-before"));
  const verified = await system.cli("verify");
  expect(`${verified.code} ${verified.out} ${verified.err}`).toStartWith("0");
}, 240_000);
