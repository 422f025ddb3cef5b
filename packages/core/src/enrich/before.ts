/**
 * What was found in the messages before one. Most were enriched themselves a
 * moment ago, so what was found then is kept for a while and not looked for
 * again; found again, it would be the same.
 */
import { type Found, foundIn } from "./evidence.ts";
import { type Known, READ_CHARS_MAX } from "./reader.ts";
import { readingOf } from "./reading.ts";
import type { Signs } from "./signs.ts";

/** So many messages before it tell what a short one means. */
export const BEFORE_MAX = 3;
/** Texts kept: those of a few dozen sessions that are spoken in at once. */
const KEPT_MAX = 256;

/** What a message says by itself, whoever said it and whatever was said before. */
export type Earlier = { readonly said: Found; readonly signs: Signs };

export interface Before {
  /** What was found in each of these texts, newest first; the reading of another text is then old. */
  of(texts: readonly string[]): readonly Earlier[];
  /** Keeps what was found in a text. */
  keep(text: string, earlier: Earlier): void;
}

export function openBefore(known: Known): Before {
  const kept = new Map<string, Earlier>();

  function keep(text: string, earlier: Earlier): void {
    // What is read of a longer one is its head, and asked for is a text that ends there.
    if (text.length > READ_CHARS_MAX) return;
    const [oldest] = kept.keys();
    if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    kept.set(text, earlier);
  }

  function found(text: string): Earlier {
    const reading = readingOf(text, known);
    const earlier = { said: foundIn(reading, known), signs: reading.signs };
    keep(text, earlier);
    return earlier;
  }

  return {
    keep,
    of: (texts) =>
      texts
        .slice(-BEFORE_MAX)
        .toReversed()
        .map((text) => kept.get(text) ?? found(text)),
  };
}
