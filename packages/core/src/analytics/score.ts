/**
 * The collaboration score: how much of a conversation between several parties
 * there is in what was said. 0 to 100, the mean of five parts.
 *
 * Three parts count how many of something there are, each as much as it is there:
 * the effective number (e to the power of Shannon's entropy). Three speakers of
 * whom one says nearly everything are hardly more than one.
 *
 *   N4  Rows that are empty, repeated, by nobody known, of machines or of
 *       bookkeeping change no part of the score, however many they are; and
 *       more of the same changes nothing either.
 */
import { msOf } from "../message/time.ts";
import type { TallyRow } from "./tally.ts";

export const SCORE_PARTS = [
  "speaker_diversity",
  "domain_coverage",
  "message_consistency",
  "metadata_enrichment",
  "shl_tagging",
] as const;
export type ScorePartName = (typeof SCORE_PARTS)[number];

export type ScorePart = {
  /** 0 to 100. */
  readonly value: number;
  /** The numbers it is made of. */
  readonly inputs: Readonly<Record<string, number>>;
  /** One sentence that explains the value. */
  readonly says: string;
};

export type Score = {
  /** The mean of the parts, 0 to 100, two decimals. */
  readonly score: number;
  readonly parts: Readonly<Record<ScorePartName, ScorePart>>;
};

/** As many speakers of equal weight are a conversation of many. */
const SPEAKERS_FULL = 3;
/** A conversation of less than a week is measured against a week. */
const DAYS_MIN = 7;
const DAY_CHARS: number = "2026-11-21".length;
const DAY_MS = 86_400_000;

/** The score of what was counted, against the domains of the taxonomy that holds. */
export function scoreOf(rows: readonly TallyRow[], domains: readonly string[]): Score {
  const counted = rows.filter(({ tally }) => (tally.message?.["counted"] ?? 0) > 0);
  const parts = {
    speaker_diversity: speakerDiversity(counted),
    domain_coverage: domainCoverage(counted, domains),
    message_consistency: messageConsistency(counted),
    metadata_enrichment: metadataEnrichment(counted, domains),
    shl_tagging: shlTagging(counted),
  };
  const sum = SCORE_PARTS.reduce((all, name) => all + parts[name].share, 0);
  return {
    score: percent(sum / SCORE_PARTS.length),
    parts: {
      speaker_diversity: shown(parts.speaker_diversity),
      domain_coverage: shown(parts.domain_coverage),
      message_consistency: shown(parts.message_consistency),
      metadata_enrichment: shown(parts.metadata_enrichment),
      shl_tagging: shown(parts.shl_tagging),
    },
  };
}

type Part = Omit<ScorePart, "value"> & { readonly share: number };

function shown({ share, inputs, says }: Part): ScorePart {
  return { value: percent(share), inputs, says };
}

const NOTHING = "Nothing that counts was said.";

function speakerDiversity(rows: readonly TallyRow[]): Part {
  const by = summed(rows, ({ speaker, tally }) => [[speaker, tally.message?.["counted"]]]);
  const effective = effectiveNumber(by);
  const share = Math.min(1, Math.max(0, (effective - 1) / (SPEAKERS_FULL - 1)));
  const who = by.size === 1 ? "One speaker" : `${by.size} speakers`;
  return {
    share,
    inputs: { speakers: by.size, effective_speakers: rounded(effective), full: SPEAKERS_FULL },
    says:
      by.size === 0
        ? NOTHING
        : `${who}, as varied as ${decimal(effective)} who speak equally often; ${SPEAKERS_FULL} are 100, one alone is 0.`,
  };
}

function domainCoverage(rows: readonly TallyRow[], domains: readonly string[]): Part {
  const known = new Set(domains);
  const by = summed(rows, ({ tally }) =>
    Object.entries(tally.chain ?? {}).filter(([name]) => known.has(name)),
  );
  const effective = effectiveNumber(by);
  return {
    share: known.size === 0 ? 0 : effective / known.size,
    inputs: {
      domains: by.size,
      effective_domains: rounded(effective),
      taxonomy_domains: known.size,
    },
    says:
      by.size === 0
        ? "No message is of a domain of the taxonomy."
        : `${by.size} of ${known.size} domains, as wide as ${decimal(effective)} that are spoken of equally often.`,
  };
}

