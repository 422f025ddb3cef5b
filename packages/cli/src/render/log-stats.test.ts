import { expect, test } from "bun:test";
import { makeSettle } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import { openTally, statsText } from "./log-stats.ts";

const plain = (text: string): string => text;
const colours = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  magenta: plain,
};

test("a record of a message that is counted already is a repeat and nothing else", () => {
  const settle = makeSettle({ sha256: (data) => String(Bun.hash(data)) });
  const messages = [1, 2, 1, 1].flatMap((seq) => settle(anEntry(seq)).messages);
  const tally = openTally(Bun.hash);
  for (const message of messages) tally.add(message);
  const stats = tally.stats();
  expect(stats).toMatchObject({ messages: 2, repeats: 2 });
  const total = Object.values(stats.senders).reduce((sum, one) => sum + one, 0);
  expect(total).toBe(2);
  const text = statsText(stats, { colours, widthOf: (one) => one.length });
  expect(text).toContain("Messages 2, and 2 records that repeat one of them and are not counted");
});
