import { expect, test } from "bun:test";
import { bytesText, columns, durationText, oneLine, shown } from "./text.ts";

test("nothing a message says is obeyed by a terminal", () => {
  expect(shown("a\u001b[31mred\u0007\u009b2J\r\nb\tc")).toBe("a[31mred2J\nb\tc");
});

test("columns line up by what is seen, not by what is stored", () => {
  const widthOf = (text: string): number => Bun.stringWidth(text);
  expect(
    columns(
      [
        ["日本", "1"],
        ["abc", "22"],
      ],
      widthOf,
      [1],
    ),
  ).toBe("日本   1\nabc   22");
});

test("sizes, ages and lines are short", () => {
  expect([bytesText(999), bytesText(1500), bytesText(31_000_000)]).toEqual([
    "999 B",
    "1.5 KB",
    "31 MB",
  ]);
  expect([durationText(12), durationText(90_000), durationText(90_000_000)]).toEqual([
    "12 ms",
    "1 min 30 s",
    "1 d 1 h",
  ]);
  expect(oneLine("a\n  b  c", 4)).toBe("a b…");
});
