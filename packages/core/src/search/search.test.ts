import { expect, test } from "bun:test";
import fc from "fast-check";
import { inAll, packPlaces, SEGMENT_SEQS, segmentOf, unpackPlaces } from "./postings.ts";
import { fits, queryOf } from "./query.ts";
import { snippetOf } from "./snippet.ts";
import { askedTerms, termsOf } from "./terms.ts";

test("F1: identifiers and paths are found whole and by their parts", () => {
  const terms = termsOf(
    "call parseHeader in src/journal/entry.ts, then user_id_count and HTTPServer2",
  );
  for (const word of [
    "parseheader",
    "parse",
    "header",
    "src/journal/entry.ts",
    "journal",
    "entry.ts",
    "entry",
    "user_id_count",
    "count",
    "httpserver2",
    "server",
  ]) {
    expect(terms).toContain(word);
  }
});

test("F2: every word of a text, typed as it stands, is found in it", () => {
  fc.assert(
    fc.property(
      fc.lorem({ maxCount: 30 }),
      fc.array(fc.stringMatching(/^[A-Za-z_./-]{1,20}$/)),
      (prose, words) => {
        const terms = termsOf(`${prose} ${words.join(" ")}`);
        for (const word of words)
          for (const asked of askedTerms(word)) expect(terms.has(asked)).toBe(true);
      },
    ),
  );
});

test("F3: places are unpacked as they were packed", () => {
  const place = fc.record({
    seq: fc.integer({ min: 3 * SEGMENT_SEQS + 1, max: 4 * SEGMENT_SEQS }),
    sub: fc.nat({ max: 300 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(place, { selector: (one) => one.seq * 1000 + one.sub }),
      (places) => {
        const sorted = places.toSorted((a, b) => a.seq - b.seq || a.sub - b.sub);
        expect(unpackPlaces(packPlaces(sorted, 3), 3)).toEqual(sorted);
      },
    ),
  );
  expect([segmentOf(1), segmentOf(SEGMENT_SEQS), segmentOf(SEGMENT_SEQS + 1)]).toEqual([0, 0, 1]);
});

test("places in all lists are those in each of them", () => {
  const at = (...seqs: number[]) => seqs.map((seq) => ({ seq, sub: 0 }));
  expect(inAll([at(1, 2, 3), at(2, 3, 4), at(3)])).toEqual(at(3));
  expect(inAll([])).toEqual([]);
});

test("a query tells words, phrases, beginnings and what must not be there", () => {
  expect(queryOf('torn "tail cut" -redis parse*')).toEqual({
    all: ["torn", "tail", "cut"],
    prefixes: ["parse"],
    phrases: ["tail cut"],
    none: ["redis"],
  });
  for (const typed of ["", "  ", "-only", '""', "***"])
    expect(() => queryOf(typed)).toThrow("try for instance");
});

test("phrases must stand together, and forbidden words must be absent", () => {
  const query = queryOf('"tail cut" -redis');
  expect(fits(query, "the Tail Cut here", () => termsOf("the Tail Cut here"))).toBe(true);
  expect(fits(query, "tail is cut", () => new Set())).toBe(false);
  expect(fits(query, "tail cut redis", () => termsOf("tail cut redis"))).toBe(false);
});

test("a snippet is the line around the first find, with every find marked", () => {
  const text = `${"x ".repeat(100)}the torn tail\nand the torn end`;
  const { text: line, marks } = snippetOf(text, queryOf("torn"));
  expect(marks.map(([start, end]) => line.slice(start, end))).toEqual(["torn", "torn"]);
  expect(line).not.toContain("\n");
});
