/**
 * Numbers that add up. A tally is two levels of names with a number at the end:
 * what is counted, and of what. Tallies of two stretches added are the tally of
 * both, so a report over years adds rows of hours and reads no message.
 *
 *   N1  However messages are cut into stretches, their tallies add up to the same.
 */

export type Counts = Readonly<Record<string, number>>;

/** What is counted. */
export const GROUPS = [
  /** Every message by its standing (standing.ts), and `all`. */
  "message",
  /** Of all messages: who and where. */
  "role",
  "source",
  /** Of counted messages: what was worked out about them. */
  "chain",
  "tier",
  "tag",
  "act",
  "language",
  "keyword",
  "receiver",
  /** Sums over counted messages: words, chars, turns, answers, answer_ms, and how many have a domain, a tier, a keyword, a tag. */
  "sum",
  /** Time from one speaker's words to the next one's, by its bound in seconds: a power of two. */
  "answer_within_s",
  /** Changes of domain that lasted, `from>to`. */
  "shift",
  /** Questions and blocked work that came up, and that were settled later in their thread. */
  "opened",
  "settled",
  "tool_call",
  "tool_error",
  /** Kinds of secrets found. */
  "secret",
  /** By model: calls, their tokens and what they cost; `unpriced` are calls without a known price. */
  "call",
  "unpriced",
  "cost_micro_usd",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
] as const;

export type Group = (typeof GROUPS)[number];
export type Tally = Readonly<Partial<Record<Group, Counts>>>;

/** A tally of one hour (UTC, ISO 8601), one project ("" where none is known) and one speaker. */
export type TallyRow = {
  readonly hour: string;
  readonly project: string;
  readonly speaker: string;
  readonly tally: Tally;
};

/** Names a group of one row keeps apart; those that come later are counted together as OTHER. */
export const NAMES_MAX = 2000;
export const OTHER = "(other)";
const NAME_CHARS_MAX = 200;

/** Numbers being added to. */
export type Adding = Partial<Record<Group, Record<string, number>>>;

/** Adds so many to a name of a stretch, which keeps every name: which of them are OTHER only the row that it is added to can say. */
export function add(to: Adding, group: Group, name: string, amount = 1): void {
  if (amount === 0) return;
  const counts = to[group] ?? emptyCounts();
  to[group] = counts;
  const known = counts[name];
  if (known === undefined) mentioned(counts, name);
  counts[name] = (known ?? 0) + amount;
}

/** Adds a tally to a row, `more` being the later one. Names come in the order of the journal, so which are OTHER is always the same. */
export function addTally(to: Adding, more: Tally): void {
  for (const group of GROUPS) {
    const later = more[group];
    if (later === undefined) continue;
    const counts = to[group] ?? emptyCounts();
    to[group] = counts;
    // What came to 0 in the stretch is a name all the same, as it would be had it come message by message.
    for (const name of mentions.get(later) ?? Object.keys(later))
      addBounded(counts, name, later[name] ?? 0);
  }
}

function addBounded(counts: Record<string, number>, name: string, amount: number): void {
  const known = counts[name];
  if (known !== undefined) counts[name] = known + amount;
  else if (name === OTHER || !isFull(counts)) counts[name] = amount;
  else counts[OTHER] = (counts[OTHER] ?? 0) + amount;
}

/** Names of a stretch in the order they were first said in: an object puts those that are numbers before all others. */
const mentions = new WeakMap<object, string[]>();

function mentioned(counts: object, name: string): void {
  const names = mentions.get(counts);
  if (names === undefined) mentions.set(counts, [name]);
  else names.push(name);
}

/** The sum of rows, whatever hour, project and speaker they are of; of some groups where the others are of no use. */
export function tallySum(rows: readonly TallyRow[], groups: readonly Group[] = GROUPS): Tally {
  const sum: Adding = {};
  for (const { tally } of rows) for (const group of groups) addAll(sum, group, tally[group]);
  return sum;
}

/** Sums keep every name: only rows are bounded. */
function addAll(to: Adding, group: Group, counts: Counts | undefined): void {
  if (counts === undefined) return;
  const sums = to[group] ?? emptyCounts();
  to[group] = sums;
  for (const [name, amount] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + amount;
}

/** A name as a row keeps it: bounded, and with nothing that Postgres has no text for. */
export function nameOf(text: string): string {
  return text.slice(0, NAME_CHARS_MAX).toWellFormed().replaceAll("\0", "\u{FFFD}");
}

/** Without a prototype: "constructor" is a name like any other. */
function emptyCounts(): Record<string, number> {
  return Object.create(null);
}

const sizes = new WeakMap<object, number>();

/** Whether a group has all the names it keeps; counting them each time would be quadratic. */
function isFull(counts: Record<string, number>): boolean {
  const size = sizes.get(counts) ?? Object.keys(counts).filter((name) => name !== OTHER).length;
  if (size >= NAMES_MAX) return true;
  sizes.set(counts, size + 1);
  return false;
}
