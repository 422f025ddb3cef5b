/** Cutting bytes into lines: any bytes, cut anywhere, give the same lines. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cutLines, isWholeRecord } from "./lines.ts";

const PIECE = 16;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Feeds the pieces one after another, as a reader does, and gives back the lines and what is held. */
function fed(pieces: readonly Uint8Array[]): {
  lines: readonly (readonly number[])[];
  held: number[];
} {
  const lines: number[][] = [];
  let held: number[] = [];
  for (const piece of pieces) {
    const bytes = Uint8Array.from([...held, ...piece]);
    let start = 0;
    for (const end of cutLines(bytes, PIECE).ends) {
      lines.push([...bytes.subarray(start, end)]);
      start = end;
    }
    held = [...bytes.subarray(start)];
  }
  return { lines, held };
}

describe("lines", () => {
  const someBytes = fc.uint8Array({ maxLength: 120 }).map((bytes) =>
    // Newlines are made common, or most examples would be one long line.
    bytes.map((byte) => (byte % 5 === 0 ? 10 : byte)),
  );

  test("T1: the lines are the same however the bytes arrive in pieces", () => {
    fc.assert(
      fc.property(someBytes, fc.array(fc.nat({ max: 120 })), (bytes, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
        expect(fed(pieces)).toEqual(fed([bytes]));
      }),
    );
  });

  test("T1: the lines and what is held back are the bytes, end to end", () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const { lines, held } = fed([bytes]);
        expect([...lines.flat(), ...held]).toEqual([...bytes]);
      }),
    );
  });

  test("T2: a line without its newline is held back until the newline comes", () => {
    const line = bytesOf('{"a":1}\r\n');
    for (let cut = 0; cut < line.length; cut += 1) {
      expect(cutLines(line.subarray(0, cut), PIECE)).toEqual({ ends: [], held: cut });
    }
    expect(cutLines(line, PIECE)).toEqual({ ends: [line.length], held: 0 });
  });

  test("a line longer than a piece is cut into pieces, and none of it is skipped", () => {
    const line = bytesOf(`${"x".repeat(PIECE * 2 + 3)}\nafter\n`);
    expect(cutLines(line, PIECE).ends).toEqual([PIECE, PIECE * 2, PIECE * 2 + 4, PIECE * 2 + 10]);
  });

  test("a line that is a whole piece with its newline stays one record", () => {
    const line = bytesOf(`${"x".repeat(PIECE - 1)}\n`);
    expect(cutLines(line, PIECE)).toEqual({ ends: [PIECE], held: 0 });
  });

  test("a record is whole when it ends a line or fills a piece", () => {
    expect(isWholeRecord(bytesOf("a\n"), PIECE)).toBe(true);
    expect(isWholeRecord(bytesOf("x".repeat(PIECE)), PIECE)).toBe(true);
    expect(isWholeRecord(bytesOf("a"), PIECE)).toBe(false);
  });
});
