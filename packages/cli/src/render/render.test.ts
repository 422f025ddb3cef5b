import { expect, test } from "bun:test";
import { bytesText, columns, durationText, oneLine, shortIds, shown } from "./text.ts";

test("nothing a message says is obeyed by a terminal", () => {
  expect(shown("a\u001b[31mred\u0007\u009b2J\r\nb\tc")).toBe("ared2J\nb\tc");
});

test("nothing a message says turns the direction of writing", () => {
  expect(shown("a\u202eb\u2066c\u200fd")).toBe("abcd");
});

test("ids are shown as short as they still differ", () => {
  const ids = ["agent-abcd-1", "agent-abcd-2", "7c9c0000-1111-2222", "x"];
  expect([...shortIds(ids).values()]).toEqual([
    "agent-abcd-1",
    "agent-abcd-2",
    "7c9c0000-111",
    "x",
  ]);
  expect(shortIds(["7c9c0000-1111", "7c9c0000-1111", "11111111-1"]).get("7c9c0000-1111")).toBe(
    "7c9c0000",
  );
  expect(shortIds(["\u202ea", "a"]).size).toBe(2);
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
