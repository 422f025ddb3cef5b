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

/** The fields of a page of rows. */
export function listingOf<Row>(row: z.ZodType<Row>): {
  readonly data: z.ZodReadonly<z.ZodArray<z.ZodType<Row>>>;
  readonly next_cursor: z.ZodNullable<z.ZodString>;
  readonly has_more: z.ZodBoolean;
} {
  return {
    data: z.array(row).readonly(),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: "for ?cursor= with the same filter and order" }),
    has_more: z.boolean(),
  };
}

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
