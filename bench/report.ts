/** How every benchmark shows its figures: ours, theirs, and how many times better. */

/** One line. `aim` and `moonshot` are ratios; a unit of time or memory is better when it is less. */
export type Row = {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
  readonly aim?: number;
  readonly moonshot?: number;
};

const LESS_IS_BETTER: readonly string[] = ["ms", "us", "s", "MB"];

/** Prints the rows, aligned, with the ratio and whether it reaches what was aimed for. */
export function report(title: string, rows: readonly Row[]): void {
  const wide = Math.max(...rows.map((row) => row.what.length));
  process.stdout.write(`\n${title}\n`);
  for (const row of rows) {
    const less = LESS_IS_BETTER.includes(row.unit);
    const ratio = less ? row.theirs / row.ours : row.ours / row.theirs;
    const figures = `${figure(row.ours)} ${row.unit}`.padStart(16);
    const theirs = `${figure(row.theirs)} ${row.unit}`.padStart(16);
    process.stdout.write(
      `  ${row.what.padEnd(wide)}${figures}${theirs}  ${ratio.toFixed(2)}x${aimed(row, ratio)}\n`,
    );
  }
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}

function aimed(row: Row, ratio: number): string {
  if (row.moonshot !== undefined && ratio >= row.moonshot) return `  beyond ${row.moonshot}x`;
  if (row.aim === undefined) return "";
  return ratio >= row.aim ? `  aim ${row.aim}x reached` : `  aim ${row.aim}x missed`;
}
