import { expect, test } from "bun:test";
import type { ScoreAnswer, ThreadsAnswer } from "@verbatim/api/contract";
import { SCORE_PARTS, scoreOf } from "@verbatim/core";
import { classicText, scoreText, threadsText } from "./analytics.ts";

const plain = (text: string): string => text;
const paint = {
  widthOf: (text: string): number => text.length,
  width: 100,
  colours: {
    bold: plain,
    dim: plain,
    red: plain,
    green: plain,
    yellow: plain,
    cyan: plain,
    magenta: plain,
  },
};
const reach = { counted_to: 5, settled_to: 5, heard_to: 5, taxonomy: "t@1" };

test("a score shows each part as a bar with its sentence, and says what to do when nothing counts", () => {
  const none = scoreOf([], ["ui_ux"]);
  expect(scoreText({ ...reach, ...none }, paint)).toContain("verbatim import PATH");
  const half = { ...none.parts.shl_tagging, value: 50 };
  const score: ScoreAnswer = {
    ...reach,
    score: 10,
    parts: { ...none.parts, shl_tagging: half },
  };
  const text = scoreText(score, paint);
  for (const name of SCORE_PARTS) expect(text).toContain(name.replaceAll("_", " "));
  expect(text).toContain(`${"█".repeat(15)}${"░".repeat(15)}  50.00  ${half.says}`);
  expect(text).not.toContain("verbatim import");
});

test("what is not counted yet is said first, and then nobody is told to import more", () => {
  const none = scoreOf([], ["ui_ux"]);
  const first = "Only 0.3 % of what was heard is counted yet; the rest follows.\n";
  const text = scoreText({ ...reach, heard_to: 2000, ...none }, paint);
  expect(text).toStartWith(first);
  expect(text).not.toContain("verbatim import");
  expect(scoreText({ ...reach, settled_to: 6, heard_to: null, ...none }, paint)).toStartWith(
    "Only 83.3 % of what was recorded is counted yet",
  );
});

const thread = (at: number): ThreadsAnswer["threads"][number] => ({
  thread_id: `t-${at}`,
  session_id: "s-1",
  start_time: "2026-01-01T10:00:00.000Z",
  end_time: "2026-01-01T10:01:30.000Z",
  duration_seconds: 90,
  message_count: 2,
  participants: ["ada", "b\u001b[31mob"],
  final_status: "Blocked",
  context_shifts: [],
  messages: [{ seq: at, sub: 0, id: "m" }],
});

test("threads are a line each, the newest last, and nothing a terminal would obey", () => {
  const threads = Array.from({ length: 60 }, (_, at) => thread(at + 1));
  const answer: ThreadsAnswer = { ...reach, complete: false, messages: 120, threads, windows: [] };
  const text = threadsText(answer, paint);
  expect(text).toContain("60 threads of 120 messages, in 0 windows");
  expect(text).toMatch(/2026-01-01 10:00 +1 min 30 s +2 +Blocked +ada, bob +s-1\n/);
  const few = threadsText({ ...answer, threads: [thread(1)], complete: true }, paint);
  expect(few).toContain("1 thread of 2 messages of the 120 that were said, in 0 windows");
  expect(text).toContain("and 10 earlier ones");
  expect(text).toContain("name a session");
});

test("a classic score says what it rewards", () => {
  const parts = {
    speaker_diversity: 100,
    domain_coverage: 10,
    message_consistency: 100,
    metadata_enrichment: 33.5,
    shl_tagging: 0,
  };
  const text = classicText({ score: 48.7, rows: 352, parts }, paint);
  expect(text).toContain("48.7 of 100");
  expect(text).toContain("352 rows");
  expect(text).toContain("33.50");
});
