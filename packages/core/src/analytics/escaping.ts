/** Any text as Markdown that shows just that text: no name makes a link, a table, a heading, HTML or a mention. */
import { oneLine } from "./charts.ts";

/** In a sentence. */
export function escaped(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\`*[\]|~$]/g, "\\$&")
      // Within a word it is no emphasis.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      // With nothing visible in between nobody is notified of being named.
      .replaceAll("@", "@&#8203;")
      .replaceAll("://", ":&#8203;//")
      .replace(/\bwww\./gi, "$&&#8203;")
      .replace(/^\s*([#+=-])/, "\\$1")
      .replace(/^\s*(\d+)([.)])/, "$1\\$2")
  );
}

/** In the cell of a table, as code. */
export function codeCell(text: string): string {
  const line = oneLine(text).trim() || " ";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`.replaceAll("|", "\\|");
}

/** Lines as they are, in a fence that none of them can end. */
export function fenced(lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...lines, fence].join("\n");
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  // The first column holds names, the others numbers.
  const rule = head.map((_, at) => (at === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
