/** Pages of things that have names of their own: the cursor of a page is its last one's name. */
import { VerbatimError } from "@verbatim/core";

/** A page of names, and what its listing says of the pages after it. */
type NamedPage = {
  readonly names: readonly string[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
};

/**
 * A page of `all`. Throws `input_invalid` for a cursor that is none of them;
 * `placeOf` may know where one that is gone had its place.
 */
export function namedPage(
  all: readonly string[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  { what, placeOf = () => null }: Naming,
): NamedPage {
  const after = cursor === undefined ? -1 : placeIn(all, cursor, { what, placeOf });
  const names = all.slice(after + 1, after + 1 + limit);
  const last = names.at(-1);
  const has_more = last !== undefined && all.at(-1) !== last;
  return { names, next_cursor: has_more ? last : null, has_more };
}

/** What the things are called, for whoever asks wrongly. */
type Naming = {
  readonly what: string;
  readonly placeOf?: (cursor: string) => number | null;
};

function placeIn(
  all: readonly string[],
  cursor: string,
  { what, placeOf }: Required<Naming>,
): number {
  const place = all.indexOf(cursor);
  const found = place === -1 ? placeOf(cursor) : place;
  if (found !== null) return found;
  throw new VerbatimError(
    "input_invalid",
    `is of no ${what} that is there; ask for the first page`,
    { facts: { parameter: "cursor" } },
  );
}
