/**
 * What was said, as Markdown: drawn as elements and never as HTML, so that no
 * text can run or load anything. Pictures in it are links: nothing is fetched
 * from elsewhere by reading.
 *
 *   B47  No text keeps a page from being read: what cannot be drawn as Markdown
 *        is there as it was written.
 */
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { memo, type ReactNode, useState } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkGfm from "remark-gfm";
import { Boundary } from "./boundary.tsx";
import { countText } from "./figures.tsx";
import { isTangled } from "./plain.ts";

const languages = { bash, css, diff, go, json, markdown, python, rust, sql, typescript, xml, yaml };
/** Names that stand for one of these. */
const aliases = {
  bash: ["sh", "shell", "zsh", "console"],
  typescript: ["ts", "tsx", "js", "jsx", "javascript"],
  xml: ["html", "svg"],
  yaml: ["yml", "toml"],
  python: ["py"],
  rust: ["rs"],
};

const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === "string" ? src : undefined} target="_blank" rel="noreferrer noopener">
      picture: {alt === "" ? String(src) : alt}
    </a>
  ),
  table: ({ children }) => (
    <div className="scroll">
      <table>{children}</table>
    </div>
  ),
};

/** Colours where the language is known; code that its grammar cannot be followed through stays as it is. (B47) */
function highlighted(): ReturnType<typeof rehypeHighlight> {
  const colour = rehypeHighlight({ languages, aliases, detect: false });
  return (tree, file) => {
    try {
      colour(tree, file);
    } catch {
      // Nested deeper than anybody writes: it is read without colours.
    }
  };
}

/** Code in a language that a file's ending or a name says; longer than any run of backticks in it is its fence. */
export function Code({
  text,
  language,
}: {
  readonly text: string;
  readonly language: string;
}): ReactNode {
  let ticks = 3;
  for (const [run] of text.matchAll(/`+/g)) ticks = Math.max(ticks, run.length + 1);
  const fence = "`".repeat(ticks);
  const name = /^[\w+-]{1,20}$/.test(language) ? language : "";
  return <Markdown text={`${fence}${name}\n${text}\n${fence}`} />;
}

/** Longer texts are shown in part until somebody wants all of it. */
const CHARS_MAX = 12_000;

export const Markdown = memo(function Markdown({ text }: { readonly text: string }): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const isLong = text.length > CHARS_MAX && !isWhole;
  const shown = isLong ? text.slice(0, CHARS_MAX) : text;
  const plain = <pre className="as-written">{shown}</pre>;
  return (
    <div className="markdown">
      {isTangled(shown) ? (
        plain
      ) : (
        <Boundary instead={plain}>
          <ReactMarkdown
            remarkPlugins={[remarkGfm]}
            rehypePlugins={[highlighted]}
            components={COMPONENTS}
          >
            {shown}
          </ReactMarkdown>
        </Boundary>
      )}
      {isLong ? (
        <button type="button" onClick={() => setWhole(true)}>
          Show the other {countText(text.length - CHARS_MAX)} characters
        </button>
      ) : null}
    </div>
  );
});
