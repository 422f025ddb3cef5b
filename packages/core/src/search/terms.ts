/**
 * The words by which a message is found.
 *
 *   F1  A message is found by each word of its text, by each identifier and path
 *       whole, and by the parts of these: `parseHeader` also by "parse" and
 *       "header", `src/journal/entry.ts` also by "journal" and "entry.ts".
 *   F2  The query is cut by the same function, so both sides always agree.
 *
 * Terms are lower-case and at most TERM_CHARS_MAX long. Facets (session, role,
 * …) are terms that begin with "=", which no word of a text does, so that a
 * filter costs what one more word costs.
 */
import { isOf } from "../access/whose.ts";
import type { EnrichedMessage, Enrichment, Message } from "../message/message.ts";

/** Longer runs are hashes and encoded bytes; their first characters tell them apart. */
const TERM_CHARS_MAX = 64;
/** Bounds one message's share of the index: a pasted log is found by its first two thousand different words. */
const TERMS_MAX = 2048;
/** How much of a text is cut into terms. */
export const INDEXED_CHARS_MAX: number = 256 * 1024;

const WORD = /[\p{L}\p{N}_](?:[\p{L}\p{N}_./\\:@#$+-]*[\p{L}\p{N}_])?/gu;
const PART = /[\p{L}\p{N}]+/gu;
const HUMP = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+/gu;

/** The words of a text, each once, in the order they first appear. */
export function termsOf(text: string): ReadonlySet<string> {
  const terms = new Set<string>();
  for (const [word] of text.slice(0, INDEXED_CHARS_MAX).matchAll(WORD)) {
    if (terms.size >= TERMS_MAX) break;
    addWord(word, terms);
  }
  return terms;
}

function addWord(word: string, terms: Set<string>): void {
  add(word, terms);
  if (/^\p{Ll}+$/u.test(word)) return;
  for (const segment of word.split(/[/\\:@#$+]/)) add(segment, terms);
  for (const [part] of word.matchAll(PART)) {
    add(part, terms);
    const humps = part.match(HUMP) ?? [];
    if (humps.length > 1) for (const hump of humps) add(hump, terms);
  }
}

function add(word: string, terms: Set<string>): void {
  if (word !== "") terms.add(termOf(word));
}

/** A word as it stands in the index. */
export function termOf(word: string): string {
  return word.toLowerCase().slice(0, TERM_CHARS_MAX).toWellFormed();
}

/** The words a typed word asks for: the whole of it when it is one, else its parts. */
export function askedTerms(typed: string): readonly string[] {
  return [...typed.matchAll(WORD)].map(([word]) => termOf(word));
}

/** Filters that are answered by the index. */
export type Facet =
  | "session"
  | "source"
  | "role"
  | "author"
  | "chain_type"
  | "ace_tier"
  | "tag"
  | "whose"
  | "conversation";

export function facetTerm(facet: Facet, value: string): string {
  return `=${facet}:${value.slice(0, 200)}`;
}

/** All terms of a message: its words and its facets. */
export function messageTerms(
  message: Pick<EnrichedMessage, "text" | "session_id" | "source" | "author" | "meta"> &
    Pick<Message, "conversation_id"> & {
      readonly enrichment: Pick<Enrichment, "chain_type" | "ace_tier" | "shl_tags">;
    },
): readonly string[] {
  const terms = [...termsOf(message.text)];
  terms.push(
    facetTerm("session", message.session_id),
    facetTerm("source", message.source),
    facetTerm("role", message.author.role),
    facetTerm("author", message.author.name),
    facetTerm("chain_type", message.enrichment.chain_type),
    facetTerm("ace_tier", message.enrichment.ace_tier),
  );
  for (const tag of message.enrichment.shl_tags) terms.push(facetTerm("tag", tag));
  const user = message.meta["user_id"];
  if (typeof user === "string" && isOf(message, user)) terms.push(facetTerm("whose", user));
  if (message.conversation_id !== undefined)
    terms.push(facetTerm("conversation", message.conversation_id));
  return terms;
}
