/** Reading page by page, and asking for what one has already. */
import { expect, test } from "bun:test";
import { type Entry, VerbatimError } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import type { MessageListing } from "../contract.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf } from "../testing/requests.ts";

test("pages follow each other by an opaque cursor, each row once, until there is no more", async () => {
  const app = appOf();
  const seqs: number[] = [];
  let cursor: string | null = "";
  for (let page = 0; cursor !== null && page < 10; page += 1) {
    const asked = cursor === "" ? "" : `&cursor=${cursor}`;
    const listing: MessageListing = await jsonOf(app.request(`/v1/messages?limit=7${asked}`));
    expect(listing.has_more).toBe(listing.next_cursor !== null);
    seqs.push(...listing.data.map((one) => one.seq));
    cursor = listing.next_cursor;
  }
  expect(seqs).toEqual(Array.from({ length: 30 }, (_, one) => one + 1));
});

test("after_seq goes on behind all messages of an entry, and a cursor wins over it", async () => {
  const fake = fakePorts();
  const places: unknown[] = [];
  const messages: typeof fake.ports.library.messages = async (filter, page) => {
    places.push(page.after);
    return await fake.ports.library.messages(filter, page);
  };
  const app = appOf({ ...fake.ports, library: { ...fake.ports.library, messages } });
  const first = await jsonOf<MessageListing>(app.request("/v1/messages?after_seq=20&limit=5"));
  expect(first.data.map((one) => one.seq)).toEqual([21, 22, 23, 24, 25]);
  await app.request(`/v1/messages?after_seq=20&limit=5&cursor=${first.next_cursor}`);
  await app.request("/v1/messages?after_seq=20&order=desc");
  expect(places).toEqual([
    { seq: 20, sub: 32_767 },
    { seq: 25, sub: 0 },
    { seq: 20, sub: 0 },
  ]);
});

test("later records of a message are settled as they stand in the journal, and a broken taxonomy says so", async () => {
  const fake = fakePorts();
  const item = {
    id: "k-1",
    session_id: "s-0",
    author: { name: "ada", role: "user" },
    text: "yes, agreed",
  };
  const entry = anEntry(7, { raw: new TextEncoder().encode(JSON.stringify(item)) });
  const asked: number[] = [];
  const settled = await fake.ports.settled();
  const watched = {
    ...settled,
    settle: async (one: Entry) => {
      asked.push(one.seq);
      return await settled.settle(one);
    },
  };
  const library = { ...fake.ports.library, repeats: async () => [{ ...entry, sub: 0 }] };
  const app = appOf({ ...fake.ports, library, settled: async () => watched });
  const { data } = await jsonOf<MessageListing>(app.request("/v1/messages/1/repeats"));
  expect(data).toEqual([...(await settled.settle(entry)).messages]);
  expect(asked).toEqual([7]);

  const broken = async () => {
    throw new VerbatimError("config_invalid", "taxonomy.json is no taxonomy: line 2");
  };
  const answer = await appOf({ ...fake.ports, library, settled: broken }).request(
    "/v1/messages/1/repeats",
  );
  expect(answer.status).toBe(500);
  expect(await answer.text()).toContain("line 2");
});

test("a session has an ETag, and answers 304 to it", async () => {
  const app = appOf();
  const answer = await app.request("/v1/sessions/s-1");
  expect(answer.headers.get("etag")).toBe('"9"');
  for (const known of ['"9"', 'W/"9"', '"8", "9"', "*"]) {
    const headers = { "if-none-match": known };
    expect((await app.request("/v1/sessions/s-1", { headers })).status).toBe(304);
  }
  const older = await app.request("/v1/sessions/s-1", { headers: { "if-none-match": '"8"' } });
  expect(older.status).toBe(200);
  expect((await app.request("/v1/sessions/nobody")).status).toBe(404);
  expect((await app.request("/v1/sessions/a%00b")).status).toBe(404);
});
