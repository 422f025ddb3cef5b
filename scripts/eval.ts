/**
 * `bun run eval [--wrong] [file…]`: enrichment against labelled messages, label
 * by label, beside the rules of the recorders before it. Red when a figure on
 * unseen.jsonl falls below what it has to reach.
 *
 * dev.jsonl and train.jsonl are learnt from: their figures say that it was
 * learnt, and `bun scripts/train.ts --keep` says how well without having seen a
 * topic.
 *
 * --wrong shows the messages answered wrongly: never those of unseen.jsonl,
 * because what was looked at can no longer tell how well unknown messages are understood.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { figuresOf, type Judged, macroOf } from "../packages/core/eval/figures.ts";
import { type Labels, oldLabels } from "../packages/core/eval/old-rules.ts";
import { enrich } from "../packages/core/src/enrich/enrich.ts";

type Row = Omit<Labels, "chain_type"> & {
  /** Rows that tiers and tags are learnt from have none. */
  readonly chain_type?: string;
  readonly text: string;
  readonly role: "user" | "assistant" | "system" | "tool" | "agent";
  readonly before: readonly string[];
};
type Subject = {
  readonly name: string;
  readonly aim: number;
  readonly of: (one: Partial<Labels>) => readonly string[];
};

const UNSEEN = "unseen.jsonl";
const FOLDER = join(import.meta.dir, "../packages/core/eval");
const SUBJECTS: readonly Subject[] = [
  { name: "chain_type", aim: 0.85, of: ({ chain_type = "" }) => [chain_type] },
  { name: "ace_tier", aim: 0.8, of: ({ ace_tier = "" }) => [ace_tier] },
  {
    name: "shl_tags",
    aim: 0.9,
    of: ({ shl_tags = [] }) => shl_tags.filter((tag) => !tag.startsWith("@Chain-")),
  },
];

const asked = process.argv.slice(2).filter((one) => !one.startsWith("--"));
const wrong = process.argv.includes("--wrong");
const names = asked.length > 0 ? asked : ["dev.jsonl", "train.jsonl", UNSEEN];
for (const name of names.filter((one) => existsSync(join(FOLDER, one)))) evaluate(name);

function evaluate(name: string): void {
  const rows = readFileSync(join(FOLDER, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Row => JSON.parse(line));
  const ours = rows.map(labelsOf);
  const old = rows.map((row) => oldLabels(row.text, row.role));
  print(`${name}: ${rows.length} messages${name === UNSEEN ? "" : ", learnt from"}`);
  for (const subject of subjectsOf(rows)) compare(name, subject, rows, ours, old);
  if (wrong && name !== UNSEEN) showWrong(rows, ours);
}

/** What the rows have labels for. */
function subjectsOf(rows: readonly Row[]): readonly Subject[] {
  return SUBJECTS.filter(({ of }) => rows.some((row) => of(row).some((label) => label !== "")));
}

function labelsOf(row: Row): Labels {
  const at = "2026-01-01T00:00:00.000Z";
  return enrich(
    {
      id: "m",
      session_id: "s",
      source: "api",
      author: { name: row.role, role: row.role },
      said_at: at,
      heard_at: at,
      seq: 1,
      sub: 0,
      kind: "message",
      parts: [],
      text: row.text,
      meta: {},
    },
    (data) => createHash("sha256").update(data).digest("hex"),
    row.before,
  );
}

function compare(
  file: string,
  { name, aim, of }: Subject,
  rows: readonly Row[],
  ours: readonly Labels[],
  old: readonly Labels[],
): void {
  const labels = [...new Set(rows.flatMap(of))].toSorted();
  const mine = figuresOf(judged(rows, ours, of), labels);
  const theirs = figuresOf(judged(rows, old, of), labels);
  print(
    `\n  ${name.padEnd(22)}count  precision  recall     F1   old rules: precision  recall     F1`,
  );
  for (const [at, one] of mine.entries()) {
    const other = theirs[at] ?? one;
    print(
      `  ${one.label.padEnd(22)}${String(one.count).padStart(5)}${part(one.precision, 11)}${part(one.recall, 8)}${part(one.f1, 7)}${part(other.precision, 23)}${part(other.recall, 8)}${part(other.f1, 7)}`,
    );
  }
  const macro = macroOf(mine);
  print(`  macro-F1 ${macro.toFixed(3)}, aim ${aim}; old rules ${macroOf(theirs).toFixed(3)}`);
  if (file === UNSEEN && macro < aim) process.exitCode = 1;
}

function judged(
  rows: readonly Row[],
  said: readonly Labels[],
  of: Subject["of"],
): readonly Judged[] {
  return rows.map((row, at) => {
    const one = said[at];
    return { right: of(row), said: one === undefined ? [] : of(one) };
  });
}

function showWrong(rows: readonly Row[], ours: readonly Labels[]): void {
  for (const { name, of } of subjectsOf(rows)) {
    print(`\n  ${name}, answered wrongly:`);
    for (const [at, row] of rows.entries()) {
      const said = ours[at];
      if (said === undefined || of(said).toSorted().join() === of(row).toSorted().join()) continue;
      print(`  ${at} ${of(row).join(" ")} -> ${of(said).join(" ")} | ${row.text.slice(0, 300)}`);
    }
  }
}

function part(value: number, wide: number): string {
  return value.toFixed(2).padStart(wide);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
