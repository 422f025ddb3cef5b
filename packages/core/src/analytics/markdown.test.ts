import { expect, test } from "bun:test";
import fc from "fast-check";
import { aMessage, type MessageOver, memoryNumbers } from "../testing/memory-numbers.ts";
import { bars, cellsOf, sparkline } from "./charts.ts";
import { codeCell, escaped, fenced } from "./escaping.ts";
import { integerText, moneyText, percentText, secondsText } from "./figures.ts";
import { reportMarkdown } from "./markdown.ts";
import { gather } from "./report.ts";

const SECTIONS = [
  "Overview",
  "Speaker Activity",
  "Domain Focus",
  "ACE Tier Distribution",
  "Top Keywords",
  "Message Timeline",
  "Metadata Insights",
  "Sessions and Threads",
  "Tools",
  "Tokens and Cost",
  "Open Questions and Blocked Work",
  "Collaboration Metrics",
  "Key Findings",
];
const ask = { domains: ["ui_ux"], now: "2026-01-02T00:00:00.000Z" };
const titlesOf = (text: string): readonly string[] =>
  [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title ?? "");
const markdownOf = async (name: string, over: MessageOver = {}): Promise<string> => {
  const messages = [
    aMessage(1, { author: { name, role: "agent" }, receiver: name, ...over }),
    aMessage(2, {
      author: { name: "bob", role: "agent" },
      model: name,
      usage: { input_tokens: 3 },
      parts: [
        { type: "text", content: "so" },
        { type: "tool_call", id: "1", name, arguments: {} },
      ],
      enrichment: { cost_micro_usd: 12_345, keywords: [name], shl_tags: ["@Question-Open"] },
    }),
  ];
  return reportMarkdown(await gather(memoryNumbers(messages), ask));
};

test("the sections stand in the order they always did", async () => {
  expect(titlesOf(await markdownOf("ada"))).toEqual(SECTIONS);
  expect(titlesOf(reportMarkdown(await gather(memoryNumbers([]), ask)))).toEqual(SECTIONS);
});

test("the same report gives the same text, with its charts", async () => {
  const text = await markdownOf("ada");
  expect(text).toBe(await markdownOf("ada"));
  expect(text).toContain("ada  ████████████████████████  1 message     50 %");
  expect(text).toContain("| `ada` | 1 | 3 | 0 | 0 | 0 | \\$0.0123 | 0 |");
  expect(text).toStartWith(
    "# Conversation Analytics Report\n\nGenerated: 2026-01-02T00:00:00.000Z\n",
  );
});

test("an empty report says so, and what to do", async () => {
  const text = reportMarkdown(await gather(memoryNumbers([]), ask));
  expect(text).toContain("_Nothing in this period._");
  expect(text).toContain("- Nothing is recorded yet: \\`verbatim up\\` listens");
});

test("no name makes a heading, ends a fence, adds a cell or calls somebody", async () => {
  for (const name of [
    "a|b|c",
    "```\n## Tools",
    "x\n\n## Overview",
    "@everyone",
    "<img src=x>",
    "[a](http://b.c)",
  ]) {
    const text = await markdownOf(name);
    expect(titlesOf(outsideFences(text))).toEqual(SECTIONS);
    for (const line of outsideFences(text).split("\n")) {
      if (!line.startsWith("|")) expect(line).not.toMatch(/<img|(?<!\\)\]\(http|@everyone/);
    }
    const widths = tableWidths(text);
    expect(widths.every((one) => one.every((width) => width === one[0]))).toBe(true);
  }
});

