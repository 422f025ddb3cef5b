/** Bodies that nearly fit a description, and rubbish. */
import fc from "fast-check";
import { fitting, ODD_VALUES, type Schema, type Schemas } from "./fuzz-values.ts";

/** Numbers and words that JSON.stringify would not write. */
const RAW = ["1e999", "-1e999", "NaN", "undefined", "01", "1.", '"\u0001"', "1".repeat(400)];
/** Deep, but not so deep that making it is the test. */
const NESTED: readonly string[] = [100, 5000].flatMap((depth) => [
  "[".repeat(depth) + "]".repeat(depth),
  `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  "[".repeat(depth),
]);

/** JSON texts that nearly fit: one or two places of a fitting one are wrong. */
export function nearly(schema: Schema, schemas: Schemas): fc.Arbitrary<string> {
  const harm = fc.record({
    place: fc.nat(1000),
    how: fc.constantFrom("replace", "remove", "add", "wrap", "raw", "nest", "cut"),
    value: fc.constantFrom(...ODD_VALUES),
    raw: fc.constantFrom(...RAW),
    nested: fc.constantFrom(...NESTED),
  });
  return fc
    .tuple(fitting(schema, schemas), fc.array(harm, { minLength: 1, maxLength: 2 }))
    .map(([value, harms]) => harms.reduce(harmed, JSON.stringify(value) ?? "null"));
}

type Harm = {
  readonly place: number;
  readonly how: string;
  readonly value: unknown;
  readonly raw: string;
  readonly nested: string;
};

const HOLE = "\u0001hole\u0001";

function harmed(text: string, { place, how, value: given, raw, nested }: Harm): string {
  if (how === "cut") return text.slice(0, place % (text.length + 1));
  // A copy: the next harm may be done to it.
  const value: unknown = structuredClone(given);
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return text;
  }
  if (how === "wrap") return JSON.stringify([whole]);
  const places = placesIn(whole);
  const chosen = places[place % Math.max(1, places.length)];
  if (chosen === undefined) return JSON.stringify(value) ?? "null";
  const { of, name } = chosen;
  if (how === "remove") Reflect.deleteProperty(of, name);
  else if (how === "add" && Array.isArray(of)) of.push(value);
  else if (how === "add") Object.assign(of, { [String(value)]: value, extra: "MINE" });
  else Reflect.set(of, name, how === "replace" ? value : HOLE);
  const filled = JSON.stringify(whole);
  return filled.replace(JSON.stringify(HOLE), () => (how === "nest" ? nested : raw));
}

type Place = { readonly of: object; readonly name: string };

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    { of: value, name },
    ...placesIn(inner),
  ]);
}

/** Bodies of anything at all. */
export const rubbish: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.json(),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.uint8Array({ maxLength: 60 }),
  fc.constantFrom(...RAW, ...NESTED, "", "{", "\ufeff{}", '{"a":1}{"b":2}', "null", '"MINE"'),
);
