/**
 * Anybody's words as Markdown that shows them as they were written.
 *
 *   K11  Rendered, a text is the text: no heading, list, table, link, emphasis,
 *        code or HTML is made of it, and no line of it ends what it stands in.
 *
 * Lines stay lines, runs of spaces stay as wide as they were, and characters
 * that cannot be seen (C0 controls) are shown by their pictures.
 */

/** Characters that mean something anywhere in a line. */
const MARKUP = /[\\`*_[\]<>&|~$^@{}]/g;
/** What a line may begin with to be more than a line. */
const BLOCK_START = /^(#|\+|-|=|:)/;
const NUMBERED = /^(\d{1,9})([.)])/;
/** What renderers make links of by themselves. */
const BARE_LINK = /:(?=\/\/)|(?<=www)\.|(?<=(?:mailto|xmpp)):/gi;
const TAB = "    ";
const DELETE = 0x7f;
/** Where Unicode keeps pictures of the C0 controls. */
const PICTURES = 0x24_00;

/** A text of several lines as a block of Markdown. */
export function markdownBlock(text: string): string {
  const lines = seen(text).split("\n").map(lineOf);
  return lines.map((line, at) => (breaks(line, lines[at + 1]) ? `${line}  ` : line)).join("\n");
}

/** A text as one line: for lists, tables and between other words. */
export function markdownLine(text: string): string {
  return lineOf(
    seen(text)
      .replaceAll(/\s*\n\s*/g, " ")
      .trim(),
  );
}

/** A block of Markdown as a quotation: nothing in it can end it. */
export function markdownQuote(block: string): string {
  return block
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

/** The lines of a text, with everything in it visible. */
export function seen(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|\u2028|\u2029|\u0085/g, "\n")
    .replaceAll("\t", TAB)
    .replaceAll(/(?!\n)\p{Cc}/gu, pictureOf);
}

/** How a control character is shown. */
function pictureOf(control: string): string {
  const code = control.charCodeAt(0);
  if (code === DELETE) return "\u2421";
  return code < DELETE ? String.fromCharCode(PICTURES + code) : "\ufffd";
}

/** A line that another line follows ends in a break: without it both would run together. */
function breaks(line: string, next: string | undefined): boolean {
  return line !== "" && next !== undefined && next !== "";
}

function lineOf(line: string): string {
  const whole = line.replace(/ +$/, "");
  const words = whole.replace(/^ +/, "");
  const indent = "&nbsp;".repeat(whole.length - words.length);
  const escaped = words
    .replaceAll(MARKUP, "\\$&")
    .replaceAll(BARE_LINK, "\\$&")
    .replace(BLOCK_START, "\\$&")
    .replace(NUMBERED, "$1\\$2")
    .replaceAll(/(?<= ) /g, "&nbsp;");
  return indent + escaped;
}
