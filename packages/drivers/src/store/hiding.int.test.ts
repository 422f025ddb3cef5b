import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { deletes, event, hidingWorld, says } from "../../test/hiding-world.ts";
import { openNumbers } from "./numbers.ts";
import { openWitness } from "./witness.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const world = await hidingWorld();
const { url, deep, library, index, found, problems, tablesWith } = world;
const numbers = openNumbers(url);
const witness = openWitness(url);
beforeEach(world.anew);
afterAll(async () => {
  for (const one of [numbers, witness, world]) await one[Symbol.asyncDispose]();
});

/** Names a row of the numbers keeps apart. */
const NAMES = 2000;

test("S7: a message that is deleted is in no list, no search, no name of a session, and no row holds its words", async () => {
  await deep.save([
    says(1, "m-1", "Does zanzibar ship today? @Deploy-Zanzibar"),
    says(2, "m-2", "The second thing is about boats."),
  ]);
  await index();
  expect(await found("zanzibar")).toEqual([1]);
  expect((await library.session("s-1"))?.title).toStartWith("Does zanzibar");
  await deep.save([deletes(3, "m-1")]);
  expect(await found("zanzibar")).toEqual([]);
  const messages = await library.messages({}, { limit: 9 });
  expect(messages.rows.map(({ seq }) => seq)).toEqual([2]);
  expect(await library.session("s-1")).toMatchObject({
    title: "The second thing is about boats.",
    messages: 2,
    hidden: 1,
  });
  expect(await numbers.open({}, 9)).toEqual([]);
  expect((await numbers.said({}, { limit: 9 })).map(({ seq }) => seq)).toEqual([2]);
  expect(await library.search("zanzi*", {}, { limit: 9 })).toMatchObject({ rows: [], count: 0 });
  for (const word of ["zanzibar", "Zanzibar"]) expect(await tablesWith(word)).toEqual([]);
  expect(await problems()).toEqual([]);
  // The bytes are the journal's: whoever verifies finds them.
  expect((await witness.traces(1, 1))[0]?.sha256).toBe(
    sha256(says(1, "m-1", "Does zanzibar ship today? @Deploy-Zanzibar").entry.raw),
  );
  expect((await library.totals()).messages).toBe(3);
});

test("S7: nobody hides what was said in a session of somebody else, or in another session, by its id", async () => {
  await deep.save([says(1, "m-1", "zanzibar")]);
  await deep.save([
    deletes(2, "m-1", { user_id: "eve" }),
    deletes(3, "m-1", { session_id: "s-2" }),
    settle(
      anEntry(4, {
        raw: new TextEncoder().encode(
          '{"id":"m-1","session_id":"s-1","author":{"name":"ada","role":"user"},"text":"pemba"}',
        ),
      }),
    ),
    deletes(5, '",\\"m-1'),
  ]);
  await index();
  expect(await found("zanzibar")).toEqual([1]);
  await deep.save([deletes(6, "m-1")]);
  expect([await found("zanzibar"), await found("pemba")]).toEqual([[], [4]]);
});

test("S7: what was said in a sealed segment of the index leaves it, and its neighbours stay", async () => {
  const spoken = Array.from({ length: 8200 }, (_, at) => settle(anEntry(at + 1)));
  spoken[41] = says(42, "m-1", "zanzibar message");
  for (let at = 0; at < spoken.length; at += 2000) await deep.save(spoken.slice(at, at + 2000));
  await index();
  const before = await library.search("message", { since: "2000-01-01" }, { limit: 1 });
  await deep.save([deletes(8201, "m-1")]);
  expect(await found("zanzibar")).toEqual([]);
  expect(await tablesWith("zanzibar")).toEqual([]);
  expect(await found('"number 41 about"')).toEqual([41]);
  expect(await found('"number 43 about"')).toEqual([43]);
  expect(before.rows).toHaveLength(1);
  expect(await problems()).toEqual([]);
}, 60_000);

test("S7: words that came while their session was off the record are hidden from the first moment", async () => {
  const off = (seq: number, on: boolean, over = {}): Settled =>
    event(seq, "off_record_set", { on }, over);
  await deep.save([says(1, "m-1", "before"), off(2, true)]);
  await deep.save([
    says(3, "m-2", "zanzibar"),
    event(4, "milestone_reached", { description: "zanzibar", emotion: "happy" }),
    says(5, "m-1", "elsewhere", { session_id: "s-2" }),
    off(6, false),
    says(7, "m-3", "after"),
  ]);
  await index();
  const { rows } = await library.messages({ records: true }, { limit: 9 });
  expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 5, 6, 7]);
  expect(await found("zanzibar")).toEqual([]);
  expect((await library.session("s-1"))?.hidden).toBe(1);
  expect(await problems()).toEqual([]);
});

test("S7: another taxonomy, and counting again, bring no word back", async () => {
  const first = [says(1, "m-1", "zanzibar boats"), says(2, "m-2", "other boats")];
  const by = (settled: Settled): Settled => ({
    ...settled,
    messages: settled.messages.map((one) => ({
      ...one,
      enrichment: { ...one.enrichment, taxonomy: "two", chain_type: "boats" },
    })),
  });
  await deep.save(first);
  await deep.useTaxonomy("two");
  await deep.recount([...first.map(by)].slice(0, 1));
  await deep.save([deletes(3, "m-1")]);
  expect(await problems()).toEqual([]);
  await index();
  await deep.recount([...first.map(by), by(deletes(3, "m-1"))]);
  expect(await tablesWith("zanzibar")).toEqual([]);
  expect((await library.search("boats", { chain_type: "boats" }, { limit: 9 })).rows).toHaveLength(
    1,
  );
  expect((await library.messages({ chain_type: "boats" }, { limit: 9 })).rows).toHaveLength(1);
  await deep.forgetNumbers();
  await deep.recount([...first.map(by), by(deletes(3, "m-1"))]);
  expect(await tablesWith("zanzibar")).toEqual([]);
  expect(await problems()).toEqual([]);
});

test("N9: where nobody can say what a message added to the numbers, everything is counted again", async () => {
  const many = Array.from({ length: NAMES }, (_, at) =>
    says(at + 1, `m-${at}`, `keyword${at}a is said here`, { at: "2026-01-01T10:00:00.000Z" }),
  );
  await deep.save(many);
  await deep.save([deletes(NAMES + 1, "m-7")]);
  expect(await numbers.counted()).toMatchObject({ counted_to: 0 });
  const all = [...many, deletes(NAMES + 1, "m-7")];
  await deep.recount(all);
  expect(await numbers.counted()).toMatchObject({ counted_to: NAMES + 1 });
  expect(await problems()).toEqual([]);
  expect(await tablesWith("keyword7a")).toEqual([]);
}, 60_000);
