/** What a page is asked for stands in its address, so that it can be sent to somebody. */
import { useCallback, useEffect, useState } from "react";
import { useParams, useSearchParams } from "wouter";
import { useBrowserLocation, useSearch } from "wouter/use-browser-location";

/**
 * The router reads a `%25` as `%` before it takes an address apart, and what it
 * took apart is read once more: written twice, a percent sign stays what it was.
 */
function kept(address: string): string {
  return address.replaceAll("%25", "%2525");
}

/** Where the page is, for the router. */
export const usePlace: typeof useBrowserLocation = (options) => {
  const [path, go] = useBrowserLocation(options);
  return [kept(path), go];
};

/** What the page is asked for, for the router; always well formed, whatever somebody typed. */
export const useQuestion: typeof useSearch = (options) =>
  kept(new URLSearchParams(useSearch(options)).toString());

/** What the address names, as it is called: with every character it has. */
export function useNamed(name: string): string {
  const written = useParams()[name] ?? "";
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** A parameter of the address, "" when it is not there; setting it makes no new step of the history. */
export function useParam(name: string): readonly [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string): void =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === "") after.delete(name);
          else after.set(name, value);
          return after;
        },
        { replace: true },
      ),
    [name, setParams],
  );
  return [params.get(name) ?? "", set];
}

/** Shorter than from letter to letter of who types: what is typed is asked for as it is typed, what a key repeats is not. */
const CALM_MS = 40;

/** A value when it has been the same for a moment. */
export function useCalm<Value>(value: Value, ms: number = CALM_MS): Value {
  const [calm, setCalm] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return calm;
}
