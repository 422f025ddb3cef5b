/** Shapes of Markdown that documents of ours are made of. What goes in is Markdown already. */

/** A section: its title and what is in it. */
export function titled(title: string, ...parts: readonly string[]): string {
  return joined([`## ${title}`, ...parts]);
}

/** Parts with an empty line between them. */
export function joined(parts: readonly string[]): string {
  return parts.join("\n\n");
}

/** A value with its name. */
export function named(name: string, value: string): string {
  return `**${name}:** ${value}`;
}

/** A table, its columns as wide as what is in them: to be read unrendered too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) =>
    Math.max(name.length, 3, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lineOf(head), rule, ...rows.map(lineOf)].join("\n");
}
