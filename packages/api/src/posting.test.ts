/** What a receipt is worth: whose word it is, for which bytes, in which order, and what a retry does. */
import { describe, expect, test } from "bun:test";
import type { Offered, Receipt } from "@verbatim/core";
import type { PostAnswer, PostReceipt } from "./contract.ts";
import type { ApiPorts } from "./ports.ts";
import { turns } from "./testing/clock.ts";
import { fakePorts, sha256 } from "./testing/ports.ts";
import { appOf, inPieces, item, jsonOf, post } from "./testing/requests.ts";

const PATH = "/v1/messages";
const receiptsOf = async (answer: Response | Promise<Response>): Promise<readonly PostReceipt[]> =>
  (await jsonOf<PostAnswer>(answer)).receipts;
const rawOf = (one: Offered | undefined): string => new TextDecoder().decode(one?.raw);

/** Ports whose writer answers with what it is told to. */
function writerOf(hand: (batch: readonly Offered[]) => Promise<readonly Receipt[]>): ApiPorts {
  const { ports } = fakePorts();
  return { ...ports, intake: { ...ports.intake, hand } };
}

describe("whose word it is", () => {
  test("A1: nothing is answered before the writer gave its receipts", async () => {
    const fake = fakePorts();
    const gate = Promise.withResolvers<void>();
    const ports = writerOf(async (batch) => {
      await gate.promise;
      return await fake.ports.intake.hand(batch);
    });
    let isAnswered = false;
    const answer = Promise.resolve(
      appOf(ports).request(PATH, post({ messages: [item("a")] })),
    ).finally(() => {
      isAnswered = true;
    });
    await turns(20);
    expect(isAnswered).toBe(false);
    gate.resolve();
    expect(await jsonOf<PostAnswer>(answer)).toEqual({
      receipts: [{ id: "a", seq: 1, status: "created" }],
      durability: "fsync",
    });
    expect((await answer).status).toBe(201);
  });

  test("A1: what the writer refuses is never said to be recorded", async () => {
    const full: Receipt = { status: "refused", code: "journal_full", message: "no room" };
    const app = appOf(writerOf(async (batch) => batch.map(() => full)));
    const answer = await app.request(PATH, post({ messages: [item("a"), item("b")] }));
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([507, "2"]);
    expect(await jsonOf(answer)).toMatchObject({
      code: "journal_full",
      errors: [{ path: "messages.0", message: "no room" }, { path: "messages.1" }],
    });
    const some = appOf(writerOf(async () => [{ status: "created", seq: 4 }, full]));
    const mixed = await some.request(PATH, post({ messages: [item("a"), item("b")] }));
    expect([mixed.status, mixed.headers.get("retry-after")]).toEqual([207, "2"]);
    expect(await receiptsOf(mixed)).toMatchObject([
      { id: "a", seq: 4, status: "created" },
      { id: "b", seq: null, status: "error", error: { code: "journal_full" } },
    ]);
  });

  test("A1: a writer that answers for fewer than it was handed is 503 for all", async () => {
    const app = appOf(writerOf(async () => [{ status: "created", seq: 1 }]));
    const answer = await app.request(PATH, post({ messages: [item("a"), item("b")] }));
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await jsonOf(answer)).toMatchObject({ code: "ingest_unreachable" });
  });

  test("A1: known by the deep store is known with its seq, and handed over no more", async () => {
    const fake = fakePorts();
    fake.known.set("a", { seq: 12, sha256: sha256(JSON.stringify(item("a"))) });
    fake.known.set("b", { seq: 13, sha256: sha256("another body") });
    const answer = await appOf(fake.ports).request(
      PATH,
      post({ messages: [item("a"), item("b"), item("c")] }),
    );
    expect(await receiptsOf(answer)).toMatchObject([
      { id: "a", seq: 12, status: "known" },
      { id: "b", seq: null, status: "error", error: { code: "conflict" } },
      { id: "c", seq: 1, status: "created" },
    ]);
    expect(fake.handed.map((one) => one.key)).toEqual(["c"]);
  });
});

