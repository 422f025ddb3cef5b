import { expect, test } from "bun:test";
import { hash } from "node:crypto";
import fc from "fast-check";
import { makeSettle } from "../settle/settle.ts";
import { anEntry } from "../testing/samples.ts";
import { entryOfLine, erasedEntry, keptEntry, lineOf, withheldEntry } from "./line.ts";
import { CHECKPOINT_COLUMNS, rowsOf } from "./row.ts";

const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");
const settle = makeSettle({ sha256 });
const at = (name: string): number => CHECKPOINT_COLUMNS.findIndex((one) => one.name === name);

const raws = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
  fc
    .constantFrom("\ufeffbom", "", "\u2028 \n \r\n", "],{")
    .map((text) => new TextEncoder().encode(text)),
);

test("C22: whatever was heard is read back byte for byte, with its source, key and time", () => {
  fc.assert(
    fc.property(
      raws,
      fc.string({ unit: "binary" }).map((key) => key.toWellFormed()),
      fc.boolean(),
      (raw, key, comma) => {
        const entry = { ...anEntry(7, { raw }), key };
        const line = `${lineOf(keptEntry({ entry, messages: [], aside: "?" }))}${comma ? "," : ""}`;
        expect(line).not.toContain("\n");
        const read = entryOfLine(line);
        expect(read).toEqual({ ...entry, withheld: null, aside: "?", messages: [] });
      },
    ),
  );
});

test("what was read from it stands beside it, as the API shows it", () => {
  const settled = settle(anEntry(3));
  expect(settled.messages.length).toBeGreaterThan(0);
  expect(entryOfLine(lineOf(keptEntry(settled)))?.messages).toEqual(settled.messages);
});

test("rubbish is no entry, and breaks nothing", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(entryOfLine(text)).toBeNull();
    }),
  );
  const place = '"seq":1,"at":"t","source":"s","key":"k"';
  expect(entryOfLine(`{${place}}`)).toBeNull();
  expect(
    entryOfLine(`{${place},"raw":"x","withheld":{"why":"","bytes":1,"sha256":""}}`),
  ).toBeNull();
});

test("C25: the bytes of an entry stand on its first row, once, also where it holds no message", () => {
  const entry = anEntry(3);
  const [message] = settle(entry).messages;
  if (message === undefined) throw new Error("a message");
  const two = [message, { ...message, sub: 1 }];
  const rows = rowsOf(keptEntry({ entry, messages: two, aside: null }));
  expect(rows.map((row) => row[at("raw")])).toEqual([entry.raw, null]);
  expect(rows.map((row) => row[at("sub")])).toEqual([0, 1]);
  const [aside, ...more] = rowsOf(keptEntry({ entry, messages: [], aside: "why not" }));
  expect(more).toEqual([]);
  expect(["kind", "why", "raw", "seq", "text"].map((name) => aside?.[at(name)])).toEqual([
    ...["aside", "why not", entry.raw, 3, null],
  ]);
});

test("of what is withheld there is a digest and no word", () => {
  const secret = new TextEncoder().encode('{"text":"wolpertinger"}');
  const entry = { ...anEntry(9, { raw: secret }), key: "ada/1" };
  const kept = keptEntry({ ...settle(entry), entry });
  const gone = [withheldEntry(entry, "deleted", sha256), erasedEntry(kept, "forgotten", sha256)];
  for (const one of gone) {
    expect(lineOf(one) + JSON.stringify(rowsOf(one))).not.toContain("wolper");
    expect(entryOfLine(lineOf(one))).toEqual(one);
    expect(one.withheld).toMatchObject({ bytes: secret.length, sha256: sha256(secret) });
  }
  expect(gone.map(({ key }) => key)).toEqual(["ada/1", "erased/9"]);
  const ofFile = erasedEntry({ ...kept, key: "-home-x/a.jsonl#1@0" }, "forgotten", sha256);
  expect(ofFile.key).toBe("-home-x/a.jsonl#1@0");
});
