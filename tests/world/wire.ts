/**
 * Types as the compiler reads them against JSON Schema as a server describes
 * itself: what we send must be taken, and what is answered must be as promised.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const ROOT = join(import.meta.dir, "../..");

/** JSON Schema, as far as the description uses it. */
type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  /** False: no more than the first ones. */
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Operation = {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
export type Described = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

/** Each route of a table of routes, with the types of its parts: body, query, answer. */
export type Table = {
  readonly checker: ts.TypeChecker;
  readonly routes: ReadonlyMap<string, ReadonlyMap<string, ts.Type>>;
};

/** The type `name` of a file, as a table of routes. */
export function tableIn(file: string, name: string): Table {
  const text = readFileSync(join(ROOT, "tsconfig.json"), "utf8");
  const { tsBuildInfoFile: _, ...own } = ts.parseConfigFileTextToJson("tsconfig.json", text).config
    .compilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson({ ...own, incremental: false }, ROOT);
  const path = join(ROOT, file);
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);
  const table = exported.find((one) => one.name === name);
  if (table === undefined) throw new Error(`${file} exports no ${name}`);
  const partsOf = (type: ts.Type): readonly (readonly [string, ts.Type])[] =>
    checker
      .getPropertiesOfType(type)
      .map((one) => [one.name, checker.getTypeOfSymbol(one)] as const);
  const routes = partsOf(checker.getDeclaredTypeOfSymbol(table));
  return {
    checker,
    routes: new Map(routes.map(([route, type]) => [route, new Map(partsOf(type))])),
  };
}

/** Everything in which a table and a description differ, each as `route where: what`. */
export function differences({ checker, routes }: Table, described: Described): readonly string[] {
  return [...routes].flatMap(([route, parts]) => {
    const [method = "", path = ""] = route.split(" ");
    const operation = described.paths[path]?.[method.toLowerCase()];
    if (operation === undefined) return [`${route}: there is no such route`];
    const sent: Look = { checker, described, way: "sent" };
    const body = operation.requestBody?.content["application/json"]?.schema;
    const found = [
      ...asked(sent, parts.get("query"), querySchema(operation), "?"),
      ...asked(sent, parts.get("body"), body, "body"),
      ...answered({ ...sent, way: "got" }, parts.get("answer"), operation),
    ];
    return found.map((one) => `${route} ${one}`);
  });
}

type Look = {
  readonly checker: ts.TypeChecker;
  readonly described: Described;
  readonly way: "sent" | "got";
};

function querySchema({ parameters = [] }: Operation): Schema {
  const named = parameters.filter((one) => one.in === "query");
  return {
    type: "object",
    properties: Object.fromEntries(named.map(({ name, schema }) => [name, schema])),
    required: named.filter(({ required }) => required).map(({ name }) => name),
  };
}

function asked(
  look: Look,
  type: ts.Type | undefined,
  schema: Schema | undefined,
  at: string,
): readonly string[] {
  if (type !== undefined)
    return schema === undefined ? [`${at}: none is taken`] : misfits(look, type, schema, at);
  return (schema?.required ?? []).map((name) => `${at}.${name}: must be there`);
}

function answered(
  look: Look,
  type: ts.Type | undefined,
  { responses }: Operation,
): readonly string[] {
  if (type === undefined) return ["answer: there is no type for it"];
  return Object.entries(responses).flatMap(([status, { content = {} }]) =>
    !status.startsWith("2")
      ? []
      : Object.entries(content).flatMap(([mime, { schema }]) =>
          misfits(look, type, mime === "application/json" ? schema : { type: "string" }, status),
        ),
  );
}

/** The plain schemas that a schema allows. */
function variantsOf(schema: Schema, described: Described): readonly Schema[] {
  const several = schema.anyOf ?? schema.oneOf;
  if (several !== undefined) return several.flatMap((one) => variantsOf(one, described));
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/components/schemas/", "");
    return variantsOf(described.components.schemas[name] ?? { const: `no ${name}` }, described);
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => ({ const: value }));
  if (typeof schema.type !== "object") return [schema];
  return schema.type.map((type) => ({ ...schema, type }) as Schema);
}

function misfits(look: Look, type: ts.Type, schema: Schema, at: string): readonly string[] {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
  const members = (type.isUnion() ? type.types : [type]).filter(
    ({ flags }) => !(flags & ts.TypeFlags.Undefined),
  );
  const variants = variantsOf(schema, look.described);
  return look.way === "sent"
    ? members.flatMap((one) => fewest(variants.map((variant) => pair(look, one, variant, at))))
    : variants.flatMap((variant) => fewest(members.map((one) => pair(look, one, variant, at))));
}

/** Of several that could be meant, the one that is nearest. */
function fewest(found: readonly (readonly string[])[]): readonly string[] {
  return found.toSorted((one, other) => one.length - other.length)[0] ?? ["nothing fits"];
}

function pair(look: Look, type: ts.Type, schema: Schema, at: string): readonly string[] {
  if ("const" in schema)
    return constantFits(look, type, schema.const) ? [] : [`${at}: no ${schema.const}`];
  // A schema that says nothing allows everything.
  if (schema.type === undefined) return [];
  if (schema.type === "array") return elements(look, type, schema, at);
  if (schema.type === "object") return fields(look, type, schema, at);
  return isKind(type, String(schema.type)) ? [] : [`${at}: is ${schema.type}`];
}

function elements(look: Look, type: ts.Type, schema: Schema, at: string): readonly string[] {
  const inner = look.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (inner === undefined) return [`${at}: is an array`];
  const { prefixItems = [], items } = schema;
  const each = items ? [...prefixItems, items] : prefixItems;
  return each.flatMap((item) => misfits(look, inner, item, `${at}[]`));
}

function fields(look: Look, type: ts.Type, schema: Schema, at: string): readonly string[] {
  if (!(type.flags & ts.TypeFlags.Object) && !type.isIntersection()) return [`${at}: is an object`];
  // An object of any names.
  const { properties, required = [] } = schema;
  if (properties === undefined) return [];
  const given = look.checker.getPropertiesOfType(type);
  const firm = new Set(given.filter((one) => !isOptional(one)).map(({ name }) => name));
  const lacking =
    look.way === "sent"
      ? required.filter((name) => !firm.has(name)).map((name) => `${at}.${name}: must be there`)
      : [...firm]
          .filter((name) => name in properties && !required.includes(name))
          .map((name) => `${at}.${name}: may be left out`);
  const wrong = given.flatMap((one) => {
    const inner = properties[one.name];
    const where = `${at}.${one.name}`;
    if (inner === undefined) return [`${where}: there is none`];
    return misfits(look, look.checker.getTypeOfSymbol(one), inner, where);
  });
  return [...lacking, ...wrong];
}

function isOptional({ flags }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Optional) !== 0;
}

function constantFits({ way }: Look, type: ts.Type, value: unknown): boolean {
  if (type.isLiteral()) return type.value === value;
  if (typeof value === "boolean") return isKind(type, "boolean");
  return way === "got" && isKind(type, typeof value);
}

function isKind({ flags }: ts.Type, kind: string): boolean {
  return (flags & (KINDS[kind] ?? 0)) !== 0;
}

const KINDS: Readonly<Record<string, ts.TypeFlags>> = {
  string: ts.TypeFlags.StringLike,
  number: ts.TypeFlags.NumberLike,
  integer: ts.TypeFlags.NumberLike,
  boolean: ts.TypeFlags.BooleanLike,
  null: ts.TypeFlags.Null,
};
