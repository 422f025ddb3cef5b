/** Questions as a page sees them: what is known, whether more is coming, what went wrong. */
import useSWR from "swr";
import { ahead } from "./ahead.ts";
import { address, isForLater, type Query, Refusal } from "./server.ts";

/** What is known of a question. `data` stays while it is asked again, also when that fails. */
export type Asked<Answer> = {
  readonly data: Answer | undefined;
  readonly problem: Refusal | null;
  readonly isAsking: boolean;
  readonly again: () => void;
};

type Options = {
  /** Asked again so often while the page is looked at. */
  readonly everyMs?: number;
};

/** Asks a path, or nothing while it is null. */
export function useAsked<Answer>(
  path: string | null,
  query: Query = {},
  { everyMs = 0 }: Options = {},
): Asked<Answer> {
  const url = path === null ? null : address(path, query);
  const { data, error, isLoading, mutate } = useSWR<Answer, unknown>(url, ahead.ask<Answer>, {
    refreshInterval: everyMs,
    keepPreviousData: true,
    shouldRetryOnError: isForLater,
    errorRetryInterval: 2000,
  });
  return {
    data,
    problem: error === undefined ? null : problemOf(error),
    isAsking: isLoading,
    again: () => void mutate(),
  };
}

/** What went wrong, as a refusal. */
export function problemOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(0, "unexpected", String(error));
}
