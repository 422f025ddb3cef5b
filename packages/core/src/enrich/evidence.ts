/**
 * What the terms found in a text say for each label: how much, and by which
 * words.
 */
import type { Decided } from "../message/message.ts";
import { CODE, type Known, NEGATED, type Reading } from "./reader.ts";
import { BEGIN, type Subject, type Term } from "./terms.ts";

/** What speaks for one label. */
export type Evidence = { score: number; readonly matched: string[] };

/** By subject, then by label. */
export type Found = Readonly<Record<Subject, Map<string, Evidence>>>;

/** The answer when nothing speaks for any. */
export const UNDECIDED: Decided = { matched: [], confidence: 0 };

/** Which ways of being meant take a term's say away. A domain is talked about also by what is denied or asked. */
const DEAF: Readonly<Record<Subject, number>> = {
  chain: 0,
  act: CODE | NEGATED,
  cue: 0,
};
/** Names in code say less than words in a sentence. */
const CODE_SAYS = 0.6;
/** A word said again adds less, and soon nothing: a log is not about what it repeats. */
const AGAIN_SAYS = 0.25;
const AGAIN_MAX = 4;
/** More than all tables have together. */
const LABELS_MAX = 256;

function noneFound(): Found {
  return { chain: new Map(), act: new Map(), cue: new Map() };
}

/** Weighs every term found. */
export function foundIn(reading: Reading, known: Known): Found {
  const found = noneFound();
  const taken = takenIn(reading, known);
  const times = new Map<Term, number>();
  for (let at = 0; at < reading.terms.length; at += 1) {
    const term = known.automaton.terms[reading.terms[at] ?? 0];
    const flags = reading.flags[at] ?? 0;
    if (term === undefined || isDeaf(term, flags)) continue;
    if (taken !== null && !term.cancels && isTaken(taken, reading, known, at)) continue;
    const before = times.get(term) ?? 0;
    times.set(term, before + 1);
    if (before <= AGAIN_MAX) add(found[term.subject], term, shareOf(before, flags), before === 0);
  }
  return found;
}

function isDeaf({ subject }: Term, flags: number): boolean {
  return (flags & DEAF[subject]) !== 0;
}

function shareOf(before: number, flags: number): number {
  return (before === 0 ? 1 : AGAIN_SAYS) * ((flags & CODE) === 0 ? 1 : CODE_SAYS);
}

function add(labels: Map<string, Evidence>, term: Term, share: number, fresh: boolean): void {
  const known = labels.get(term.label);
  const evidence = known ?? { score: 0, matched: [] };
  evidence.score += (term.cancels ? -term.weight : term.weight) * share;
  if (fresh && !term.cancels) evidence.matched.push(term.text.replace(BEGIN, ""));
  if (known === undefined) labels.set(term.label, evidence);
}

/** The words that phrases with another meaning cover, for their labels; null when there are none. */
function takenIn(reading: Reading, known: Known): ReadonlySet<number> | null {
  let taken: Set<number> | null = null;
  for (let at = 0; at < reading.terms.length; at += 1) {
    const place = reading.terms[at] ?? 0;
    const term = known.automaton.terms[place];
    if (term?.cancels !== true) continue;
    taken ??= new Set();
    for (let word = 0; word < term.stems.length; word += 1)
      taken.add(wordFor(known.labels[place] ?? 0, (reading.ends[at] ?? 0) - word));
  }
  return taken;
}

function isTaken(taken: ReadonlySet<number>, reading: Reading, known: Known, at: number): boolean {
  const place = reading.terms[at] ?? 0;
  const words = known.automaton.terms[place]?.stems.length ?? 0;
  for (let word = 0; word < words; word += 1) {
    if (taken.has(wordFor(known.labels[place] ?? 0, (reading.ends[at] ?? 0) - word))) return true;
  }
  return false;
}

/** A word of the text as seen by one label. */
function wordFor(label: number, index: number): number {
  return index * LABELS_MAX + label;
}

/** How sure an answer is: how much speaks for it, and how little for the others. */
export function confidenceOf(best: number, all: number): number {
  return Math.round((best / (Math.max(best, all) + 1)) * 100) / 100;
}
