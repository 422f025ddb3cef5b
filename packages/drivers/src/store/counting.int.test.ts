import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type EnrichedMessage, makeSettle, type Settled, tallySum } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { checkNumbers } from "./check-numbers.ts";
import { forgetNumbers } from "./counting.ts";
import { openDeepStore } from "./deep.ts";
import { openLibrary } from "./library.ts";
import { openNumbers } from "./numbers.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const numbers = openNumbers(url);
const library = openLibrary(url);
const client = new Client({ connectionString: url });
await client.connect();
beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, numbers, library]) await one[Symbol.asyncDispose]();
});

type Said = {
  readonly text: string;
  readonly name?: string;
  readonly session?: string;
  readonly said_at?: string;
  /** Its model call, of ten tokens. */
  readonly call?: string;
};

/** Entry `seq` in which somebody says something. */
function said(seq: number, { text, name = "ada", session = "s-1", said_at, call }: Said): Settled {
  const item = {
    id: `m-${seq}`,
    session_id: session,
    author: { name, role: "user" },
    said_at: said_at ?? new Date(Date.UTC(2026, 0, 1, 10) + seq * 60_000).toISOString(),
    text,
    ...(call === undefined ? {} : { model: "m", usage: { call_id: call, output_tokens: 10 } }),
  };
  return settle(
    anEntry(seq, { key: `m-${seq}`, raw: new TextEncoder().encode(JSON.stringify(item)) }),
  );
}

/** As another taxonomy would have it. */
function by(taxonomy: string, settled: Settled): Settled {
  const messages = settled.messages.map(
    (message): EnrichedMessage => ({
      ...message,
      enrichment: { ...message.enrichment, taxonomy, chain_type: `of_${taxonomy}` },
    }),
  );
  return { ...settled, messages };
}

const talk = (from: number, to: number): Settled[] =>
  Array.from({ length: to - from + 1 }, (_, one) =>
    said(from + one, {
      text: `Should we keep part ${from + one}?`,
      name: one % 2 === 0 ? "ada" : "bob",
      session: `s-${one % 3}`,
    }),
  );
const check = async (): Promise<Awaited<ReturnType<typeof checkNumbers>>> =>
  await checkNumbers(url, () => undefined);

test("N2: what is saved is counted in the same transaction, once, however often it is saved", async () => {
  await deep.save(talk(1, 5));
  await deep.save(talk(1, 5));
  await deep.save(talk(1, 9));
  expect(await numbers.counted()).toMatchObject({ counted_to: 9, settled_to: 9 });
  const sum = tallySum(await numbers.tallies({}));
  expect(sum.message).toEqual({ all: 9, counted: 9 });
  expect(await check()).toMatchObject({ counted_to: 9, problems: [] });
});

test("N2: a save that fails counts nothing", async () => {
  const [good] = talk(1, 1);
  const bad = { ...talk(2, 2)[0], messages: [{ ...talk(2, 2)[0]?.messages[0], said_at: "never" }] };
  await expect(deep.save([good, bad] as Settled[])).rejects.toThrow();
  expect(await numbers.tallies({})).toEqual([]);
  expect(await numbers.counted()).toMatchObject({ counted_to: 0, settled_to: 0 });
});

test("N3: what was said in the year 1 (a clock that was never set) adds up, and is of that year", async () => {
  const never = { said_at: "0001-01-01T00:00:00Z" };
  await deep.save([said(1, { text: "The hull is done.", ...never })]);
  await deep.save([said(2, { text: "The mast is next.", ...never })]);
  const rows = await numbers.tallies({});
  expect(rows.map(({ hour }) => hour)).toEqual(["0001-01-01T00:00:00.000Z"]);
  expect(tallySum(rows).message).toEqual({ all: 2, counted: 2 });
  expect((await check()).problems).toEqual([]);
});

test("what is open is shown without the secrets in it", async () => {
  const text = "Why does the login with password=Xk39vQ7zLm21pR fail against the database?";
  await deep.save([said(1, { text })]);
  const [item] = await numbers.open({}, 10);
  expect(item?.text).toContain("Why does the login");
  expect(item?.text).not.toContain("Xk39");
});

test("words said before are duplicates, across stretches and within one", async () => {
  await deep.save([said(1, { text: "The hull is done." }), said(2, { text: "the hull is DONE" })]);
  await deep.save([said(3, { text: "The hull -- is done!", name: "bob" })]);
  expect(tallySum(await numbers.tallies({})).message).toEqual({ all: 3, counted: 1, duplicate: 2 });
});

test("N2: a model call is counted once, also where a fork or a resumed session copies it", async () => {
  await deep.save([
    said(1, { text: "The hull is done.", call: "c-1" }),
    said(2, { text: "All of it is.", call: "c-1" }),
    said(3, { text: "The hull is done.", session: "fork", call: "c-1" }),
  ]);
  await deep.save([
    said(4, { text: "All of it is.", session: "fork", call: "c-1" }),
    said(5, { text: "And painted.", session: "fork", call: "c-2" }),
    said(6, { text: "Blue, I think.", call: "c-1" }),
  ]);
  const sum = tallySum(await numbers.tallies({}));
  expect(sum).toMatchObject({ call: { m: 2 }, output_tokens: { m: 20 } });
  expect((await check()).problems).toEqual([]);
});

