/**
 * Counting messages: in the order of the journal, each once, into rows of an
 * hour, a project and a speaker, with what is remembered of their threads.
 * Pure; the archive calls it in the transaction that saves them, `verify` calls
 * it again over all of them and compares.
 */
import { isTag } from "../enrich/reading.ts";
import { ELSEWHERE } from "../enrich/taxonomy.ts";
import type { EnrichedMessage } from "../message/message.ts";
import { type Standing, standingOf } from "./standing.ts";
import { type Adding, add, addTally, nameOf, type TallyRow } from "./tally.ts";
import {
  hasCall,
  inProject,
  NEW_THREAD,
  type Thread,
  threadKeyOf,
  withWords,
  withWork,
} from "./thread.ts";

/** The best words of a message speak for it; the later ones are many and say little. */
export const KEYWORDS_COUNTED = 3;

/** A message, and whether its words were not said before. */
export type Told = {
  readonly message: EnrichedMessage;
  readonly isFirst: boolean;
  /** Its model call was heard before: in this thread, or in another that this one is a copy of (a fork, a resumed session). */
  readonly isCallKnown?: boolean;
};

export type Count = {
  /** What the messages add, in the order of their first mention. */
  readonly rows: readonly TallyRow[];
  /** The threads they leave, by key. */
  readonly threads: ReadonlyMap<string, Thread>;
};

/** Counts messages after those that left `threads`. */
export function count(told: readonly Told[], threads: ReadonlyMap<string, Thread>): Count {
  const left = new Map<string, Thread>();
  const rows = new Map<string, TallyRow & { readonly tally: Adding }>();
  for (const { message, isFirst, isCallKnown = false } of told) {
    const key = threadKeyOf(message);
    const before = inProject(left.get(key) ?? threads.get(key) ?? NEW_THREAD, message);
    const place = rowOf(message, before.project);
    const name = rowKeyOf(place);
    const row = rows.get(name) ?? place;
    rows.set(name, row);
    const standing = standingOf(message, isFirst);
    const isCopy = isCallKnown && !hasCall(before, message);
    const worked = isCopy ? before : withWork(before, message, row.tally);
    left.set(key, standing === "counted" ? withWords(worked, message, row.tally) : worked);
    addStanding(row.tally, message, standing);
    if (standing === "counted") addWords(row.tally, message);
  }
  return { rows: [...rows.values()], threads: left };
}

/** Counts stretch after stretch, from the first message on. */
export interface Counter {
  add(told: readonly Told[]): void;
  /** By hour, project and speaker. */
  rows(): readonly TallyRow[];
  readonly threads: ReadonlyMap<string, Thread>;
}

export function openCounter(): Counter {
  const rows = new Map<string, TallyRow & { readonly tally: Adding }>();
  const threads = new Map<string, Thread>();
  return {
    threads,
    add: (told) => {
      const counted = count(told, threads);
      for (const [key, thread] of counted.threads) threads.set(key, thread);
      for (const row of counted.rows) {
        const into = rows.get(rowKeyOf(row)) ?? { ...row, tally: {} };
        rows.set(rowKeyOf(row), into);
        addTally(into.tally, row.tally);
      }
    },
    rows: () => [...rows.values()].toSorted((a, b) => (rowKeyOf(a) < rowKeyOf(b) ? -1 : 1)),
  };
}

/** What tells rows apart, as one text. */
export function rowKeyOf({ hour, project, speaker }: Omit<TallyRow, "tally">): string {
  return JSON.stringify([hour, project, speaker]);
}

/** The row a message is counted in when its thread is in this project, with nothing in it. */
export function rowOf(
  message: EnrichedMessage,
  project: string,
): TallyRow & { readonly tally: Adding } {
  const hour = `${message.said_at.slice(0, "2026-11-21T10".length)}:00:00.000Z`;
  return { hour, project, speaker: nameOf(message.author.name), tally: {} };
}

function addStanding(to: Adding, message: EnrichedMessage, standing: Standing): void {
  const { author, source, enrichment } = message;
  add(to, "message", "all");
  add(to, "message", standing);
  if (standing === "record") return;
  add(to, "role", author.role);
  add(to, "source", nameOf(source));
  for (const { kind } of enrichment.secrets) add(to, "secret", kind);
}

/** What counted messages are told apart by. */
function addWords(to: Adding, { enrichment, receiver }: EnrichedMessage): void {
  const { chain_type, ace_tier, shl_tags, dialogue_acts, keywords, language } = enrichment;
  add(to, "chain", nameOf(chain_type));
  add(to, "tier", ace_tier);
  add(to, "language", language);
  for (const tag of shl_tags) add(to, "tag", nameOf(tag));
  for (const act of dialogue_acts) add(to, "act", act);
  for (const word of keywords.slice(0, KEYWORDS_COUNTED)) add(to, "keyword", nameOf(word));
  if (receiver !== undefined) add(to, "receiver", nameOf(receiver));
  add(to, "sum", "words", enrichment.word_count);
  add(to, "sum", "chars", enrichment.char_count);
  if (chain_type !== ELSEWHERE) add(to, "sum", "with_domain");
  if (ace_tier !== ELSEWHERE) add(to, "sum", "with_tier");
  if (keywords.length > 0) add(to, "sum", "with_keyword");
  if (shl_tags.some(tellsOfWork)) add(to, "sum", "with_tag");
}

/** A source may give anything for a tag; only what has a tag's form, and is not the domain's, says that a message was tagged. */
function tellsOfWork(tag: string): boolean {
  return isTag(tag) && !tag.startsWith("@Chain-");
}
