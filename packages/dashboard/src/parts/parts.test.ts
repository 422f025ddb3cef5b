/** Texts and places of what a page draws. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { piecesOf } from "../pages/search.tsx";
import { piecesOf as changed } from "./change.tsx";
import { bytesText, countText } from "./figures.tsx";
import { isTangled, withoutColours } from "./plain.ts";
import { ageText, dayOf, endText, momentOf } from "./time.tsx";
import { lineOf, textIn } from "./tool.tsx";

test("pieces of a marked text are the text", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.nat(40), { maxLength: 8 }), (text, places) => {
      const ends = [...new Set(places)].filter((at) => at <= text.length).toSorted((a, b) => a - b);
      const marks = Array.from({ length: Math.floor(ends.length / 2) }, (_, at) => {
        const [from = 0, to = 0] = ends.slice(2 * at);
        return [from, to] as const;
      });
      const pieces = piecesOf(text, marks);
      expect(pieces.map(({ piece }) => piece).join("")).toBe(text);
      expect(pieces.filter(({ isMarked }) => isMarked).length).toBe(marks.length);
    }),
  );
});

test("a call says on one line what it was about", () => {
  expect(lineOf({ description: "why", command: "ls -la\n  /tmp" })).toBe("ls -la /tmp");
  expect(lineOf({ count: 3 })).toBe('{"count":3}');
  expect(lineOf("plain")).toBe("plain");
  expect(lineOf(null)).toBe("");
  expect(lineOf({ command: "x".repeat(500) }).length).toBeLessThan(120);
});

test("an answer is text, however it came", () => {
  expect(textIn("as it is")).toBe("as it is");
  expect(
    textIn([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ]),
  ).toBe("a\nb");
  expect(textIn({ ok: true })).toBe('{\n  "ok": true\n}');
  expect(textIn(undefined)).toBe("");
});

test("numbers are short, and say when nobody knows", () => {
  expect([countText(12_345), countText(null), countText(0)]).toEqual(["12,345", "?", "0"]);
  expect([bytesText(999), bytesText(1500), bytesText(2.5e9)]).toEqual([
    "999 B",
    "1.5 kB",
    "2.5 GB",
  ]);
  expect([ageText(1000), ageText(90_000), ageText(7_200_000), ageText(3 * 86_400_000)]).toEqual([
    "1 s",
    "2 min",
    "2 h",
    "3 d",
  ]);
});

test("what a terminal would have drawn in colours is shown without the signs for them", () => {
  expect(withoutColours("\u001b[1mMCP\u001b[22m tools [1m]\n[2m]\u001b[2")).toBe(
    "MCP tools [1m]\n[2m]",
  );
});

test("a span of one day names the day once, and one moment stands alone", () => {
  const at = (day: number, minute: number): Date => new Date(2026, 1, day, 3, minute);
  expect(endText(at(1, 5), at(1, 5))).toBe("");
  expect(endText(at(1, 5), at(1, 9))).not.toContain("26");
  expect(endText(at(1, 5), at(2, 9))).toContain("26");
});

test("B47: what Markdown would choke on is known by looking, and what people write is not taken for it", () => {
  for (const text of [
    ">".repeat(6000),
    `${"- ".repeat(3000)}x`,
    "**a *".repeat(1200),
    `calm\n\n${"1. ".repeat(200)}x`,
    `\`\`\`\ncode\n\`\`\`\n${"> ".repeat(200)}`,
  ])
    expect(isTangled(text)).toBe(true);
  for (const text of [
    "",
    "> > > a quote of a quote\n- one\n  - two\n    - three",
    "-".repeat(500),
    `| a | b |\n|${"---|".repeat(100)}`,
    `\`\`\`c\n${"int **a = *b;\n".repeat(500)}\`\`\`\n`,
    "**bold** and _quiet_ words.\n\n".repeat(400),
  ])
    expect(isTangled(text)).toBe(false);
});

test("a change of any size is shown whole or says what is left out", () => {
  expect(changed("a\nb\n", "a\nc\n").map(({ value }) => value)).toEqual(["a\n", "b\n", "c\n"]);
  const lines = (word: string) =>
    Array.from({ length: 4000 }, (_, at) => `${word} ${at}`).join("\n");
  const all = changed(lines("before"), lines("after"));
  expect(all.map(({ added, removed }) => [removed, added])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(all.map(({ value }) => value)).toEqual([lines("before"), lines("after")]);
  const [long] = changed("x".repeat(250_000), "");
  expect(long?.value).toEndWith("150,000 characters more, which are in the record");
});

test("a day is asked for as the moment it begins where somebody looks, and shown as a day again", () => {
  for (const day of ["2026-03-08", "2026-11-01", "2024-02-29", "2026-12-31"]) {
    const at = new Date(momentOf(day));
    expect([at.getHours(), at.getMinutes()]).toEqual([0, 0]);
    expect([dayOf(momentOf(day)), dayOf(day)]).toEqual([day, day]);
  }
  expect([momentOf(""), dayOf("")]).toEqual(["", ""]);
  expect(momentOf("2026-11-21T02:00:00Z")).toBe("2026-11-21T02:00:00Z");
  expect(dayOf("no day")).toBe("no day");
});
