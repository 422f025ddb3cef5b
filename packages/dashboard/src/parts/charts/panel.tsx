/** What is around a chart: its name, what it is of, and the ways to take it along. */
import { type ReactNode, useRef, useState } from "react";
import { csvText, keep, pngOf, type Table } from "./saving.ts";

type Props = {
  readonly title: string;
  /** A sentence under the title. */
  readonly note?: ReactNode;
  /** Choices of what is drawn. */
  readonly choices?: ReactNode;
  /** Its numbers, made when they are asked for. */
  readonly table: () => Table;
  /** False of one that is a table and no picture. */
  readonly isDrawn?: boolean;
  readonly children: ReactNode;
};

export function Panel({ title, note, choices, table, isDrawn = true, children }: Props) {
  const place = useRef<HTMLElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const name = `verbatim-${title.toLowerCase().replaceAll(/\W+/g, "-")}`;
  const savePng = async (): Promise<void> => {
    const drawing = place.current?.querySelector<SVGSVGElement>("svg.chart");
    if (drawing === null || drawing === undefined) return;
    try {
      keep(`${name}.png`, await pngOf(drawing));
      setProblem(null);
    } catch (error) {
      setProblem(`the picture could not be made: ${String(error)}`);
    }
  };
  const saveCsv = (): void =>
    keep(`${name}.csv`, new Blob([csvText(table())], { type: "text/csv;charset=utf-8" }));
  return (
    <section ref={place} className="panel" id={anchorOf(title)} aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {choices}
        <span className="panel-ways">
          <button type="button" className="quiet" onClick={saveCsv} aria-label={`${title} as CSV`}>
            CSV
          </button>
          {isDrawn ? (
            <button
              type="button"
              className="quiet"
              onClick={() => void savePng()}
              aria-label={`${title} as PNG`}
            >
              PNG
            </button>
          ) : null}
        </span>
      </div>
      {note === undefined ? null : <p className="soft panel-note">{note}</p>}
      {problem === null ? null : <p className="bad">{problem}</p>}
      {children}
    </section>
  );
}

/** Where a panel is on its page. */
function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/\W+/g, "-");
}

/** One of a few, as buttons beside each other. */
export function OneOf<Value extends string>({
  label,
  values,
  value,
  set,
}: {
  readonly label: string;
  readonly values: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly set: (value: Value) => void;
}) {
  return (
    <fieldset className="one-of">
      <legend className="unseen">{label}</legend>
      {(Object.entries(values) as [Value, string][]).map(([name, text]) => (
        <button key={name} type="button" aria-pressed={name === value} onClick={() => set(name)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
