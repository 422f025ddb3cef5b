import { expect, test } from "bun:test";
import fc from "fast-check";
import type { EnrichedMessage } from "../message/message.ts";
import { aMessage, type MessageOver, toldOf } from "../testing/memory-numbers.ts";
import { count, type Told } from "./counting.ts";
import { SCORE_PARTS, type Score, scoreOf } from "./score.ts";
import type { TallyRow } from "./tally.ts";

const DOMAINS = ["ui_ux", "data_management", "system_architecture", "token_optimization"];

const rowsOf = (told: readonly Told[]): readonly TallyRow[] => count(told, new Map()).rows;
const scored = (messages: readonly EnrichedMessage[]): Score =>
  scoreOf(rowsOf(toldOf(messages)), DOMAINS);
const valuesOf = (score: Score): readonly number[] => [
  score.score,
  ...SCORE_PARTS.map((name) => score.parts[name].value),
];
const onDay = (day: number, minute = 0): string =>
  new Date(Date.UTC(2026, 0, 1 + day, 10, minute)).toISOString();

const talk = fc.array(
  fc.record({
    name: fc.constantFrom("ada", "bob", "eve", "dan"),
    day: fc.integer({ min: 0, max: 20 }),
    chain: fc.constantFrom(...DOMAINS, "unclassified", "unknown"),
    tier: fc.constantFrom("A" as const, "unclassified" as const),
    tags: fc.subarray(["@Status-Ready", "@Chain-ui_ux"]),
    keywords: fc.subarray(["word"]),
  }),
  { maxLength: 30 },
);
const said = talk.map((rows) =>
  rows.map((row, at) =>
    aMessage(at + 1, {
      author: { name: row.name, role: "agent" },
      said_at: onDay(row.day),
      enrichment: {
        chain_type: row.chain,
        ace_tier: row.tier,
        shl_tags: row.tags,
        keywords: row.keywords,
      },
    }),
  ),
);

/** Everything that may not raise a score, each as rich as it can be. */
const noise = fc
  .array(
    fc.record({
      what: fc.constantFrom<MessageOver>(
        { text: "{}", parts: [{ type: "text", content: "{}" }] },
        { text: "", parts: [] },
        { parts: [{ type: "reasoning", content: "I think" }] },
        { author: { name: "unknown", role: "agent" } },
        { author: { name: "consolidated", role: "agent" } },
        { author: { name: "Bash", role: "tool" } },
        { author: { name: "hook", role: "system" } },
        { kind: "record" },
      ),
      name: fc.constantFrom("ada", "new", "zoe"),
      // In the hours of what counts, and far from them.
      day: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: -400, max: 400 })),
      chain: fc.constantFrom(...DOMAINS),
    }),
    { maxLength: 30 },
  )
  .map((rows) =>
    rows.map(({ what, name, day, chain }, at) =>
      aMessage(1000 + at, {
        author: { name, role: "agent" },
        said_at: onDay(day),
        enrichment: { chain_type: chain, ace_tier: "A", shl_tags: ["@Status-Ready"] },
        ...what,
      }),
    ),
  );

test("N4: rows that are empty, by nobody known, of machines or bookkeeping change no part", () => {
  fc.assert(
    fc.property(said, noise, (messages, rows) => {
      expect(valuesOf(scored([...messages, ...rows]))).toEqual(valuesOf(scored(messages)));
      expect(valuesOf(scored([...rows, ...messages]))).toEqual(valuesOf(scored(messages)));
    }),
  );
});

