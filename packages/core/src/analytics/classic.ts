/**
 * The score as the earlier recorder's analytics worked it out, for who wants to
 * compare: five parts of 20 %. It rewards volume, empty rows and names nobody
 * knows; score.ts is the one to go by. Row by row over the old logs as they
 * are, with what was worked out looked for at the root and in Metadata.
 */
import { type Fields, fieldsOf } from "../sources/json.ts";
import { SCORE_PARTS, type ScorePartName } from "./score.ts";

export type ClassicScore = {
  readonly score: number;
  readonly rows: number;
  readonly parts: Readonly<Record<ScorePartName, number>>;
};

/** Adds rows one by one, so that a log of any size can be read. */
export interface ClassicScoring {
  add(row: unknown): void;
  score(): ClassicScore;
}

const SPEAKERS_FULL = 3;
const DOMAINS_FULL = 10;
const ROWS_FULL = 100;
const WEIGHT = 0.2;

/** The score of rows of an old log. What is no object is no row. */
export function classicScore(rows: Iterable<unknown>): ClassicScore {
  const scoring = openClassicScoring();
  for (const row of rows) scoring.add(row);
  return scoring.score();
}

export function openClassicScoring(): ClassicScoring {
  const speakers = new Set<string>();
  const domains = new Set<string>();
  let rows = 0;
  let enriched = 0;
  let tagged = 0;
  return {
    add: (value) => {
      const row = fieldsOf(value);
      if (row === null) return;
      const metadata = fieldsOf(row["Metadata"]) ?? {};
      rows += 1;
      speakers.add(nameIn(row["SpeakerName"]));
      domains.add(nameIn(firstOf("chain_type", row, metadata)));
      if (Object.keys(metadata).length > 0) enriched += 1;
      if (firstOf("shl_tags", row, metadata) !== undefined) tagged += 1;
    },
    score: () =>
      scored(rows, {
        speaker_diversity: Math.min((speakers.size / SPEAKERS_FULL) * 100, 100),
        domain_coverage: Math.min((domains.size / DOMAINS_FULL) * 100, 100),
        message_consistency: Math.min((rows / ROWS_FULL) * 100, 100),
        metadata_enrichment: (enriched / Math.max(1, rows)) * 100,
        shl_tagging: (tagged / Math.max(1, rows)) * 100,
      }),
  };
}

function scored(rows: number, parts: Record<ScorePartName, number>): ClassicScore {
  const sum = SCORE_PARTS.reduce((all, name) => all + parts[name] * WEIGHT, 0);
  const shown = { ...parts };
  for (const name of SCORE_PARTS) shown[name] = roundedHalfEven(parts[name]);
  return { score: roundedHalfEven(sum), rows, parts: shown };
}

/** What stands at the root, else in Metadata; what is empty stands nowhere. */
function firstOf(name: string, row: Fields, metadata: Fields): unknown {
  return [row[name], metadata[name]].find((one) => !isEmpty(one));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === "" || value === 0 || value === false;
}

/** The old analytics called "unknown" what was not there, and counted it. */
function nameIn(value: unknown): string {
  if (isEmpty(value)) return "unknown";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** To two decimals, a tie to the even one, as the old program's language rounds. */
function roundedHalfEven(value: number): number {
  const up = Number(value.toFixed(2));
  // A binary fraction is a tie exactly when it is an odd number of eighths.
  const eighths = value * 8;
  const isTie = Number.isInteger(eighths) && eighths % 2 === 1;
  return isTie && eighths % 4 === 1 ? Number((up - 0.01).toFixed(2)) : up;
}
