/**
 * Small words that turn what stands after them: "not agreed", "but". Found by the same pass as everything else.
 */
import { type Table, type Term, termsOf } from "./terms.ts";

const CUES: Table = {
  not: {
    terms:
      "not, no, never, without, nothing, none, nobody, neither, nor, zero, 0, hardly, barely, almost, nearly, partly, partially, half, far from, fail to, unable to, yet to, instead of, rather than, no longer, stop, avoid, less than, free of, percent",
  },
  but: { terms: "but, however, though, although, except, not only|just" },
};

/** What finding a term does: it counts for its label, or turns what stands after it. */
export type Effect = "match" | "not" | "but";

export const CUE_TERMS: readonly Term[] = termsOf("cue", CUES);

export function effectOf({ subject, label }: Term): Effect {
  if (subject !== "cue") return "match";
  return label === "not" ? "not" : "but";
}
