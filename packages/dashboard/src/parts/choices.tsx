/** Choosing what is shown: one of some names, a day, an amount, a name that is known already. */
import type { BreakdownAnswer, StatusAnswer } from "@verbatim/api/contract";
import { useId, useState } from "react";
import { useAsked } from "../asking/asked.ts";
import { dayOf, momentOf } from "./time.tsx";

/** Names that are offered; others can be typed. */
const OFFERED_MAX = 100;

type ChoiceProps = {
  readonly value: string;
  readonly set: (value: string) => void;
};

/** One of some names; "" is any of them. */
export function Choice({
  name,
  values,
  value,
  set,
  any = "any",
}: ChoiceProps & {
  readonly name: string;
  readonly values: readonly string[];
  readonly any?: string;
}) {
  return (
    <label>
      <span className="soft">{name}</span>
      <select value={value} onChange={(event) => set(event.target.value)}>
        <option value="">{any}</option>
        {(value === "" || values.includes(value) ? values : [value, ...values]).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

/** One of the sources there are. */
export function SourceChoice({ value, set }: ChoiceProps) {
  const { data } = useAsked<StatusAnswer>("/v1/status");
  const names = new Set([
    "api",
    "claude-code",
    "codex",
    "session",
    "bus",
    ...(data?.ingest?.sources ?? []).map((one) => one.source),
  ]);
  const values = [...names].filter((name) => name !== "auto" && name !== "intake").toSorted();
  return <Choice name="source" any="all" values={values} value={value} set={set} />;
}

/** A name that was counted: typed, or taken from those that come most, which are asked for when somebody is about to. */
export function NameChoice({
  name,
  of,
  value,
  set,
}: ChoiceProps & { readonly name: string; readonly of: "projects" | "models" | "speakers" }) {
  const [isMeant, setMeant] = useState(false);
  const { data } = useAsked<BreakdownAnswer>(isMeant ? "/v1/analytics/breakdown" : null, {
    ...{ of, limit: OFFERED_MAX },
  });
  const list = useId();
  return (
    <label onPointerEnter={() => setMeant(true)} onFocus={() => setMeant(true)}>
      <span className="soft">{name}</span>
      <input
        type="search"
        size={12}
        list={list}
        placeholder="any"
        value={value}
        onChange={(event) => set(event.target.value)}
      />
      <datalist id={list}>
        {(data?.data ?? []).map((one) => (
          <option key={one.name} value={one.name} />
        ))}
      </datalist>
    </label>
  );
}

/** US dollars. */
export function MoneyChoice({ name, value, set }: ChoiceProps & { readonly name: string }) {
  return (
    <label>
      <span className="soft">{name} $</span>
      <input
        type="number"
        min="0"
        step="any"
        placeholder="any"
        className="brief"
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </label>
  );
}

/** A day, in the viewer's calendar; a moment in the address, where a number led here, is shown by its day. */
export function DateChoice({ name, value, set }: ChoiceProps & { readonly name: string }) {
  return (
    <label title={value === "" ? undefined : `${momentOf(value)} (UTC)`}>
      <span className="soft">{name}</span>
      <input type="date" value={dayOf(value)} onChange={(event) => set(event.target.value)} />
    </label>
  );
}
