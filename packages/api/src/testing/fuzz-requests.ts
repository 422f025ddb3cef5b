/** Requests made from the API's own description: such as fit it, such as nearly do, and rubbish. */
import fc from "fast-check";
import { nearly, rubbish } from "./fuzz-harm.ts";
import { fitting, ODD, parameter, type Schema, type Schemas } from "./fuzz-values.ts";
import { type FuzzWorld, OWNERS, type Owner } from "./fuzz-world.ts";

type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
};
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
export type Described = {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, Omit<Operation, "method" | "path">>>>
  >;
  readonly components: { readonly schemas: Schemas };
};

/** A question that does not know yet who asks it. */
export type Question = {
  readonly operation: Operation;
  readonly method: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  /** Which of the owners ask it. */
  readonly owners: readonly [number, number];
};

/** Every operation that is described. */
export function operationsIn({ paths }: Described): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      ...one,
      path,
      method: method.toUpperCase(),
    })),
  );
}

/** Questions of any of these; those that can be asked in one way only are asked less. */
export function questionsOf(
  operations: readonly Operation[],
  schemas: Schemas,
): fc.Arbitrary<Question> {
  const some = operations.flatMap((one) => {
    const weight = one.parameters === undefined && one.requestBody === undefined ? 1 : 6;
    return [true, false].map((isPlain) => ({ weight, arbitrary: asked(one, schemas, isPlain) }));
  });
  return fc.oneof(...some);
}

function asked(operation: Operation, schemas: Schemas, isPlain: boolean): fc.Arbitrary<Question> {
  const named = (place: Parameter["in"]) => valuesOf(operation, schemas, place, isPlain);
  const wrong = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");
  const right = { weight: 20, arbitrary: fc.constant(operation.method) };
  const stray = fc.tuple(fc.constantFrom("x", "user", ...ODD), fc.constantFrom(...ODD));
  const strays = fc.option(stray, { freq: 5 }).map((one) => Object.fromEntries(one ? [one] : []));
  return fc.record({
    operation: fc.constant(operation),
    method: isPlain ? right.arbitrary : fc.oneof(right, { weight: 1, arbitrary: wrong }),
    path: named("path"),
    query: isPlain ? named("query") : merged(named("query"), strays),
    headers: isPlain ? named("header") : merged(named("header"), strayHeaders),
    body: bodyOf(operation, schemas, isPlain),
    owners: fc.tuple(fc.nat(OWNERS.length - 1), fc.nat(OWNERS.length - 1)),
  });
}

type Texts = Readonly<Record<string, string>>;

/** Values of the parameters of one place: all in a path, a few elsewhere. */
function valuesOf(
  { path, parameters = [] }: Operation,
  schemas: Schemas,
  place: Parameter["in"],
  isPlain: boolean,
): fc.Arbitrary<Texts> {
  const noun = path.split("/")[2] ?? "";
  const some = parameters.filter((one) => one.in === place);
  const must = new Set(
    some.flatMap((one) => (place === "path" || one.required === true ? [one.name] : [])),
  );
  const values = some.map(({ name, schema }) => {
    const value = parameter({ name, noun }, schema, schemas, isPlain);
    // `freq` is how many times more often there is none.
    const given = must.has(name) ? value : fc.option(value, { freq: 1 });
    return fc.tuple(fc.constant(name), given);
  });
  return fc
    .tuple(...values)
    .map((all) =>
      Object.fromEntries(all.flatMap(([name, text]) => (text === null ? [] : [[name, text]]))),
    );
}

function merged(one: fc.Arbitrary<Texts>, other: fc.Arbitrary<Texts>): fc.Arbitrary<Texts> {
  return fc.tuple(one, other).map(([first, more]) => ({ ...first, ...more }));
}

const strayHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { "content-type": "text/plain" },
      { "content-type": "application/json; charset=latin1" },
      { "idempotency-key": "k-1" },
      { "idempotency-key": "x".repeat(256) },
      { "if-match": "\u00ff" },
      { "content-length": "99999999999" },
      { accept: "image/png" },
      { authorization: "Bearer nobodys" },
      { authorization: "\u00ff" },
    ),
  },
);

function bodyOf(
  { requestBody }: Operation,
  schemas: Schemas,
  isPlain: boolean,
): fc.Arbitrary<Question["body"]> {
  const schema = requestBody?.content["application/json"]?.schema;
  const nothing = fc.constant(null);
  if (schema === undefined)
    return isPlain ? nothing : fc.oneof({ weight: 8, arbitrary: nothing }, rubbish);
  const fits = fitting(schema, schemas).map((value) => JSON.stringify(value));
  if (isPlain) return fits;
  return fc.oneof(
    { weight: 1, arbitrary: fits },
    { weight: 6, arbitrary: nearly(schema, schemas) },
    { weight: 1, arbitrary: rubbish },
  );
}

/** The request as its owner sends it, or null when no client could. */
export function requestOf(question: Question, owner: Owner, world: FuzzWorld): Request | null {
  const { operation, method, query, body } = question;
  const said = (text: string): string => filled(text, owner, world);
  const named = (text: string): string => encodeURIComponent(said(text).toWellFormed());
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    named(question.path[name] ?? ""),
  );
  const words = Object.entries(query).map(([name, value]) => `${named(name)}=${named(value)}`);
  const headers = Object.entries(question.headers).map(
    ([name, value]) => [name, value.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, "")] as const,
  );
  const hasBody = body !== null && method !== "GET" && method !== "HEAD";
  const type = hasBody ? { "content-type": "application/json" } : {};
  const sent = typeof body === "string" ? said(body) : new Uint8Array(body ?? []);
  // `.` and `..` are taken out of a path before it is sent: then it asks another route.
  if (path.split("/").some((part) => part === "." || part === "..")) return null;
  try {
    return new Request(`http://localhost${path}${words.length > 0 ? "?" : ""}${words.join("&")}`, {
      method,
      headers: { authorization: `Bearer ${owner.token}`, ...type, ...Object.fromEntries(headers) },
      ...(hasBody ? { body: sent } : {}),
    });
  } catch {
    return null;
  }
}

/** With what only the world and who asks can say. */
function filled(text: string, { marker, user }: Owner, { cited, cursor }: FuzzWorld): string {
  const own = text.replaceAll("MINE", marker).replaceAll("OWN", user ?? "ada");
  return cited.get(own) ?? own.replace("CURSOR", () => cursor.last);
}
