/**
 * Values for a description of JSON that fit it. Such as do not are in fuzz-harm.ts.
 * `MINE` in a text becomes the marker of whoever sends it (fuzz-world.ts).
 */
import fc from "fast-check";
import { A_RECEIPT } from "./forgets.ts";

/** As much of JSON Schema as our description uses. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
};
export type Schemas = Readonly<Record<string, Schema>>;

/** Names of what there is (fuzz-world.ts), and of what is not. */
const NAMES: readonly string[] = [
  "ada",
  "bob",
  "acme/ada",
  "s:1",
  "c/1",
  "m-1",
  "ada-cited",
  "bob-cited",
  "ingest",
  "7",
  "1",
  "s-1",
  "nobody",
];
/** What ids and texts are seldom tried with. */
export const ODD: readonly string[] = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "x\udfff",
  "..",
  "../../etc/passwd",
  "%",
  "%00",
  "%2e%2e%2f",
  "%ff",
  "a/b?c#d",
  "\\",
  '"',
  "'; drop table x; --",
  "{{7*7}}",
  "\u202eabc",
  "👩‍👩‍👧‍👦",
  "é".normalize("NFD"),
  "\ufeff",
  "\r\nx-evil: 1",
  "null",
  "NaN",
  "Infinity",
  "-1",
  "0",
  "1e309",
  "9007199254740993",
  "0x10",
  "__proto__",
  "constructor",
  "if://citation/x",
  "x".repeat(512),
  "x".repeat(513),
];
const TIMES = [
  "2026-01-01",
  "2026-01-01T00:00:00Z",
  "0000-01-01",
  "9999-12-31T23:59:59Z",
  "soon",
  "2026-02-30",
  "-271821-04-20",
];
const NUMBERS = [0, -0, 1, -1, 0.5, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 5e-324];
/** Values of any kind. */
export const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [null],
  [[]],
  { MINE: 1 },
  ...NUMBERS,
  ...ODD,
  "MINE",
  "x".repeat(10_001),
];
const texts: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("MINE", "MINE | *b* <i>", "# MINE\n\n---\n", "MINE\u0007"),
  },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD, ...TIMES) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
);

/** A value for a parameter of a route about `noun`: one that is usual, or anything. */
export function parameter(
  { name, noun }: { readonly name: string; readonly noun: string },
  schema: Schema,
  schemas: Schemas,
  isPlain: boolean,
): fc.Arbitrary<string> {
  const usual = USUAL[`${noun} ${name}`] ?? USUAL[name];
  const plain =
    usual === undefined ? fitting(schema, schemas).map(inText) : fc.constantFrom(...usual);
  if (isPlain) return plain;
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 1, arbitrary: fc.constantFrom(...ODD, ...TIMES, ...NUMBERS.map(String)) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  );
}