test("N4: what was said before changes no part, whoever repeats it, whenever and how often", () => {
  const again = fc.record({
    name: fc.constantFrom("ada", "zoe"),
    day: fc.integer({ min: 0, max: 60 }),
    times: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(said, again, (messages, { name, day, times }) => {
      const repeated = Array.from({ length: times }, () =>
        messages.map((one) => ({
          ...one,
          author: { name, role: "agent" as const },
          said_at: onDay(day),
        })),
      ).flat();
      expect(valuesOf(scored([...messages, ...repeated]))).toEqual(valuesOf(scored(messages)));
    }),
  );
});

test("N4: more of the same changes nothing", () => {
  fc.assert(
    fc.property(said, fc.integer({ min: 2, max: 50 }), (messages, times) => {
      const once = toldOf(messages);
      const often = Array.from({ length: times }, () => once).flat();
      const before = valuesOf(scoreOf(rowsOf(once), DOMAINS));
      valuesOf(scoreOf(rowsOf(often), DOMAINS)).forEach((value, at) => {
        expect(Math.abs(value - (before[at] ?? Number.NaN))).toBeLessThanOrEqual(0.011);
      });
    }),
  );
});

test("N4: one day of any volume is at most a seventh of steady", () => {
  const day = (many: number): Score =>
    scored(
      Array.from({ length: many }, (_, at) => aMessage(at + 1, { said_at: onDay(3, at % 60) })),
    );
  expect(day(1).parts.message_consistency.value).toBe(14.29);
  expect(day(500).parts.message_consistency.value).toBe(14.29);
});

test("every part lies between 0 and 100, and the score is their mean", () => {
  fc.assert(
    fc.property(said, (messages) => {
      const score = scored(messages);
      const values = SCORE_PARTS.map((name) => score.parts[name].value);
      for (const value of values) expect(value >= 0 && value <= 100).toBe(true);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(score.score - mean)).toBeLessThanOrEqual(0.011);
    }),
  );
});

test("nothing said is 0 in every part, and says so", () => {
  const score = scoreOf([], DOMAINS);
  expect(valuesOf(score)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(score.parts.shl_tagging.says).toBe("Nothing that counts was said.");
  expect(scoreOf([], []).score).toBe(0);
});

test("a log of nothing but empty rows by nobody known, once worth 68.67, is worth nothing", () => {
  const empty = Array.from({ length: 352 }, (_, at) =>
    aMessage(at + 1, {
      author: { name: "unknown", role: "agent" },
      text: "{}",
      parts: [{ type: "text", content: "{}" }],
    }),
  );
  expect(valuesOf(scored(empty))).toEqual([0, 0, 0, 0, 0, 0]);
});

test("the worked example of the documentation", () => {
  // Two speakers, 3 to 1; two domains, even; two days of a week; one tag of four.
  const speak = (seq: number, name: string, chain_type: string, day: number): EnrichedMessage =>
    aMessage(seq, {
      author: { name, role: "agent" },
      said_at: onDay(day),
      enrichment: { chain_type, shl_tags: seq === 4 ? ["@Status-Ready"] : [] },
    });
  const score = scored([
    speak(1, "ada", "ui_ux", 0),
    speak(2, "ada", "ui_ux", 0),
    speak(3, "ada", "data_management", 1),
    speak(4, "bob", "data_management", 1),
  ]);
  expect(valuesOf(score)).toEqual([48.26, 37.74, 50, 28.57, 100, 25]);
  expect(score.parts.speaker_diversity.inputs).toEqual({
    speakers: 2,
    effective_speakers: 1.75,
    full: 3,
  });
  expect(score.parts.domain_coverage.says).toBe(
    "2 of 4 domains, as wide as 2.0 that are spoken of equally often.",
  );
});

test("domains that the taxonomy does not have count for nothing", () => {
  const about = (chain_type: string, seq: number): EnrichedMessage =>
    aMessage(seq, { enrichment: { chain_type } });
  expect(scored(["unknown", "unclassified", "misc"].map(about)).parts.domain_coverage.value).toBe(
    0,
  );
  expect(scored(["ui_ux", "unknown"].map(about)).parts.domain_coverage.value).toBe(25);
});

test("steady days are worth more than one loud day among them", () => {
  const week = (loud: number): Score =>
    scored(
      Array.from({ length: 7 }, (_, day) => day)
        .flatMap((day) => Array.from({ length: day === 3 ? loud : 2 }, () => day))
        .map((day, at) => aMessage(at + 1, { said_at: onDay(day) })),
    );
  expect(week(2).parts.message_consistency.value).toBe(100);
  expect(week(200).parts.message_consistency.value).toBeLessThan(30);
});

test("N4: a domain that the taxonomy does not know is none, whoever gave it", () => {
  const of = (chain_type: string): number =>
    scored([aMessage(1, { enrichment: { chain_type } })]).score;
  expect(of("unknown")).toBe(of("unclassified"));
  expect(of("ui_ux")).toBeGreaterThan(of("unknown"));
});