test("N3: counting again finds the same, and finds whatever was changed", async () => {
  await deep.save(talk(1, 40));
  expect((await check()).problems).toEqual([]);
  await client.query(
    "UPDATE verbatim.tallies SET tally = jsonb_set(tally, '{message,all}', '99') WHERE speaker = 'bob'",
  );
  await client.query("DELETE FROM verbatim.threads WHERE session_id = 's-1'");
  const { problems } = await check();
  expect(problems.some((one) => one.includes("bob") && one.includes("differ"))).toBe(true);
  expect(problems.some((one) => one.startsWith("thread") && one.endsWith("missing"))).toBe(true);
  await deep.forgetNumbers();
  await deep.recount(talk(1, 40));
  expect((await check()).problems).toEqual([]);
});

test("another taxonomy counts everything again, keeps what the old one said, and saving goes on meanwhile", async () => {
  await deep.useTaxonomy("old");
  await deep.save(talk(1, 6).map((one) => by("old", one)));
  await deep.useTaxonomy("old");
  expect(await deep.countedTo()).toBe(6);

  await deep.useTaxonomy("new");
  expect(await deep.countedTo()).toBe(0);
  const renewed = (from: number, to: number): Settled[] =>
    talk(from, to).map((one) => by("new", one));
  await deep.recount(renewed(1, 4));
  await deep.save(talk(7, 8).map((one) => by("new", one)));
  expect(await numbers.counted()).toMatchObject({ counted_to: 4, settled_to: 8, taxonomy: "new" });
  await expect(deep.recount(renewed(6, 6))).rejects.toMatchObject({ code: "conflict" });
  await deep.recount([...renewed(1, 6), ...talk(7, 8).map((one) => by("new", one))]);
  await deep.save(talk(9, 9).map((one) => by("new", one)));
  expect(await deep.countedTo()).toBe(9);

  const { rows } = await library.messages({ chain_type: "of_new" }, { limit: 20 });
  expect(rows.map((one) => one.enrichment.taxonomy)).toEqual(Array(9).fill("new"));
  expect(tallySum(await numbers.tallies({})).chain).toEqual({ of_new: 9 });
  const past = await client.query(
    "SELECT seq::int, taxonomy, enrichment ->> 'chain_type' AS chain FROM verbatim.past_enrichments ORDER BY seq",
  );
  expect(past.rows).toEqual(
    [1, 2, 3, 4, 5, 6].map((seq) => ({ seq, taxonomy: "old", chain: "of_old" })),
  );
  expect((await check()).problems).toEqual([]);
});

test("numbers are found by time, speaker and session; of a session they are counted on the spot", async () => {
  await deep.save([
    said(1, { text: "Where is the anchor?", said_at: "2026-01-01T10:10:00.000Z" }),
    said(2, { text: "On deck.", name: "bob", said_at: "2026-01-01T11:20:00.000Z" }),
    said(3, {
      text: "I am blocked: we are still waiting for the crane.",
      session: "s-2",
      said_at: "2026-01-02T09:00:00.000Z",
    }),
  ]);
  const counted = async (filter: Parameters<typeof numbers.tallies>[0]): Promise<number> =>
    tallySum(await numbers.tallies(filter)).message?.["counted"] ?? 0;
  expect(await counted({})).toBe(3);
  expect(await counted({ since: "2026-01-01T11:59:00.000Z" })).toBe(2);
  expect(await counted({ until: "2026-01-01T11:00:00.000Z" })).toBe(1);
  expect(await counted({ speaker: "bob" })).toBe(1);
  expect(await counted({ session: "s-1" })).toBe(2);
  expect(await counted({ session: "s-1", since: "2026-01-01T11:59:00.000Z", speaker: "bob" })).toBe(
    1,
  );
  expect(await numbers.sessions({})).toBe(2);
  expect(await numbers.sessions({ speaker: "bob" })).toBe(1);
  expect(await numbers.sessions({ since: "2026-01-02T00:00:00.000Z" })).toBe(1);
  expect((await numbers.open({}, 10)).map(({ kind, seq, text }) => [kind, seq, text])).toEqual([
    ["blocked", 3, "I am blocked: we are still waiting for the crane."],
  ]);
  expect((await numbers.said({ session: "s-1" }, { limit: 9 })).map((one) => one.seq)).toEqual([
    1, 2,
  ]);
  expect(await numbers.asides({})).toBe(0);
});

test("N7: what is read together is of one moment, also while the numbers are being forgotten", async () => {
  await deep.save(talk(1, 5));
  // Somebody forgets them, and has not ended yet: the reach still seems whole.
  await client.query("BEGIN");
  await forgetNumbers(client);
  const looked = numbers.together(async (one) => [
    await one.counted(),
    tallySum(await one.tallies({})).message ?? null,
  ]);
  await waitedFor();
  await client.query("COMMIT");
  expect(await looked).toMatchObject([{ counted_to: 0, settled_to: 5 }, null]);
});

test("N7: nobody forgets numbers that are being read, and who reads on reads the same", async () => {
  await deep.save(talk(1, 5));
  const seen = await numbers.together(async (one) => {
    const before = await one.counted();
    await deep.save(talk(1, 9));
    const forgotten = deep.forgetNumbers();
    const rows = await one.together((same) => same.tallies({}));
    return { before, all: tallySum(rows).message?.["all"], forgotten: { of: forgotten } };
  });
  expect([seen.before.counted_to, seen.all]).toEqual([5, 5]);
  await seen.forgotten.of;
  expect(await numbers.counted()).toMatchObject({ counted_to: 0, settled_to: 9 });
});

/** Until somebody waits for what another holds. */
async function waitedFor(): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = await client.query(
      "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    if (found.rows[0]?.n > 0) return;
    if (Date.now() > end) throw new Error("nobody waits");
  }
}
