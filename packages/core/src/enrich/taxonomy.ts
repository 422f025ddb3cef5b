/**
 * A taxonomy: the domains texts are sorted into, and what speaks for each. Data,
 * so that everybody can bring their own; taxonomy.json is the one that holds
 * until somebody does.
 *
 * `terms` are words and phrases with their weights, matched by whole words in
 * any inflection. `not` are phrases in which such a word means something else
 * ("real estate agent"): they take back what they cover, and their weight
 * beside it. `paths` are patterns of file paths (paths.ts).
 *
 *   E5  What was worked out by equal rules bears one name, and by any other
 *       rules another one.
 */
import { z } from "zod";
import { no, type Result, yes } from "../result.ts";
import type { Sha256 } from "../settle/port.ts";
import { canonical } from "../sources/envelope.ts";
import { inPlainWords } from "./fault-words.ts";
import { jsonFault } from "./json-fault.ts";
import standard from "./taxonomy.json" with { type: "json" };
import { cancelling, stemsOf, type Term, termOf } from "./terms.ts";

/**
 * Our own rules of enrichment: everything but the taxonomy that decides an
 * answer (tiers, tags, secrets, prices). Counts up whenever one of them changes,
 * so that what was worked out before is known to be old.
 */
const ENRICHMENT_VERSION = 3;

/** Bounds of a taxonomy: more would be a model, not a list somebody can read. */
const DOMAINS_MAX = 64;
const TERMS_MAX = 2000;
const PHRASE_WORDS_MAX = 8;
const PHRASE_CHARS_MAX = 80;
const WEIGHT_MAX = 10;
/** So many faults are told at once. */
const FAULTS_MAX = 10;
const DIGEST_CHARS = 8;

/** No domain of the taxonomy. */
export const ELSEWHERE = "unclassified";

type Weights = Readonly<Record<string, number>>;

export type Domain = {
  readonly about: string;
  readonly terms: Weights;
  readonly not?: Weights | undefined;
  readonly paths?: Weights | undefined;
};

export type Taxonomy = {
  readonly name: string;
  /** Counts up whenever the domains or their terms change: what was worked out with another version is worked out again. */
  readonly version: number;
  readonly domains: Readonly<Record<string, Domain>>;
  /** What people speak of when they speak of none of the domains. */
  readonly elsewhere?: Weights | undefined;
};

const weight = z.number().gt(0).max(WEIGHT_MAX);
const phrase = z
  .string()
  .max(PHRASE_CHARS_MAX)
  .refine((text) => stemsOf(text).length > 0, "must hold a word")
  .refine(
    (text) => stemsOf(text).length <= PHRASE_WORDS_MAX,
    `must not hold more than ${PHRASE_WORDS_MAX} words`,
  );
const phrases = z
  .record(phrase, weight)
  .refine((all) => Object.keys(all).length <= TERMS_MAX, `must not be more than ${TERMS_MAX}`);
const pattern = z
  .string()
  .regex(
    /^(?:[^/*\s]+\/|\*\.[^/*\s]+(?:\.\*)?|[^/*\s]+)$/,
    'must be "folder/", "*.ending", "*.part.*" or a file name',
  )
  .max(PHRASE_CHARS_MAX);
const label = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, "must be lower-case letters, digits and _")
  .refine((name) => name !== ELSEWHERE, "is the answer when no domain fits");
const domain: z.ZodType<Domain> = z.strictObject({
  about: z.string().max(500),
  terms: phrases,
  not: phrases.optional(),
  paths: z.record(pattern, weight).optional(),
});
const schema: z.ZodType<Taxonomy> = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be lower-case letters, digits and -"),
  version: z.int().min(1),
  domains: z
    .record(label, domain)
    .refine((all) => Object.keys(all).length > 0, "must name a domain")
    .refine(
      (all) => Object.keys(all).length <= DOMAINS_MAX,
      `must not be more than ${DOMAINS_MAX}`,
    ),
  elsewhere: phrases.optional(),
});

/** A taxonomy as somebody wrote it, or what is wrong with it and where: "domains.ui_ux.terms.button: …". */
export function parseTaxonomy(value: unknown): Result<Taxonomy> {
  const read = schema.safeParse(value, { error: inPlainWords });
  if (read.success) return yes(read.data);
  const faults = read.error.issues.map(faultOf);
  const more = faults.length > FAULTS_MAX ? [`and ${faults.length - FAULTS_MAX} more`] : [];
  return no([...faults.slice(0, FAULTS_MAX), ...more].join("; "));
}

/** The same for the text of a file; where it is no JSON, the line and column are said. */
export function readTaxonomy(text: string): Result<Taxonomy> {
  // Some editors begin a file with a byte order mark.
  const json = text.replace(/^\ufeff/, "");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return no(`${jsonFault(json)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parseTaxonomy(value);
}

/**
 * Who enriched: `boats@3+1a2b3c4d.r1`. Name and version as its author has them,
 * then a digest of all it says (a change without a new version is one, too), then
 * our own rules. Equal for equal answers.
 */
export function taxonomyId(taxonomy: Taxonomy, sha256: Sha256): string {
  const said = sha256(canonical(taxonomy)).slice(0, DIGEST_CHARS);
  return `${taxonomy.name}@${taxonomy.version}+${said}.r${ENRICHMENT_VERSION}`;
}

/** What holds until somebody brings their own. */
export const STANDARD_TAXONOMY: Taxonomy = standard;

/** What a taxonomy looks for in words. */
export function domainTerms({ domains, elsewhere }: Taxonomy): readonly Term[] {
  const named = Object.entries(domains).flatMap(([name, { terms, not }]) => [
    ...rowsOf(name, terms),
    ...rowsOf(name, not ?? {}).map(cancelling),
  ]);
  return [...named, ...rowsOf(ELSEWHERE, elsewhere ?? {})];
}

function rowsOf(name: string, weights: Weights): readonly Term[] {
  return Object.entries(weights).map(([text, amount]) => termOf("chain", name, text, amount));
}

type Fault = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code: string;
  readonly issues?: readonly { readonly message: string }[];
};

function faultOf({ path, message, code, issues }: Fault): string {
  const where = path.length === 0 ? "the taxonomy" : path.map(String).join(".");
  const what = code === "invalid_key" ? (issues?.[0]?.message ?? message) : message;
  return `${where}: ${what}`;
}
