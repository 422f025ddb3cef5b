/**
 * Listings that are longer than a page: rows as far as they were asked for, and more of them.
 *
 *   B45  Who comes back to a listing sees at once what it was, and then what it
 *        has become.
 */
import type { Listing } from "@verbatim/api/contract";
import { useEffect, useMemo } from "react";
import useSWRInfinite from "swr/infinite";
import { afterPaint } from "../parts/after-paint.ts";
import { ahead } from "./ahead.ts";
import { address, type Query, Refusal } from "./server.ts";

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

type Paging = {
  /** Rows of the first page, where it is to be seen soon: the next one is asked for as soon as it is. */
  readonly firstRows?: number;
};

/** Asks a listing page by page; nothing while `path` is null. */
export function useRows<Row, Page extends Listing<Row> = Listing<Row>>(
  path: string | null,
  query: Query = {},
  { firstRows }: Paging = {},
): Rows<Row, Page> {
  const { data, error, size, setSize, isValidating, mutate } = useSWRInfinite<Page, unknown>(
    (_, before: Page | null) => urlOf(path, query, { before, firstRows }),
    ahead.ask<Page>,
    { revalidateFirstPage: false, revalidateOnMount: true, keepPreviousData: true },
  );
  const pages = data ?? [];
  const hasMore = pages.at(-1)?.has_more ?? false;
  const isBeginning = firstRows !== undefined && size === 1 && hasMore && error === undefined;
  useEffect(() => {
    if (!isBeginning || isValidating) return;
    return afterPaint(() => void setSize(2));
  }, [isBeginning, isValidating, setSize]);
  return {
    rows: useMemo(() => (data ?? []).flatMap((page) => page.data), [data]),
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

/** The address of the first page, as it may be asked ahead. */
export function firstPageOf(path: string, query: Query, firstRows?: number): string {
  return address(path, firstRows === undefined ? query : { ...query, limit: firstRows });
}

type At = { readonly before: Listing<unknown> | null; readonly firstRows: number | undefined };

function urlOf(path: string | null, query: Query, { before, firstRows }: At): string | null {
  if (path === null) return null;
  if (before === null) return firstPageOf(path, query, firstRows);
  return before.next_cursor === null
    ? null
    : address(path, { ...query, cursor: before.next_cursor });
}
