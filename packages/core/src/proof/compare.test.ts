import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "../index.ts";
import { anEntry } from "../testing/index.ts";
import { type Held, rowFaults } from "./compare.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settled = makeSettle({ sha256 })(
  anEntry(7, {
    raw: new TextEncoder().encode(
      '{"id":"m","session_id":"s","author":{"name":"ada","role":"user"},"text":"Shall we test\\u0000it?"}',
    ),
  }),
);
const [message] = settled.messages;
if (message === undefined) throw new Error("nothing was understood");
const how = { sha256, taxonomy: message.enrichment.taxonomy };

/** The rows as they should be; jsonb gives fields in another order. */
function heldOf({ entry }: Settled): Held {
  if (message === undefined) throw new Error("nothing was understood");
  const { chain_type, ace_tier } = message.enrichment;
  const enrichment = Object.fromEntries(Object.entries(message.enrichment).toReversed());
  const row = {
    ...message,
    text: "Shall we test\ufffdit?",
    key: entry.key,
    chain_type,
    ace_tier,
    hidden: false,
  };
  return {
    ...{ seq: entry.seq, outcome: "stored", sha256: sha256(entry.raw) },
    ...{ messages: [{ ...row, enrichment: { ...message.enrichment, ...enrichment } }] },
    ...{ repeats: [], aside: null, event: null },
  };
}

test("V11: rows as Postgres keeps them are no difference", () => {
  expect(rowFaults(settled, heldOf(settled), how)).toEqual([]);
});

test("V11: a change in any column is found, and named", () => {
  const held = heldOf(settled);
  const [row] = held.messages;
  if (row === undefined) throw new Error("there is no row");
  const changes = {
    ...{ id: "n", session_id: "t", source: "bus", key: "x", kind: "record", text: "no" },
    ...{ parts: [], meta: { a: 1 }, chain_type: "x", ace_tier: "A", model: "m", topic: "t" },
    ...{ conversation_id: "c", receiver: "r", parent_id: "p", usage: { input_tokens: 1 } },
    ...{ said_at: "2020-01-01T00:00:00.000Z", heard_at: "2020-01-01T00:00:00.000Z" },
    enrichment: { ...row.enrichment, word_count: 99 },
  };
  for (const [name, value] of Object.entries(changes)) {
    const changed: Held = { ...held, messages: [Object.assign({ ...row }, { [name]: value })] };
    expect(rowFaults(settled, changed, how)).toEqual([
      { table: "messages", seq: 7, what: `row 7.0: ${name} differs` },
    ]);
  }
  const said = rowFaults(settled, { ...held, sha256: "0" }, how);
  expect(said).toEqual([{ table: "messages", seq: 7, what: "row 7.0: raw holds other bytes" }]);
});

test("V11: a row too many and a row too few are found", () => {
  const held = heldOf(settled);
  const [row] = held.messages;
  if (row === undefined) throw new Error("there is no row");
  const missing: Held = { ...held, outcome: null, sha256: null, messages: [] };
  expect(rowFaults(settled, missing, how).map(({ what }) => what)).toEqual(["row 7 is missing"]);
  const more: Held = { ...held, messages: [row, { ...row, sub: 1 }] };
  expect(rowFaults(settled, more, how).map(({ what }) => what)).toEqual([
    "row 7.1 is of no message",
  ]);
  const aside = {
    ...{ source: "api", key: "k", heard_at: message.heard_at },
    ...{ why: "odd", partial: true, bytes: 1 },
  };
  expect(rowFaults(settled, { ...held, aside }, how).map(({ what }) => what)).toEqual([
    "row 7: is of an entry that was understood",
  ]);
});

test("V11: what another taxonomy said is left to whoever counts again", () => {
  const held = heldOf(settled);
  const [row] = held.messages;
  if (row === undefined) throw new Error("there is no row");
  const older: Held = { ...held, messages: [{ ...row, chain_type: "older" }] };
  expect(rowFaults(settled, older, { ...how, taxonomy: "another" })).toEqual([]);
});
