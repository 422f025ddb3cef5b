/** What a POST takes the deep store's word for. */
import { expect, test } from "bun:test";
import type { KnownRecord } from "@verbatim/core";
import { type Fake, fakePorts } from "./testing/ports.ts";
import { appOf } from "./testing/requests.ts";

const item = { id: "old", session_id: "s", author: { name: "ada", role: "user" }, text: "x" };

/** Posts an item of which the deep store says `over`; the writer's journal is "j" and has 30 entries. */
async function posted(over: Partial<KnownRecord>): Promise<{ answer: unknown; fake: Fake }> {
  const fake = fakePorts();
  const { ports } = fake;
  const record = {
    seq: 7,
    sha256: ports.sha256(JSON.stringify(item)),
    journal_id: "j",
    settled_to: 30,
    ...over,
  };
  const library = { ...ports.library, known: async () => new Map([["old", record]]) };
  const app = appOf({ ...ports, library });
  const response = await app.request("/v1/messages", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: [item] }),
  });
  return { answer: await response.json(), fake };
}

test("A1: what a database of this journal knows is known without being written again", async () => {
  const { answer, fake } = await posted({});
  expect(answer).toMatchObject({ receipts: [{ id: "old", seq: 7, status: "known" }] });
  expect(fake.handed).toEqual([]);
});

test("A1: a database of another journal is not believed, and the message is written", async () => {
  const { answer, fake } = await posted({ journal_id: "another" });
  expect(answer).toMatchObject({ receipts: [{ id: "old", seq: 1, status: "created" }] });
  expect(fake.handed).toHaveLength(1);
});

test("A1: a database that is ahead of the journal is not believed, and the message is written", async () => {
  const { answer, fake } = await posted({ settled_to: 31 });
  expect(answer).toMatchObject({ receipts: [{ id: "old", seq: 1, status: "created" }] });
  expect(fake.handed).toHaveLength(1);
});