describe("which bytes", () => {
  const items = [
    '{"id":"a b/1", "session_id":"s","author":{"name":"ada","role":"user"},"text":"\\u00e9 é"}',
    '{ "text" : "one", "text":"t]}{[,\\"", "n": 1.10e+0, "session_id":"s",\n\t"author":{"role":"user","name":"ada"}}',
    '{"session_id":"s","author":{"name":"ada","role":"user"},"text":"","meta":{"messages":[1]}}',
  ] as const;
  const body = `{"messages":[0], "z":[{}], "messages" : [ ${items.join(" ,\r\n")}\n] }`;

  test("A2: what is handed over is what was sent, byte for byte", async () => {
    const fake = fakePorts();
    expect((await appOf(fake.ports).request(PATH, post(body))).status).toBe(201);
    expect(fake.handed.map(rawOf)).toEqual([...items]);
    expect(fake.handed[0]?.key).toBe("a b/1");
  });

  test("A2: also when it comes in pieces that are cut anywhere", async () => {
    const fake = fakePorts();
    const bytes = new TextEncoder().encode(body);
    const pieces = function* (): Generator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.slice(at, at + 7);
    };
    const headers = { "content-type": "application/json; charset=utf-8" };
    const sent = { method: "POST", headers, body: inPieces(pieces()) };
    expect((await appOf(fake.ports).request(PATH, sent)).status).toBe(201);
    expect(fake.handed.map(rawOf)).toEqual([...items]);
  });
});

describe("which order", () => {
  test("A3: every message has its own receipt, in order, whatever becomes of the others", async () => {
    const fake = fakePorts();
    const app = appOf(fake.ports);
    await app.request(PATH, post({ messages: [item("known"), item("other")] }));
    fake.known.set("old", { seq: 99, sha256: sha256(JSON.stringify(item("old"))) });
    const answer = await app.request(
      PATH,
      post({
        messages: [
          item("new-1"),
          { id: "x", session_id: "s" },
          item("known"),
          item("other", "changed"),
          { ...item("y"), said_at: "yesterday" },
          item("old"),
          null,
          item("new-2"),
          item("new-1"),
        ],
      }),
    );
    expect(answer.status).toBe(207);
    expect(await receiptsOf(answer)).toMatchObject([
      { id: "new-1", seq: 3, status: "created" },
      { id: "x", status: "error", error: { path: "messages.1.author", message: "is missing" } },
      { id: "known", seq: 1, status: "known" },
      { id: "other", status: "error", error: { code: "conflict", path: "messages.3" } },
      { id: "y", status: "error", error: { path: "messages.4.said_at" } },
      { id: "old", seq: 99, status: "known" },
      { id: null, status: "error", error: { path: "messages.6" } },
      { id: "new-2", seq: 4, status: "created" },
      { id: "new-1", seq: 3, status: "known" },
    ]);
    expect(fake.handed.map((one) => one.key)).toEqual(["known", "other", "new-1", "new-2"]);
  });

  test("A3: when none can be taken each is told why", async () => {
    const answer = await appOf().request(PATH, post({ messages: [{}, item("a", "x"), 7] }));
    expect(answer.status).toBe(207);
    const none = await appOf().request(PATH, post({ messages: [{}, { ...item("a"), text: 7 }] }));
    expect(none.status).toBe(422);
    expect(none.headers.get("content-type")).toBe("application/problem+json");
    expect(await jsonOf(none)).toMatchObject({
      code: "input_invalid",
      errors: [{ path: "messages.0.session_id" }, { path: "messages.1.text" }],
    });
  });
});

test("a body that is no list of messages is refused with what to send instead", async () => {
  const app = appOf();
  const many = Array.from({ length: 1001 }, () => item(undefined));
  for (const body of [
    "",
    "{",
    "[]",
    "null",
    '[{"messages":[1]}]',
    '{"messages":[]}',
    '{"messages":{}}',
    JSON.stringify({ messages: many }),
  ])
    expect((await app.request(PATH, post(body))).status).toBe(400);
  const text = post({ messages: [item("a")] }, { "content-type": "text/plain" });
  expect((await app.request(PATH, text)).status).toBe(415);
  const deep = `${"[".repeat(300)}${"]".repeat(300)}`;
  const nested = `{"messages":[{"session_id":"s","author":{"name":"a","role":"user"},"text":"","meta":{"m":${deep}}}]}`;
  expect((await app.request(PATH, post(nested))).status).toBe(422);
});
