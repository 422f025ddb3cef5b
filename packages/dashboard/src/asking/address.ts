/** What a page is asked for stands in its address, so that it can be sent to somebody. */
import { useCallback, useEffect, useState } from "react";
import { useSearchParams } from "wouter";

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
