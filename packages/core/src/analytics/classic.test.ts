import { expect, test } from "bun:test";
import { classicScore } from "./classic.ts";

const rows = (many: number, over: object = {}): readonly object[] =>
  Array.from({ length: many }, (_, at) => ({
    Id: String(at),
    Timestamp: "2025-11-30T10:00:00",
    SpeakerName: "unknown",
    SpeakerRole: "Agent",
    Message: "{}",
    ConversationType: 0,
    ContextId: "unknown",
    Metadata: {
      chain_type: "system_architecture",
      ace_tier: "E",
      shl_tags: ["@Chain-system_architecture"],
    },
    ...over,
  }));

test("a log of nothing but empty rows scores what it always did", () => {
  const score = classicScore(rows(352));
  expect(score.score).toBe(68.67);
  expect(score.rows).toBe(352);
  expect(score.parts).toEqual({
    speaker_diversity: 33.33,
    domain_coverage: 10,
    message_consistency: 100,
    metadata_enrichment: 100,
    shl_tagging: 100,
  });
});

test("migrated rows at the root, ten of them without tags, score what was written of them", () => {
  const domains = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
  const migrated = Array.from({ length: 2377 }, (_, at) => ({
    SpeakerName: `speaker-${at % 3}`,
    Metadata: { zmq_ready: true },
    ...(at < 10 ? {} : { chain_type: domains[at % 9], shl_tags: ["@Status-Ready"] }),
  }));
  expect(classicScore(migrated).score).toBe(99.92);
});

test("what was worked out is found in Metadata too, after the root", () => {
  const both = classicScore([
    {
      SpeakerName: "a",
      chain_type: "x",
      shl_tags: [],
      Metadata: { chain_type: "y", shl_tags: ["t"] },
    },
  ]);
  expect(both.parts).toMatchObject({ domain_coverage: 10, shl_tagging: 100 });
  expect(classicScore([{ SpeakerName: "a", Metadata: {} }]).parts).toMatchObject({
    domain_coverage: 10,
    metadata_enrichment: 0,
    shl_tagging: 0,
  });
});

test("no rows score 0, and what is no object is no row", () => {
  expect(classicScore([]).score).toBe(0);
  expect(classicScore([null, 3, "x", []])).toMatchObject({ score: 0, rows: 0 });
});

test("ties are rounded to the even digit, as the old program did", () => {
  const tagged = (some: number, all: number): number => {
    const other = rows(all - some, { Metadata: {}, SpeakerName: "" });
    return classicScore([...rows(some), ...other]).parts.shl_tagging;
  };
  expect(tagged(1, 800)).toBe(0.12);
  expect(tagged(3, 800)).toBe(0.38);
  expect(tagged(5, 800)).toBe(0.62);
});
