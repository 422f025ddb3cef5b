/**
 * Listings that are longer than a page: rows as far as they were asked for, and more of them.
 *
 *   B45  Who comes back to a listing sees at once what it was, and then what it
 *        has become.
 *   B48  One that fails is asked again in its time: never at once, and rows of
 *        another question are not shown for it.
 */
import type { Listing } from "@verbatim/api/contract";
import { useEffect, useMemo, useRef } from "react";
import useSWRInfinite from "swr/infinite";
import { afterPaint } from "../parts/after-paint.ts";
import { ahead } from "./ahead.ts";
import { problemOf } from "./asked.ts";
import { address, isForLater, type Query, type Refusal } from "./server.ts";

export type Rows<Row, Page extends Listing<Row> = Listing<Row>> = {
  readonly rows: readonly Row[];
  /** The first page, for what it says beside its rows. */
  readonly first: Page | undefined;
  readonly hasMore: boolean;
  readonly isAsking: boolean;
  readonly problem: Refusal | null;
  /** Asks for the next page; while one is on its way, or was refused, nothing. */
  readonly more: () => void;
  readonly again: () => void;
};

type Options = {
  /** Rows of the first page, where it is to be seen soon: the next one is asked for as soon as it is. */
  readonly firstRows?: number;
  /** New rows come behind the last one, instead of before the first. */
  readonly growsAtEnd?: boolean;
  /** Looked at again so often, while somebody looks at the page. */
  readonly everyMs?: number;
};

/** A page, and what was asked for it. */
type Told<Page> = { readonly url: string; readonly page: Page };

/** Asks a listing page by page; nothing while `path` is null. */
export function useRows<Row, Page extends Listing<Row> = Listing<Row>>(
  path: string | null,
  query: Query = {},
  { firstRows, growsAtEnd = false, everyMs = 0 }: Options = {},
): Rows<Row, Page> {
  const { data, error, size, setSize, isValidating, mutate } = useSWRInfinite<Told<Page>, unknown>(
    (_, before: Told<Page> | null) =>
      urlOf(path, query, { before: before?.page ?? null, firstRows }),
    async (url: string) => ({ url, page: await ahead.ask<Page>(url) }),
    {
      ...{ revalidateFirstPage: false, revalidateIfStale: false, revalidateOnFocus: false },
      ...{ keepPreviousData: true, shouldRetryOnError: isForLater, errorRetryInterval: 2000 },
    },
  );
  const url = urlOf(path, query, { before: null, firstRows });
  const look = (): void => {
    if (data === undefined || data[0]?.url !== url || isValidating) return;
    void mutate(data, {
      revalidate: (told: Told<Page> | undefined) =>
        told === undefined || (growsAtEnd ? !told.page.has_more : told.url === url),
    });
  };
  useLooks(url, everyMs, look);
  const isFailed = error !== undefined;
  // Rows of the question before stay until this one is answered, and no longer.
  const told = isFailed && data?.[0]?.url !== url ? undefined : data;
  const rows = useMemo(() => (told ?? []).flatMap(({ page }) => page.data), [told]);
  const hasMore = told?.at(-1)?.page.has_more ?? false;
  const isBeginning = firstRows !== undefined && size === 1 && hasMore && !isFailed;
  useEffect(() => {
    if (!isBeginning || isValidating) return;
    return afterPaint(() => void setSize(2));
  }, [isBeginning, isValidating, setSize]);
  return {
    rows,
    first: told?.[0]?.page,
    hasMore,
    isAsking: isValidating,
    problem: isFailed ? problemOf(error) : null,
    more: () => {
      if (hasMore && !isValidating && !isFailed) void setSize(size + 1);
    },
    again: () => {
      if (data === undefined) void mutate();
      else if (data.length < size) void setSize(size);
      else look();
    },
  };
}

/** The address of the first page, as it may be asked ahead. */
export function firstPageOf(path: string, query: Query, firstRows?: number): string {
  return address(path, firstRows === undefined ? query : { ...query, limit: firstRows });
}

type At = { readonly before: Listing<unknown> | null; readonly firstRows: number | undefined };

/** Looks when a question is come to, when somebody comes back to the page, and every so often. (B48) */
function useLooks(url: string | null, everyMs: number, look: () => void): void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question is looked at when it is come to
  useEffect(() => {
    const onLook = (): void => {
      if (document.visibilityState === "visible") latest.current();
    };
    onLook();
    window.addEventListener("focus", onLook);
    const timer = everyMs === 0 ? undefined : setInterval(onLook, everyMs);
    return () => {
      window.removeEventListener("focus", onLook);
      clearInterval(timer);
    };
  }, [url, everyMs]);
}

function urlOf(path: string | null, query: Query, { before, firstRows }: At): string | null {
  if (path === null) return null;
  if (before === null) return firstPageOf(path, query, firstRows);
  return before.next_cursor === null
    ? null
    : address(path, { ...query, cursor: before.next_cursor });
}
