/** Parameters that listings share, and the shape of a page. */
import {
  cursorOf,
  type MessageFilter,
  PAGE_MAX,
  type Page,
  type PageAsk,
  placeOf,
  type Role,
  utcOf,
} from "@verbatim/core";
import { z } from "zod";
import type { Listing } from "../contract.ts";
import { type Asked, word } from "./query.ts";

const PAGE_DEFAULT = 50;

/** limit and cursor, as every listing takes them. */
export const pageFields: { readonly limit: z.ZodType<number>; readonly cursor: Asked<string> } = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_MAX)
    .default(PAGE_DEFAULT)
    .meta({ description: "rows of a page" }),
  cursor: word("next_cursor of the page before; for the same filter and order only"),
};

/** The filters of messages; a day means its beginning in UTC, a moment needs a zone. */
export const filterFields: {
  readonly source: Asked<string>;
  readonly author: Asked<string>;
  readonly role: Asked<Role>;
  readonly chain_type: Asked<string>;
  readonly ace_tier: Asked<"A" | "C" | "E" | "unclassified">;
  readonly tag: Asked<string>;
  readonly model: Asked<string>;
  readonly session: Asked<string>;
  readonly user: Asked<string>;
  readonly since: Asked<string>;
  readonly until: Asked<string>;
  readonly records: Asked<boolean>;
} = {
  source: word("who told us: claude-code, api, …"),
  author: word("the author's name"),
  role: z
    .enum(["user", "assistant", "system", "tool", "agent"])
    .optional()
    .meta({ description: "the author's role" }),
  chain_type: word("enrichment.chain_type"),
  ace_tier: z
    .enum(["A", "C", "E", "unclassified"])
    .optional()
    .meta({ description: "enrichment.ace_tier" }),
  tag: word("one of enrichment.shl_tags"),
  model: word("the model that said it"),
  session: word("session_id"),
  user: word("name of an author whose role is user"),
  since: moment("said at or after: a day (its beginning, UTC) or a moment with its zone"),
  until: moment("said before: a day (its beginning, UTC) or a moment with its zone"),
  records: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional()
    .meta({ description: "true gives the source's bookkeeping too: titles, snapshots, progress" }),
};

function moment(description: string): Asked<string> {
  return z
    .string()
    .transform((text, context) => {
      const day = /^\d{4}-\d\d-\d\d$/.test(text) ? utcOf(`${text}T00:00:00Z`) : null;
      const found = utcOf(text) ?? day;
      if (found !== null) return found;
      const message = "must be ISO 8601, like 2026-11-21 or 2026-11-21T02:00:00Z";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .optional()
    .meta({ description });
}

type Given = { readonly [Name in keyof MessageFilter]: MessageFilter[Name] | undefined };

/** The filter without what was not asked for. */
export function filterOf(given: Given): MessageFilter {
  const { source, author, role, chain_type, ace_tier, tag } = given;
  const { model, session, user, since, until, records } = given;
  return known({
    source,
    author,
    role,
    chain_type,
    ace_tier,
    tag,
    model,
    session,
    user,
    since,
    until,
    records,
  });
}

type Known<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields that have a value. */
export function known<Fields extends object>(fields: Fields): Known<Fields> {
  const found: Known<Fields> = {};
  for (const name in fields) {
    const value = fields[name];
    if (isGiven(value)) found[name] = value;
  }
  return found;
}

function isGiven<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined;
}

/** The page that is asked for; `question` binds its cursor. */
export function pageOf(
  asked: { readonly limit: number; readonly cursor?: string | undefined },
  question: string,
): PageAsk {
  return asked.cursor === undefined
    ? { limit: asked.limit }
    : { limit: asked.limit, after: placeOf(asked.cursor, question) };
}

/** A page as the wire has it. */
export function listingOf<Row, Shown>(
  page: Page<Row>,
  question: string,
  show: (row: Row) => Shown,
): Listing<Shown> {
  return {
    data: page.rows.map(show),
    next_cursor: page.next === null ? null : cursorOf(page.next, question),
    has_more: page.next !== null,
  };
}