/** What is in the world, so that questions meet something; `OWN` and `CURSOR` become what they say. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  user: ["OWN", "OWN", "OWN", "ada", "bob"],
  user_id: ["OWN"],
  session: ["s:1", "s:1", "s-1"],
  session_id: ["s:1", "s-1", "s-2"],
  message: ["m-1", "m-2"],
  message_id: ["m-1", "m-3", "m-4"],
  trigger_message_id: ["m-1"],
  at: ["m-1"],
  "conversations id": ["c/1"],
  "citations id": ["OWN-cited", "bob-cited"],
  "sessions id": ["s-1"],
  "imports id": ["7"],
  "reports id": ["7", "analytics_report_20260101_000000"],
  "exports id": ["8", "export_20260101_000000"],
  "rebuilds id": ["9"],
  "checkpoints id": ["8", "20260101_000001_auto"],
  "forgets id": [A_RECEIPT],
  "keys name": ["ada", "bob", "nobody"],
  "alerts name": ["ada", "bob", "nobody"],
  id: ["7", "8", "9", "s-1"],
  queue: ["ingest", "report", "export", "rebuild"],
  seq: ["1", "2"],
  limit: ["1", "50"],
  since: ["2025-01-01", "2026-01-01T00:00:00Z"],
  until: ["2026-02-01", "2027-01-01T00:00:00Z"],
  after: ["0", "29"],
  after_seq: ["0", "2"],
  paths: ["/a"],
  "If-Match": ["*", '"1"', '"7"', '"1", "2"'],
  "Idempotency-Key": ["k-1", "k-2"],
  "Last-Event-ID": ["0", "12"],
  cursor: ["CURSOR"],
};

function inText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Values that fit a description. */
export function fitting(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  const one = resolved(schema, schemas);
  const { enum: names, anyOf, oneOf, allOf } = one;
  if ("const" in one) return fc.constant(one.const);
  if (names !== undefined) return fc.constantFrom(...names);
  const some = anyOf ?? oneOf;
  if (some !== undefined) return fc.oneof(...some.map((inner) => fitting(inner, schemas)));
  if (allOf !== undefined)
    return fc
      .tuple(...allOf.map((inner) => fitting(inner, schemas)))
      .map((parts) => Object.assign({}, ...parts.map(Object)));
  const types = typeof one.type === "string" ? [one.type] : (one.type ?? []);
  return types.length === 0
    ? fc.constantFrom(...ODD_VALUES)
    : fc.oneof(...types.map((type) => ofType(type, one, schemas)));
}

/** What a reference stands for. */
function resolved(schema: Schema, schemas: Schemas): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function ofType(type: string, schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  if (type === "object") return anObject(schema, schemas);
  if (type === "array") {
    const { items = {}, minItems = 0 } = schema;
    return fc.array(fitting(items, schemas), { minLength: minItems, maxLength: minItems + 2 });
  }
  if (type === "string") return aText(schema);
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  return aNumber(type, schema);
}

function anObject({ properties = {}, required = [] }: Schema, schemas: Schemas) {
  const fields = Object.entries(properties).map(([name, inner]) => {
    const usual = USUAL[name] ?? [];
    const fits = fitting(inner, schemas);
    if (inner.type === "string" && usual.length > 0)
      return [name, fc.oneof(fc.constantFrom(...usual), fits)] as const;
    if (inner.type === "array" && usual.length > 0)
      return [name, fc.oneof(fc.constant(usual), fits)] as const;
    return [name, fits] as const;
  });
  const names = required.filter((name) => Object.hasOwn(properties, name));
  const any = fc.record(Object.fromEntries(fields), { requiredKeys: names, noNullPrototype: true });
  // Of many that may be left out, most together contradict each other: some say little.
  const few = fc
    .tuple(any, fc.constantFrom("", ...Object.keys(properties)))
    .map(([value, kept]) =>
      Object.fromEntries(
        Object.entries(value).filter(([name]) => name === kept || names.includes(name)),
      ),
    );
  return fc.oneof({ weight: 3, arbitrary: any }, few);
}

function aText({ minLength = 0, maxLength = 20_000 }: Schema): fc.Arbitrary<string> {
  const long = Math.min(maxLength, 10_000);
  const bounds = [minLength, long].map((length) => fc.constant("x".repeat(length)));
  const fits = texts.filter(({ length }) => length >= minLength && length <= maxLength);
  return fc.oneof({ weight: 30, arbitrary: fits }, ...bounds);
}

function aNumber(type: string, { minimum = -1e6, maximum = 1e6 }: Schema): fc.Arbitrary<number> {
  const bounds = fc.constantFrom(minimum, maximum);
  if (type === "integer") {
    const max = Math.min(maximum, Number.MAX_SAFE_INTEGER);
    const min = Math.max(minimum, Number.MIN_SAFE_INTEGER);
    return fc.oneof(fc.integer({ min, max: Math.min(max, min + 1000) }), fc.constantFrom(min, max));
  }
  return fc.oneof(fc.double({ min: minimum, max: maximum, noNaN: true }), bounds);
}
