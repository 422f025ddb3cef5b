/** Listings that are longer than a page: rows as far as they were asked for, and more of them. */
import type { Listing } from "@verbatim/api/contract";
import useSWRInfinite from "swr/infinite";
import { address, ask, type Query, Refusal } from "./server.ts";

export type Rows<Row, Page extends Listing<Row> = Listing<Row>> = {
  readonly rows: readonly Row[];
  /** The first page, for what it says beside its rows. */
  readonly first: Page | undefined;
  readonly hasMore: boolean;
  readonly isAsking: boolean;
  readonly problem: Refusal | null;
  /** Asks for the next page; while one is on its way, nothing. */
  readonly more: () => void;
  readonly again: () => void;
};

/** Asks a listing page by page; nothing while `path` is null. */
export function useRows<Row, Page extends Listing<Row> = Listing<Row>>(
  path: string | null,
  query: Query = {},
): Rows<Row, Page> {
  const { data, error, size, setSize, isValidating, mutate } = useSWRInfinite<Page, unknown>(
    (_, before: Page | null) => urlOf(path, query, before),
    ask<Page>,
    { revalidateFirstPage: false, keepPreviousData: true },
  );
  const pages = data ?? [];
  const hasMore = pages.at(-1)?.has_more ?? false;
  return {
    rows: pages.flatMap((page) => page.data),
    first: pages[0],
    hasMore,
    isAsking: isValidating,
    problem:
      error === undefined
        ? null
        : error instanceof Refusal
          ? error
          : new Refusal(0, "unexpected", String(error)),
    more: () => {
      if (hasMore && !isValidating) void setSize(size + 1);
    },
    again: () => void mutate(),
  };
}

function urlOf(path: string | null, query: Query, before: Listing<unknown> | null): string | null {
  if (path === null) return null;
  if (before === null) return address(path, query);
  return before.next_cursor === null
    ? null
    : address(path, { ...query, cursor: before.next_cursor });
}
