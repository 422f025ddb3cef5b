import { expect, test } from "bun:test";
import fc from "fast-check";
import type { EnrichedMessage, Part, Usage } from "../message/message.ts";
import { aMessage, type MessageOver } from "../testing/memory-numbers.ts";
import { type Count, count, openCounter, rowKeyOf, type Told } from "./counting.ts";
import { type Adding, addTally, NAMES_MAX, type Tally, tallySum } from "./tally.ts";

const told = (message: EnrichedMessage, isFirst = true): Told => ({ message, isFirst });
const sumAfter = (messages: readonly EnrichedMessage[]): Tally =>
  tallySum(
    count(
      messages.map((one) => told(one)),
      new Map(),
    ).rows,
  );
const by = (name: string): MessageOver => ({ author: { name, role: "agent" } });

/** Counts stretch by stretch, as the archive does. */
function cutUp(all: readonly Told[], cuts: readonly number[]): Count {
  const counter = openCounter();
  let from = 0;
  for (const to of [...cuts.toSorted((a, b) => a - b), all.length]) {
    counter.add(all.slice(from, to));
    from = to;
  }
  return { rows: counter.rows(), threads: counter.threads };
}

const parts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    fc.constantFrom<Part>({ type: "text", content: "so" }, { type: "reasoning", content: "hm" }),
    fc.record({
      type: fc.constant("tool_call" as const),
      id: fc.constantFrom("1", "2"),
      name: fc.constantFrom("Bash", "constructor"),
      arguments: fc.constant(null),
    }),
    fc.record({
      type: fc.constant("tool_call_response" as const),
      id: fc.constantFrom("1", "2", "3"),
      response: fc.constant("x"),
      is_error: fc.boolean(),
    }),
  ),
  { maxLength: 3 },
);
const someMessages = fc
  .array(
    fc.record({
      author: fc.record({
        name: fc.constantFrom("ada", "bob", "unknown"),
        role: fc.constantFrom("user" as const, "agent" as const, "tool" as const),
      }),
      session_id: fc.constantFrom("s", "t"),
      minutes: fc.integer({ min: 0, max: 3000 }),
      parts,
      calls: fc.option(fc.constantFrom("c1", "c2")),
      chain: fc.constantFrom("ui_ux", "data_management", "unclassified"),
      tags: fc.subarray(["@Question-Open", "@Status-Blocked", "@Status-Ready", "@Decision-Made"]),
      isFirst: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    rows.map((row, at) =>
      told(
        aMessage(at + 1, {
          author: row.author,
          session_id: row.session_id,
          parts: row.parts,
          said_at: new Date(Date.UTC(2026, 0, 1) + row.minutes * 60_000).toISOString(),
          ...(row.calls === null
            ? {}
            : { model: "m", usage: { input_tokens: at * 7, call_id: row.calls } }),
          enrichment: { chain_type: row.chain, shl_tags: row.tags },
        }),
        row.isFirst,
      ),
    ),
  );

test("N1: however messages are cut into stretches, the rows and threads are the same", () => {
  fc.assert(
    fc.property(someMessages, fc.array(fc.nat(40), { maxLength: 6 }), (all, cuts) => {
      const whole = count(all, new Map());
      const cut = cutUp(
        all,
        cuts.filter((one) => one <= all.length),
      );
      const rowsOf = (one: Count): unknown =>
        JSON.parse(
          JSON.stringify(one.rows.toSorted((a, b) => (rowKeyOf(a) < rowKeyOf(b) ? -1 : 1))),
        );
      expect(rowsOf(cut)).toEqual(rowsOf(whole));
      expect(Object.fromEntries(cut.threads)).toEqual(Object.fromEntries(whole.threads));
    }),
  );
});

test("N1: names beyond the bound of a row are counted together, however they are cut", () => {
  const many = Array.from({ length: NAMES_MAX + 30 }, (_, at) =>
    told(
      aMessage(at, { receiver: `r-${at % (NAMES_MAX + 10)}`, said_at: "2026-01-01T00:00:00.000Z" }),
    ),
  );
  const sum = tallySum(cutUp(many, []).rows);
  expect(Object.keys(sum.receiver ?? {})).toHaveLength(NAMES_MAX + 1);
  expect(sum.receiver?.["(other)"]).toBe(10);
  expect(tallySum(cutUp(many, [7, NAMES_MAX - 1, NAMES_MAX + 5]).rows)).toEqual(sum);
});

test("N1: which names a row keeps is as they came: numbers, what is called (other), and names said again too late to be new", () => {
  const at = { said_at: "2026-01-01T00:00:00.000Z" };
  const named = (names: readonly string[]): readonly Told[] =>
    names.map((receiver, seq) => told(aMessage(seq, { receiver, ...at })));
  const full = Array.from({ length: NAMES_MAX - 1 }, (_, one) => `r-${one}`);
  for (const late of [
    ["zoe", "7"],
    ["(other)", "zoe", "yan"],
    ["zoe", "yan", "r-3", "yan"],
  ]) {
    const all = named([...full, ...late]);
    const each = cutUp(
      all,
      all.map((_, one) => one),
    );
    for (const cuts of [[], [NAMES_MAX - 1], [5, NAMES_MAX]])
      expect(tallySum(cutUp(all, cuts).rows)).toEqual(tallySum(each.rows));
    expect(tallySum(each.rows).receiver).toMatchObject({ "(other)": expect.any(Number) });
  }
});

test("N1: a row keeps its names whether or not one is called (other), wherever that stands", () => {
  const names = ["(other)", ...Array.from({ length: NAMES_MAX }, (_, one) => `r-${one}`)];
  for (const some of [names, names.toReversed()]) {
    const row: Adding = {};
    for (const name of some) addTally(row, { receiver: { [name]: 1 } });
    expect(Object.keys(row.receiver ?? {})).toHaveLength(NAMES_MAX + 1);
  }
});

test("N1: what comes to nothing is the same, told at once or one by one", () => {
  const call = (seq: number, over: MessageOver): Told =>
    told(aMessage(seq, { usage: { call_id: "c", input_tokens: 5 }, model: "m", ...over }));
  const all = [call(1, {}), call(2, { enrichment: { cost_micro_usd: 9 } })];
  expect(cutUp(all, [1]).rows).toEqual(cutUp(all, []).rows);
});

test("a call whose model is told later is that model's, and nothing is counted below nothing", () => {
  const [first, later] = [
    aMessage(1, { usage: { call_id: "c", input_tokens: 5 } }),
    aMessage(2, { usage: { call_id: "c", input_tokens: 7 }, model: "m" }),
  ];
  const sum = tallySum(cutUp([told(first), told(later)], [1]).rows);
  expect(sum.call).toEqual({ unknown: 0, m: 1 });
  expect(sum.input_tokens).toEqual({ unknown: 0, m: 7 });
  expect(sum.unpriced).toEqual({ unknown: 0, m: 1 });
});

test("usage that is no usage counts as a call and nothing else", () => {
  const odd: unknown[] = [
    { call_id: 5, input_tokens: "12", output_tokens: -1 },
    { call_id: null, input_tokens: 0.1, output_tokens: 1e300 },
    { input_tokens: { a: 1 }, output_tokens: null },
  ];
  const all = odd.map((usage, seq) => told(aMessage(seq, { usage: usage as Usage, model: "m" })));
  const sum = tallySum(cutUp(all, [1]).rows);
  expect([sum.call, sum.input_tokens, sum.output_tokens]).toEqual([{ m: 3 }, undefined, undefined]);
});

test("only what somebody known said in words for the first time counts", () => {
  const standing = (over: MessageOver, isFirst = true): Tally["message"] =>
    tallySum(count([told(aMessage(1, over), isFirst)], new Map()).rows).message;
  expect(standing({})).toEqual({ all: 1, counted: 1 });
  expect(standing({}, false)).toEqual({ all: 1, duplicate: 1 });
  for (const name of ["Unknown ", "un\u200bknown", "n/a", "?", "", "Anonymous"])
    expect(standing(by(name))).toEqual({ all: 1, unknown: 1 });
  expect(standing({ parts: [{ type: "text", content: "{}" }] })).toEqual({ all: 1, empty: 1 });
  expect(standing({ parts: [{ type: "reasoning", content: "so" }] })).toEqual({
    all: 1,
    wordless: 1,
  });
  expect(standing({ author: { name: "x", role: "tool" } })).toEqual({ all: 1, machine: 1 });
  expect(standing({ kind: "record" })).toEqual({ all: 1, record: 1 });
});

test("a message is tagged by what has a tag's form, whatever its source gives for one", () => {
  const withTag = (...shl_tags: readonly string[]): number =>
    sumAfter([aMessage(1, { enrichment: { shl_tags } })]).sum?.["with_tag"] ?? 0;
  for (const tag of [
    "x",
    "@x",
    "@ada-lovelace",
    "@Status",
    "@Status-",
    "Status-Ready",
    "@Chain-ui",
  ])
    expect([tag, withTag(tag)]).toEqual([tag, 0]);
  for (const tag of ["@Status-Ready", "@Decision-Made", "@Deploy-Staging", "@Owner-Ada:core"])
    expect([tag, withTag("x", tag)]).toEqual([tag, 1]);
});

test("of the messages of one call the last usage is counted, whatever hour it is in", () => {
  const call = (seq: number, tokens: number, cost: number, minutes: number): EnrichedMessage =>
    aMessage(seq, {
      model: "m",
      said_at: new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString(),
      usage: { call_id: "c", output_tokens: tokens },
      enrichment: { cost_micro_usd: cost },
    });
  const sum = sumAfter([call(1, 5, 10, 0), call(2, 80, 160, 1), call(3, 70, 140, 90)]);
  expect(sum).toMatchObject({
    call: { m: 1 },
    output_tokens: { m: 70 },
    cost_micro_usd: { m: 140 },
  });
  const unpriced = aMessage(4, { model: "n", usage: { input_tokens: 3 } });
  expect(sumAfter([unpriced])).toMatchObject({ call: { n: 1 }, unpriced: { n: 1 } });
});
