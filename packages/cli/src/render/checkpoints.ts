/** Checkpoints as a person reads them. Pure. */
import type { Checkpoint } from "@verbatim/core/checkpoints";
import type { Surface } from "../surface.ts";
import { bytesText, columns, countText, manyText, shown } from "./text.ts";

/** What was made just now. */
export function madeText(made: readonly Checkpoint[], to: number, dir: string): string {
  if (made.length === 0)
    return `nothing new since the last checkpoint, which goes up to entry ${countText(to)}; none was made\n`;
  return made
    .map(
      (one) =>
        `made ${one.id}: ${manyText(one.count, "entry", "entries")} (${rangeText(one)}), ${manyText(one.messages, "message")}\n` +
        `  ${dir}/${one.id}.json     ${bytesText(one.files.json.bytes)}\n` +
        `  ${dir}/${one.id}.parquet  ${bytesText(one.files.parquet.bytes)}\n`,
    )
    .join("");
}

/** A table, the newest first. */
export function listText(
  checkpoints: readonly Checkpoint[],
  { widthOf }: Pick<Surface, "widthOf">,
): string {
  const rows = checkpoints.map((one) => [
    one.id,
    rangeText(one),
    countText(one.count),
    countText(one.messages),
    bytesText(one.files.json.bytes),
    bytesText(one.files.parquet.bytes),
    noteOf(one),
  ]);
  const head = ["checkpoint", "entries", "count", "messages", "json", "parquet", ""];
  return `${columns([head, ...rows], widthOf, [2, 3, 4, 5])}\n`;
}

/** One of them, with its files. */
export function oneText(
  one: Checkpoint,
  dir: string,
  { widthOf }: Pick<Surface, "widthOf">,
): string {
  const rows = [
    ["label", shown(one.label)],
    ["made", one.made_at],
    [
      "entries",
      `${rangeText(one)}: ${countText(one.count)}, of which nothing was understood of ${countText(one.asides)}`,
    ],
    ["messages", countText(one.messages)],
    ["raw", bytesText(one.raw_bytes)],
    [
      "withheld",
      one.withheld === 0
        ? ""
        : `${manyText(one.withheld, "entry that was", "entries that were")} deleted or erased`,
    ],
    ...one.erased.map(({ at, why, entries }) => [
      "erased",
      `${manyText(entries, "entry", "entries")} at ${at}: ${shown(why)}`,
    ]),
    ["json", `${dir}/${one.id}.json  ${bytesText(one.files.json.bytes)}`],
    ["", `sha256 ${one.files.json.sha256}`],
    ["parquet", `${dir}/${one.id}.parquet  ${bytesText(one.files.parquet.bytes)}`],
    ["", `sha256 ${one.files.parquet.sha256}`],
    ["previous", one.previous],
  ];
  const told = rows.filter(([, text]) => text !== "").map((row) => ["", ...row]);
  return `${one.id}\n${columns(told, widthOf)}\n`;
}

function rangeText({ first_seq, last_seq }: Checkpoint): string {
  return first_seq === last_seq
    ? countText(first_seq)
    : `${countText(first_seq)} to ${countText(last_seq)}`;
}

function noteOf({ label, erased }: Checkpoint): string {
  const entries = erased.reduce((sum, one) => sum + one.entries, 0);
  const taken = entries === 0 ? "" : `  (${manyText(entries, "entry", "entries")} erased)`;
  return `${shown(label)}${taken}`;
}
