/**
 * Everything worked out about messages by one taxonomy. Made once, then used for
 * every message; pure: the same message and neighbours, the same answer.
 *
 *   E4  The same text gives the same answer always, whatever was enriched
 *       before, and no text makes it throw.
 */
import type { Enrichment, Message } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import { fieldsOf } from "../sources/json.ts";
import { ACT_TERMS, ACTS, actsOf } from "./acts.ts";
import { automatonOf } from "./automaton.ts";
import { chainOf } from "./chain.ts";
import { normalOf, wordCountOf } from "./counts.ts";
import { CUE_TERMS, effectOf } from "./cues.ts";
import { foundIn, UNDECIDED } from "./evidence.ts";
import { withGiven } from "./given.ts";
import { keywordsOf } from "./keywords.ts";
import { languageOf } from "./language.ts";
import { codeIn, lexiconOf } from "./lexicon.ts";
import { judged as judgedBy, MODEL } from "./model.ts";
import { pathTableOf } from "./paths.ts";
import type { Known } from "./reader.ts";
import { readingOf } from "./reading.ts";
import { tagsOf } from "./tags.ts";
import { domainTerms, type Taxonomy } from "./taxonomy.ts";
import { BEGIN, COLON, type Term } from "./terms.ts";
import { ARCHITECT_SAYS, tierOf } from "./tier.ts";

/** Enriches a message; `before` are the texts of its thread before it, oldest first. */
export type Enricher = (message: Message, sha256: Sha256, before?: readonly string[]) => Enrichment;

/** So many messages before it tell what a short one means, and so much of each. */
const BEFORE_MAX = 3;
const BEFORE_CHARS_MAX = 2000;

export function enricherOf(taxonomy: Taxonomy): Enricher {
  const known = knownOf(taxonomy);
  const by = `${taxonomy.name}@${taxonomy.version}`;
  return (message, sha256, before = []) => {
    const counts = { ...countsOf(message.text, sha256), taxonomy: by };
    const worked =
      message.kind === "record" || message.text === ""
        ? { ...UNCLASSIFIED, ...counts }
        : { ...judged(message, before, known), ...counts };
    return withGiven(worked, message.meta["given"]);
  };
}

type Counts = "content_hash" | "normal_hash" | "word_count" | "char_count";

function countsOf(text: string, sha256: Sha256): Pick<Enrichment, Counts> {
  return {
    content_hash: sha256(text),
    normal_hash: sha256(normalOf(text)),
    word_count: wordCountOf(text),
    char_count: text.length,
  };
}

function judged(
  message: Message,
  before: readonly string[],
  known: Known,
): Omit<Enrichment, Counts | "taxonomy"> {
  const earlier = before
    .slice(-BEFORE_MAX)
    .toReversed()
    .map((text) => {
      const read = readingOf(text.slice(0, BEFORE_CHARS_MAX), known);
      return { said: foundIn(read, known), signs: read.signs };
    });
  const reading = readingOf(message.text, known);
  const found = foundIn(reading, known);
  const chain = chainOf(
    reading,
    found,
    earlier.map(({ said }) => said),
  );
  const more = isArchitect(message) ? [ARCHITECT_SAYS] : [];
  const likely = isPrinted(message)
    ? null
    : judgedBy(message.text, reading.signs, earlier[0]?.signs ?? null, more);
  const tags = tagsOf(reading, likely, chain.chain_type);
  const acts = actsOf(found, tags);
  const tier = tierOf(likely);
  return {
    chain_type: chain.chain_type,
    ace_tier: tier.ace_tier,
    shl_tags: Object.keys(tags),
    dialogue_acts: ACTS.filter((act) => acts[act] !== undefined),
    keywords: keywordsOf(reading),
    language: languageOf(message.text, reading.stops),
    explain: {
      chain_type: chain.decided,
      ace_tier: tier.decided,
      shl_tags: tags,
      dialogue_acts: acts,
    },
  };
}

/** What a program prints says nothing of anybody's work: "0 failed, 57 passed" is no promise. */
function isPrinted({ author }: Message): boolean {
  return author.role === "tool" || author.role === "system";
}

/** Recorders of agents have finer roles than ours: "Architect". */
function isArchitect({ meta }: Message): boolean {
  const role = meta["sender_role"] ?? fieldsOf(meta["given"])?.["sender_role"];
  return typeof role === "string" && role.toLowerCase().includes("architect");
}

function knownOf(taxonomy: Taxonomy): Known {
  const automaton = automatonOf(distinct([...domainTerms(taxonomy), ...ACT_TERMS, ...CUE_TERMS]));
  const paths = pathTableOf(
    Object.entries(taxonomy.domains).map(([label, domain]) => ({
      label,
      paths: domain.paths ?? {},
    })),
  );
  return {
    automaton,
    lexicon: lexiconOf(automaton, paths, MODEL),
    vocabulary: MODEL,
    code: codeIn(MODEL),
    effects: automaton.terms.map(effectOf),
    labels: numbered(automaton.terms.map(({ subject, label }) => `${subject} ${label}`)),
    begin: automaton.step(0, automaton.symbolOf(BEGIN)),
    colon: automaton.symbolOf(COLON),
  };
}

/** The same number for the same name. */
function numbered(names: readonly string[]): readonly number[] {
  const known = new Map([...new Set(names)].map((name, at) => [name, at]));
  return names.map((name) => known.get(name) ?? 0);
}

/** Forms of one word are one term; the strongest stands. */
function distinct(terms: readonly Term[]): readonly Term[] {
  const known = new Map<string, Term>();
  for (const term of terms) {
    const { subject, label, stems, cancels } = term;
    const name = JSON.stringify([subject, label, stems, cancels]);
    if ((known.get(name)?.weight ?? -1) < term.weight) known.set(name, term);
  }
  return [...known.values()];
}

const UNCLASSIFIED = {
  chain_type: "unclassified",
  ace_tier: "unclassified",
  shl_tags: [],
  dialogue_acts: [],
  keywords: [],
  language: "und",
  explain: { chain_type: UNDECIDED, ace_tier: UNDECIDED, shl_tags: {}, dialogue_acts: {} },
} as const;