/** What a reader of Markdown sees as text: without the lines in fences. */
function outsideFences(text: string): string {
  let fence: string | null = null;
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    const [mark] = /^`{3,}/.exec(line) ?? [];
    if (fence === null && mark !== undefined) fence = mark;
    else if (fence !== null && line === fence) fence = null;
    else if (fence === null) kept.push(line);
  }
  expect(fence).toBeNull();
  return kept.join("\n");
}

/** Cells of each line of each table; a pipe that is escaped is none. */
function tableWidths(text: string): readonly (readonly number[])[] {
  const tables: number[][] = [];
  let before = "";
  for (const line of outsideFences(text).split("\n")) {
    if (line.startsWith("|") && !before.startsWith("|")) tables.push([]);
    if (line.startsWith("|")) tables.at(-1)?.push(line.match(/(?<!\\)\|/g)?.length ?? 0);
    before = line;
  }
  return tables;
}

test("whatever a name holds, the sections are there once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (name) => {
      expect(titlesOf(outsideFences(await markdownOf(name)))).toEqual(SECTIONS);
    }),
    { numRuns: 60 },
  );
});

test("bars begin in one column, whatever the names are made of", () => {
  const names = ["a", "日本語", "e\u0301te", "a very long name that goes on and on and on", "🚀"];
  const lines = bars(names.map((name, at) => ({ name, amount: at + 1, says: String(at + 1) })));
  const starts = lines.map((line) => cellsOf(line.slice(0, line.search(/[▏▎▍▌▋▊▉█]/u))));
  expect(new Set(starts).size).toBe(1);
  expect(new Set(lines.map(cellsOf)).size).toBe(1);
});

test("a bar is drawn for whatever is more than nothing", () => {
  const [most, least, none] = bars([1000, 1, 0].map((amount) => ({ name: "x", amount, says: "" })));
  expect(most).toContain("█".repeat(24));
  expect(least).toContain("▏");
  expect(none?.trim()).toBe("x");
  expect(sparkline([0, 1, 50, 100])).toBe("▁▂▅█");
  expect(sparkline([0, 0])).toBe("▁▁");
});

test("text is escaped so that it shows as it is", () => {
  expect(escaped("a|b `c` *d* <e> @f [g](h) $1 & i\nj")).toBe(
    "a\\|b \\`c\\` \\*d\\* &lt;e&gt; @&#8203;f \\[g\\](h) \\$1 &amp; i j",
  );
  expect(escaped("ui_ux and _so_ and __init__")).toBe("ui_ux and \\_so\\_ and \\_\\_init\\_\\_");
  expect(escaped("# no heading")).toBe("\\# no heading");
  expect(escaped("1. no list")).toBe("1\\. no list");
  expect(escaped("see https://x.y and www.z")).toBe("see https:&#8203;//x.y and www.&#8203;z");
  expect(codeCell("a`b|c")).toBe("``a`b\\|c``");
  expect(codeCell("`")).toBe("`` ` ``");
  expect(codeCell("")).toBe("` `");
  expect(fenced(["````"])).toBe("`````text\n````\n`````");
});

test("figures read the same everywhere", () => {
  expect([0, 999, 1000, 1_234_567, -12_345].map(integerText)).toEqual([
    "0",
    "999",
    "1,000",
    "1,234,567",
    "-12,345",
  ]);
  expect([0.5, 0.416, 1].map(percentText)).toEqual(["50 %", "41.6 %", "100 %"]);
  expect([0, 1500, 2_000_000, 1_234_567_890].map(moneyText)).toEqual([
    "$0.00",
    "$0.0015",
    "$2.00",
    "$1,234.57",
  ]);
  expect([1, 64, 4096, 32_768].map(secondsText)).toEqual(["1 s", "64 s", "68 min", "9 h"]);
});

test("a report of less than what was heard says so first, and how far it reaches", async () => {
  const partly = reportMarkdown(
    await gather(memoryNumbers([aMessage(1), aMessage(3)]), { ...ask, heard_to: 61 }),
  );
  expect(partly.split("\n").slice(0, 6).at(-2)).toBe(
    "**Only 4.9 % of what was heard is counted yet; the rest follows.**",
  );
  expect(partly).toContain("to entry 3 of 61 heard (4.9 %)");
  const nearly = await gather(memoryNumbers([aMessage(99_999)]), { ...ask, heard_to: 100_000 });
  expect(reportMarkdown(nearly)).toContain("(99.9 %)");
  const hardly = await gather(memoryNumbers([aMessage(1)]), { ...ask, heard_to: 100_000 });
  expect(reportMarkdown(hardly)).toContain("**Only 0.1 % of");
  const none = await gather(memoryNumbers([]), { ...ask, heard_to: 9 });
  expect(reportMarkdown(none)).toContain(
    "**Nothing of what was heard is counted yet; it follows.**",
  );
  const whole = reportMarkdown(await gather(memoryNumbers([aMessage(3)]), { ...ask, heard_to: 3 }));
  expect(whole).not.toContain("follows");
  expect(whole).toContain("to entry 3 of 3 heard |");
});
