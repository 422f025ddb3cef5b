/** Small charts of text: bars, a line of days, a week of hours. All of one width, whatever the names. */

const BAR_CELLS = 24;
const NAME_CELLS_MAX = 32;
/** A cell of a bar in eighths. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const HEIGHTS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const SHADES = [" ", "░", "▒", "▓", "█"] as const;

export type Bar = { readonly name: string; readonly amount: number; readonly says: string };

/** One line each: name, bar, what it says. A full bar is `full`, or else the largest amount. */
export function bars(rows: readonly Bar[], full: number | null = null): readonly string[] {
  const most = full ?? Math.max(...rows.map(({ amount }) => amount), 0);
  const names = rows.map(({ name }) => cutTo(oneLine(name), NAME_CELLS_MAX));
  const cells = Math.max(...names.map(cellsOf), 0);
  const says = Math.max(...rows.map((row) => row.says.length), 0);
  return rows.map((row, at) => {
    const name = names[at] ?? "";
    const bar = barOf(most <= 0 ? 0 : row.amount / most);
    return `${padded(name, cells)}  ${padded(bar, BAR_CELLS)}  ${row.says.padStart(says)}`;
  });
}

function barOf(share: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(share * BAR_CELLS * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/** A line of heights, the largest amount full; what is 0 lies on the ground. */
export function sparkline(amounts: readonly number[]): string {
  const most = Math.max(...amounts, 0);
  return amounts.map((one) => levelOf(one, most, HEIGHTS)).join("");
}

/** A row of shades against the most there is; only 0 is blank. */
export function shades(amounts: readonly number[], most: number): string {
  return amounts.map((one) => levelOf(one, most, SHADES)).join("");
}

function levelOf(amount: number, most: number, levels: readonly string[]): string {
  const level = most <= 0 ? 0 : Math.ceil((amount / most) * (levels.length - 1));
  return levels[Math.max(0, level)] ?? "";
}

/** Whatever breaks a line, and what is not to be seen, becomes a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
const NO_WIDTH = /\p{M}/u;

/** Cells of a terminal a text takes: two for wide characters, none for marks on others. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text) cells += cellsOfChar(char);
  return cells;
}

function cellsOfChar(char: string): number {
  if (NO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

function padded(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - cellsOf(text)));
}

function cutTo(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += cellsOfChar(char);
    if (used > cells - 1) break;
    kept += char;
  }
  return `${kept}…`;
}