function messageConsistency(rows: readonly TallyRow[]): Part {
  const by = summed(rows, ({ hour, tally }) => [
    [hour.slice(0, DAY_CHARS), tally.message?.["counted"]],
  ]);
  const effective = effectiveNumber(by);
  const days = [...by.keys()].toSorted();
  const first = days[0];
  const span = first === undefined ? 0 : (msOf(days.at(-1) ?? first) - msOf(first)) / DAY_MS + 1;
  const against = Math.max(DAYS_MIN, span);
  return {
    share: effective / against,
    inputs: {
      days_with_messages: by.size,
      effective_days: rounded(effective),
      days_first_to_last: span,
      measured_against: against,
    },
    says:
      by.size === 0
        ? NOTHING
        : `Something was said on ${by.size} of ${span} days, as steady as ${decimal(effective)} equal days of ${against}.`,
  };
}

/** A domain that a source gave and the taxonomy does not know ("unknown", "general") is none. */
function metadataEnrichment(rows: readonly TallyRow[], domains: readonly string[]): Part {
  const counted = total(rows, "counted");
  const of = rows.flatMap(({ tally }) =>
    [...new Set(domains)].map((name) => tally.chain?.[name] ?? 0),
  );
  const inputs = {
    counted,
    with_domain: of.reduce((sum, one) => sum + one, 0),
    with_tier: sumOf(rows, "with_tier"),
    with_keyword: sumOf(rows, "with_keyword"),
  };
  const { with_domain, with_tier, with_keyword } = inputs;
  return {
    share: counted === 0 ? 0 : (with_domain + with_tier + with_keyword) / (3 * counted),
    inputs,
    says:
      counted === 0
        ? NOTHING
        : `Of ${counted} messages ${with_domain} have a domain, ${with_tier} a tier and ${with_keyword} keywords.`,
  };
}

function shlTagging(rows: readonly TallyRow[]): Part {
  const counted = total(rows, "counted");
  const with_tag = sumOf(rows, "with_tag");
  return {
    share: counted === 0 ? 0 : with_tag / counted,
    inputs: { counted, with_tag },
    says:
      counted === 0
        ? NOTHING
        : `Of ${counted} messages ${with_tag} have a tag other than that of their domain.`,
  };
}

/** Amounts by name, summed over rows; what is 0 is not there. */
function summed(
  rows: readonly TallyRow[],
  of: (row: TallyRow) => readonly (readonly [string, number | undefined])[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows)
    for (const [name, amount] of of(row))
      if (amount !== undefined && amount > 0) sums.set(name, (sums.get(name) ?? 0) + amount);
  return sums;
}

/** How many names of equal amounts would be as varied: 0 for none, 1 for one. */
function effectiveNumber(by: ReadonlyMap<string, number>): number {
  // In the order of their size, so that the same amounts give the same sum to the last digit.
  const amounts = [...by.values()].toSorted((a, b) => a - b);
  const all = amounts.reduce((sum, one) => sum + one, 0);
  if (all === 0) return 0;
  const entropy = amounts.reduce((sum, one) => sum - (one / all) * Math.log(one / all), 0);
  return Math.exp(entropy);
}

function total(rows: readonly TallyRow[], standing: string): number {
  return rows.reduce((sum, { tally }) => sum + (tally.message?.[standing] ?? 0), 0);
}

function sumOf(rows: readonly TallyRow[], name: string): number {
  return rows.reduce((sum, { tally }) => sum + (tally.sum?.[name] ?? 0), 0);
}

/** A share as 0 to 100 with two decimals. */
function percent(share: number): number {
  return Math.round(Math.min(1, share) * 10_000) / 100;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function decimal(value: number): string {
  return value.toFixed(1);
}
