import { expect, test } from "bun:test";
import fc from "fast-check";
import { markdownBlock, markdownLine, markdownQuote, seen } from "./markdown-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  nbsp: " ",
};

/** Every extension that would make something of a text. */
const EXTENSIONS = {
  autolinks: { url: true, www: true },
  latexMath: true,
  wikiLinks: true,
} as const;
const rendered = (markdown: string): string => Bun.markdown.html(markdown, EXTENSIONS);

/** What a reader sees of rendered HTML that holds nothing but paragraphs and line breaks; a tag that is left is something we did not write. */
function shown(html: string): string {
  return html
    .replaceAll(/<br ?\/?>\n?/g, "\n")
    .replaceAll(/<\/p>\n?<p>/g, "\n\n")
    .replaceAll(/<\/?p>\n?/g, "")
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replaceAll("\u00a0", " ")
    .replaceAll(/&#39;/g, "'");
}

/** A text with its spaces at line ends and its repeated empty lines gone: nobody sees them. */
function plain(text: string): string {
  return seen(text)
    .replaceAll(/ +$/gm, "")
    .replaceAll("\u00a0", " ")
    .replaceAll(/\n{2,}/g, "\n\n")
    .replaceAll(/^\n+|\n+$/g, "");
}

const NASTY = [
  "# heading",
  "Title\n=====",
  "Title\n---",
  "> quote\n>> deeper",
  "```js\nlet a;\n```",
  "~~~\ncode\n~~~",
  "    indented code",
  "\ttab",
  "| a | b |\n|---|---|\n| 1 | 2 |",
  "- item\n* item\n+ item\n1. one\n2) two",
  "<script>alert(1)</script> <b>bold</b> <!-- gone -->",
  "*a* **b** _c_ __d__ `e` ~~f~~ ==g== ^h^",
  "[link](javascript:alert(1)) ![image](http://a.example/x.png) [ref]: http://a.example",
  "&amp; &lt; &#64; &nbsp; &copy;",
  "http://a.example/x_y_z?a=b&c=d www.a.example/a_b mailto:a_b@c.example",
  "@somebody #123 :smile: $x_1$ {{ template }}",
  "two  spaces   three\nand a\\backslash\\",
  "line one\nline two\n\nnew paragraph\n\n\n\nfar below",
  "bell \u0007 escape \u001b[31m red",
  "\r\ncarriage\rreturns\u2028and others",
  "1234567890. too long for a list\n- [ ] task",
  "***\n___\n- - -",
  "a trailing backslash\\\nnext",
  "[^1]: footnote\n: definition\nTerm",
  "line ends in spaces   \nnext",
  "",
];

test("K11: what is written is what is shown, whatever it looks like", () => {
  for (const text of NASTY) {
    expect(shown(rendered(markdownBlock(text)))).toBe(plain(text));
  }
});

test("K11: any text rendered is the text", () => {
  const piece = fc.oneof(
    fc.constantFrom(...NASTY),
    fc.constantFrom("*", "_", "`", "[", "](", ")", "<", ">", "#", "|", "~", "\\", "&", "- ", "1. "),
    fc.constantFrom(
      " ",
      "  ",
      "\n",
      "\n\n",
      "\t",
      "a",
      "word",
      "http://",
      "www.",
      "@",
      ":",
      "=",
      "+",
    ),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (one) => {
      expect(shown(rendered(markdownBlock(one)))).toBe(plain(one));
    }),
    { numRuns: 1500 },
  );
});

test("K11: nothing in a quotation ends it, and nothing in a cell ends its row", () => {
  for (const text of NASTY) {
    const html = rendered(`${markdownQuote(markdownBlock(text))}\n\nafter\n`);
    expect(html.match(/<blockquote>/g)).toHaveLength(1);
    expect(html.endsWith("</blockquote>\n<p>after</p>\n")).toBe(true);
    const table = `| A | B |\n| --- | --- |\n| ${markdownLine(text)} | b |\n`;
    expect(rendered(table).match(/<td>/g)).toHaveLength(2);
    expect(markdownLine(text)).not.toContain("\n");
  }
});
