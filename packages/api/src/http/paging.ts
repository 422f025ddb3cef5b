/** Parameters that listings share, and the shape of a page. */
import type { z } from "@hono/zod-openapi";
import { cursorOf, type MessageFilter, type Page, type PageAsk, placeOf } from "@verbatim/core";
import type { Listing } from "../contract.ts";

type Given = { readonly [Name in keyof MessageFilter]: MessageFilter[Name] | undefined };

/** The filter without what was not asked for. */
export function filterOf(given: Given): MessageFilter {
  const { source, author, role, chain_type, ace_tier, tag, session, user, since, until, records } =
    given;
  const all = {
    source,
    author,
    role,
    chain_type,
    ace_tier,
    tag,
    session,
    user,
    since,
    until,
    records,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
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

/** What is wrong with parameters, as a problem's errors. */
export function errorsOf(
  error: z.ZodError,
): readonly { readonly path: string; readonly message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}
