import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkpointIdOf, isCheckpointId, labelOf } from "./names.ts";

const AT = "2026-11-21T13:42:17.123Z";
const idOf = (label: string, taken: readonly string[] = []): string =>
  checkpointIdOf(AT, label, (id) => taken.includes(id));

test("a name says when by UTC and what for", () => {
  expect(idOf("before migration")).toBe("20261121_134217_before-migration");
  expect(idOf("Vor dem Umzug: Größe & Ünïcode!")).toBe(
    "20261121_134217_vor-dem-umzug-gro-e-unicode",
  );
});

test("C21: whatever the label is, the name is one that names a file in the folder and nothing else", () => {
  const labels = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "",
      ".",
      "..",
      "../../etc/passwd",
      "a/b\\c",
      "con",
      "\0",
      "x\ny",
      "-",
      "Ж",
      "x".repeat(400),
      "é".repeat(400),
    ),
  );
  fc.assert(
    fc.property(labels, (label) => {
      const id = idOf(label);
      expect(isCheckpointId(id)).toBe(true);
      expect(id).toMatch(/^[a-z0-9_-]{17,70}$/);
    }),
  );
}, 30_000);

test("C21: what is not such a name is refused", () => {
  const wrong = ["", "index", "../20261121_134217_x", "20261121_134217_x/y", "20261121_134217_"];
  const more = ["20261121_134217_x.json", "20261121_134217_X", "20261121_134217_x\n", "a20261121"];
  expect([...wrong, ...more].filter(isCheckpointId)).toEqual([]);
});

test("two of one second and one label have two names", () => {
  const first = idOf("x");
  const second = idOf("x", [first]);
  expect([second, idOf("x", [first, second])]).toEqual([`${first}-2`, `${first}-3`]);
});

test("a label is kept as it was typed, on one line and not endless", () => {
  expect(labelOf("  перед\tобновлением\u202e \n ")).toBe("перед обновлением");
  expect([...labelOf("👍".repeat(300))].length).toBe(200);
});
