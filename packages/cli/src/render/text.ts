/** Text for a terminal: sizes, ages, columns that line up, and nothing that a terminal would obey. Pure. */

/** What a message must not bring to a terminal: every control character but newline and tab, and what turns the direction of writing. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

/** Colours and the like of another terminal: without its first character the rest would stand there as text. */
const COLOURS = /(?![\n\t])\p{Cc}\[[0-9;?]*[ -/]*(?:[@-~]|$)/gu;

const ID_CHARS = 8;

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "we may not",
  EPERM: "we may not",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
};

/** Why a file could not be used, in words. */
export function whyOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return WHY[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

/** Untrusted text as it may be shown. */
export function shown(text: string): string {
  return text.replaceAll(COLOURS, "").replaceAll(CONTROL, "");
}

/** On one line, at most `chars` long. */
export function oneLine(text: string, chars: number): string {
  const line = shown(text).replaceAll(/\s+/g, " ").trim();
  return line.length <= chars ? line : `${line.slice(0, chars - 1).toWellFormed()}…`;
}

/** 1536 -> "1.5 KB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** 90000 -> "1 min 30 s". */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** 1234567 -> "1,234,567". */
export function countText(count: number | null): string {
  return count === null ? "unknown" : count.toLocaleString("en-US");
}

/** "1 thread", "2 threads". */
export function manyText(count: number | null, one: string, many: string = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** The beginnings of ids, as short as they still differ; at least 8 characters. */
export function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const all = [...new Set(ids)];
  for (let chars = ID_CHARS; ; chars += 4) {
    const short = new Map(all.map((id) => [id, shown(id).slice(0, chars)]));
    const isLong = all.every((id) => id.length <= chars);
    if (isLong || new Set(short.values()).size === all.length) return short;
  }
}

/** Rows in columns that line up; numbers (a column named in `right`) to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  widthOf: (text: string) => number,
  right: readonly number[] = [],
): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  return rows
    .map((row) =>
      row
        .map((cell, at) => {
          const room = " ".repeat((widths[at] ?? 0) - widthOf(cell));
          return right.includes(at) ? room + cell : cell + room;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
