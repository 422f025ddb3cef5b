/**
 * Everything worked out about messages by one taxonomy. Made once, then used for
 * every message; pure: the same message and neighbours, the same answer.
 *
 *   E4  The same text gives the same answer always, whatever was enriched
 *       before, and no text makes it throw.
 *   E7  Tier, tags and acts are judged by what somebody said alone: a call of a
 *       tool, a thought or an image changes none of them. The domain, keywords
 *       and the language may be told by all.
 */
import type { Enrichment, Message, Secret } from "../message/message.ts";
import type { Sha256 } from "../settle/port.ts";
import { fieldsOf } from "../sources/json.ts";
import { costOfMessage } from "../usage/cost.ts";
import { ACT_TERMS, ACTS, actsOf } from "./acts.ts";
import { automatonOf } from "./automaton.ts";
import { type Before, type Earlier, openBefore } from "./before.ts";
import { chainOf } from "./chain.ts";
import { normalOf, wordCountOf } from "./counts.ts";
import { CUE_TERMS, effectOf } from "./cues.ts";
import { type Found, foundIn, UNDECIDED } from "./evidence.ts";
import { withGiven } from "./given.ts";
import { keywordsOf } from "./keywords.ts";
import { languageOf } from "./language.ts";
import { codeIn, lexiconOf } from "./lexicon.ts";
import { type Judged, judged as judgedBy, learntModel } from "./model.ts";
import { pathTableOf } from "./paths.ts";
import { type Known, READ_CHARS_MAX, type Reading } from "./reader.ts";
import { readingOf } from "./reading.ts";
import { saidIn } from "./said.ts";
import { SECRETS_MAX, secretsIn, withoutSecrets } from "./secrets.ts";
import { tagsOf } from "./tags.ts";
import { domainTerms, type Taxonomy, taxonomyId } from "./taxonomy.ts";
import { BEGIN, COLON, type Term } from "./terms.ts";
import { ARCHITECT_SAYS, tierOf } from "./tier.ts";

/** Enriches a message; `before` are the texts of its thread before it, oldest first. */
export type Enricher = (message: Message, sha256: Sha256, before?: readonly string[]) => Enrichment;

export function enricherOf(taxonomy: Taxonomy): Enricher {
  const known = knownOf(taxonomy);
  const kept = openBefore(known);
  let by: string | null = null;
  return (message, sha256, before = []) => {
    by ??= taxonomyId(taxonomy, sha256);
    const counts = { ...countsOf(message.text, sha256), taxonomy: by };
    const worked =
      message.kind === "record" || message.text === ""
        ? { ...UNCLASSIFIED, ...counts }
        : {
            ...judged(message, { known, kept, earlier: kept.of(before), secrets: counts.secrets }),
            ...counts,
          };
    const cost = costOfMessage(message);
    const priced = cost === undefined ? worked : { ...worked, cost_micro_usd: cost };
    return withGiven(priced, message.meta["given"]);
  };
}

type Counts = "content_hash" | "normal_hash" | "word_count" | "char_count" | "secrets";

function countsOf(text: string, sha256: Sha256): Pick<Enrichment, Counts> {
  return {
    content_hash: sha256(text),
    normal_hash: sha256(normalOf(text)),
    word_count: wordCountOf(text),
    char_count: text.length,
    secrets: secretsIn(text),
  };
}

type Setting = {
  readonly known: Known;
  readonly kept: Before;
  /** What was found in the messages before it, newest first. */
  readonly earlier: readonly Earlier[];
  readonly secrets: readonly Secret[];
};

function judged(message: Message, setting: Setting): Omit<Enrichment, Counts | "taxonomy"> {
  const { known, earlier, secrets } = setting;
  const { text } = message;
  const open = openIn(text, secrets);
  const reading = readingOf(open, known);
  const all = { open, reading, found: foundIn(reading, known) };
  const chain = chainOf(
    reading,
    all.found,
    earlier.map(({ said }) => said),
  );
  const keywords = secrets.length < SECRETS_MAX ? keywordsOf(reading) : [];
  // What was counted in the reading of all is used up: what was said may be read now.
  const said = isPrinted(message) ? null : saidOf(message, all, setting);
  const likely = said === null ? null : likelyOf(message, said, earlier);
  const tags = tagsOf(reading, likely, chain.chain_type);
  const acts = actsOf(said?.found ?? null, tags);
  const tier = tierOf(likely);
  return {
    chain_type: chain.chain_type,
    ace_tier: tier.ace_tier,
    shl_tags: Object.keys(tags),
    dialogue_acts: ACTS.filter((act) => acts[act] !== undefined),
    keywords,
    language: languageOf(text, reading.stops),
    explain: {
      chain_type: chain.decided,
      ace_tier: tier.decided,
      shl_tags: tags,
      dialogue_acts: acts,
    },
  };
}

/** A text without its secrets, and what was found in it. */
type Read = { readonly open: string; readonly reading: Reading; readonly found: Found };

function openIn(text: string, secrets: readonly Secret[]): string {
  return secrets.length === 0 ? text : withoutSecrets(text, secrets, READ_CHARS_MAX);
}

/** What was said, kept for the messages after it; null when there is no word in it. */
function saidOf(message: Message, all: Read, { known, kept }: Setting): Read | null {
  const said = saidIn(message);
  const read = said === message.text ? all : readIn(said, known);
  if (read.open === said && said !== "")
    kept.keep(said, { said: read.found, signs: read.reading.signs });
  return read.reading.signs.words === 0 ? null : read;
}

function readIn(said: string, known: Known): Read {
  const open = openIn(said, secretsIn(said));
  const reading = readingOf(open, known);
  return { open, reading, found: foundIn(reading, known) };
}

function likelyOf(message: Message, { open, reading }: Read, earlier: readonly Earlier[]): Judged {
  const around = {
    before: earlier[0]?.signs ?? null,
    byAssistant: message.author.role === "assistant",
  };
  return judgedBy(open, reading.signs, around, isArchitect(message) ? [ARCHITECT_SAYS] : []);
}

/** What a program prints says nothing of anybody's work: "0 failed, 57 passed" is no promise. */
function isPrinted({ author }: Message): boolean {
  return author.role === "tool" || author.role === "system";
}

/** Recorders of agents have finer roles than ours: "Architect". They stand where the sender put them. */
function isArchitect({ meta }: Message): boolean {
  const places = [meta, fieldsOf(meta["given"]), fieldsOf(meta["metadata"])];
  const role = places.map((place) => place?.["sender_role"]).find((one) => typeof one === "string");
  return typeof role === "string" && role.toLowerCase().includes("architect");
}

function knownOf(taxonomy: Taxonomy): Known {
  const vocabulary = learntModel();
  const automaton = automatonOf(distinct([...domainTerms(taxonomy), ...ACT_TERMS, ...CUE_TERMS]));
  const paths = pathTableOf(
    Object.entries(taxonomy.domains).map(([label, domain]) => ({
      label,
      paths: domain.paths ?? {},
    })),
  );
  return {
    automaton,
    lexicon: lexiconOf(automaton, paths, vocabulary),
    vocabulary,
    code: codeIn(vocabulary),
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
