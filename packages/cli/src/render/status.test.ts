import { expect, test } from "bun:test";
import type { StatusAnswer } from "@verbatim/api/contract";
import { statusText } from "./status.ts";

const plain = (text: string): string => text;
const paint = {
  widthOf: (text: string): number => text.length,
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
const STATUS: StatusAnswer = {
  ...{ heard: 10, stored: 9, aside: 1, behind: 0, last_record_age_ms: 1000 },
  ...{ messages: 3700, said: 2481, sessions: 2, repeats: 0 },
  ...{ indexed_to: 10, counted_to: 10, hot_to: 10 },
  parts: {
    ingest: { ok: true, state: "ok", problem: null },
    postgres: { ok: false, state: "held", problem: "taxonomy.json is no taxonomy" },
    redis: { ok: false, state: "away", problem: "Redis does not answer" },
  },
  ...{ bus: null, ingest: null, queues: null, processes: [] },
  alerts: { firing: [], problem: null },
};

test("a store that answers and is held is not called away, and bookkeeping is told from messages", () => {
  const text = statusText(STATUS, "http://here", paint);
  expect(text).toMatch(/postgres +held +taxonomy.json is no taxonomy\n/);
  expect(text).toMatch(/redis +away +Redis does not answer\n/);
  expect(text).toContain("3,700 messages (2,481 said, 1,219 of bookkeeping) in 2 sessions");
});
