/**
 * Names for schemas, and how they become JSON Schema: every named shape once,
 * under #/components/schemas, and referred to from everywhere else.
 */
import { z } from "zod";

const named = z.registry<{ readonly id: string }>();

/** Names a schema; its type stays what it was. */
export function shape<Value>(id: string, schema: z.ZodType<Value>): z.ZodType<Value> {
  named.add(schema, { id });
  return schema;
}

/** A whole number from zero. */
export const count: z.ZodNumber = z.number().int().min(0);
/** A moment. */
export const utc: z.ZodString = z.string().meta({ description: "UTC, ISO 8601 with milliseconds" });

/** JSON Schema (2020-12) of every named shape, as OpenAPI 3.1 takes it. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const { schemas } = z.toJSONSchema(named, {
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: "any",
    io: "input",
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  );
}
