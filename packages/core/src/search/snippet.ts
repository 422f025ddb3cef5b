/** The part of a text in which something was found, with the finds marked. Pure. */
import type { Query } from "./query.ts";

/** About two lines of a terminal. */
const SNIPPET_CHARS = 200;
const BEFORE_CHARS = 60;
const MARKS_MAX = 20;

export type Snippet = {
  readonly text: string;
  readonly marks: readonly (readonly [number, number])[];
};

/** One line around the first find; marks are [start, end) into it, ascending, not overlapping. */
export function snippetOf(text: string, query: Query): Snippet {
  const words = query.phrases.length > 0 ? query.phrases : [...query.all, ...query.prefixes];
  const wanted = words.filter((one) => one !== "");
  const low = text.toLowerCase();
  // Lower-casing may change the length of rare letters; then marks would be off, so there are none.
  const first = low.length === text.length ? firstFind(low, wanted) : 0;
  const start = first <= BEFORE_CHARS ? 0 : first - BEFORE_CHARS;
  const cut = text.slice(start, start + SNIPPET_CHARS).toWellFormed();
  const line = cut.replaceAll(/\s/g, " ");
  return {
    text: line,
    marks: low.length === text.length ? marksIn(line.toLowerCase(), wanted) : [],
  };
}

function firstFind(low: string, wanted: readonly string[]): number {
  const finds = wanted.map((one) => low.indexOf(one)).filter((at) => at !== -1);
  return finds.length === 0 ? 0 : Math.min(...finds);
}

function marksIn(line: string, wanted: readonly string[]): readonly (readonly [number, number])[] {
  const marks: [number, number][] = [];
  for (const one of wanted) {
    for (
      let at = line.indexOf(one);
      at !== -1 && marks.length < MARKS_MAX;
      at = line.indexOf(one, at + one.length)
    ) {
      marks.push([at, at + one.length]);
    }
  }
  return merged(marks.toSorted(([a], [b]) => a - b));
}

function merged(marks: readonly [number, number][]): readonly (readonly [number, number])[] {
  const result: [number, number][] = [];
  for (const [start, end] of marks) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
