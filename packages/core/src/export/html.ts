/**
 * A transcript as one page of HTML that needs nothing else: no script, no font,
 * no request to anybody.
 *
 *   X8  No text of anybody becomes markup or runs, in any browser: it is only
 *       ever written as text between tags of ours, and a policy in the page
 *       allows nothing but its own style.
 */
import { seen } from "../sessions/markdown-text.ts";
import type { Block } from "./blocks.ts";
import type { SessionFacts, Shown } from "./facts.ts";
import { STYLE } from "./html-style.ts";
import { type Line, openScript } from "./script.ts";
import type { Step } from "./telling.ts";
import { BRANCH, headRows, momentText, type TranscriptWriter } from "./writer.ts";

/** Nothing is loaded, nothing runs, nothing is sent; the style is our own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Writes one session. */
export function htmlWriter(): TranscriptWriter {
  const script = openScript();
  return {
    head: (facts) => pageHead(facts.title ?? facts.session_id, headText(facts)),
    step: (step) => {
      if (step.kind === "message") return lineText(script.line(step), step.message);
      script.turnAside(step.kind === "apart" ? 1 : -1);
      return step.kind === "apart" ? agentText(step) : "</details>\n";
    },
    tail: () => PAGE_TAIL,
  };
}

function lineText(line: Line, message: Shown): string {
  if (line.kind === "nothing") return "";
  if (line.kind === "mark") return `<p class="mark">${text(line.text)}</p>\n`;
  const { turn, isBranch, isNew, blocks } = line;
  const branch = isBranch ? `<p class="mark">${BRANCH}</p>\n` : "";
  const number = turn === null ? "" : `<a class="turn" id="t${turn}" href="#t${turn}">${turn}</a>`;
  const time = `<time>${momentText(message.said_at)}</time>`;
  const by = isNew ? `<header>${number}${whoText(message)}${time}</header>` : "";
  return `${branch}<article class="${message.author.role}">${by}${blocks.map(blockText).join("")}</article>\n`;
}

/** The beginning of a page: `body` is HTML of ours. */
export function pageHead(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(title)}</title>
<style>
${STYLE}</style>
</head>
<body>
<main>
${body}`;
}

/** The end of a page. */
export const PAGE_TAIL =
  "<footer>Exported by Verbatim. All times are UTC.</footer>\n</main>\n</body>\n</html>\n";

function headText(facts: SessionFacts): string {
  const rows = headRows(facts).map(
    ([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`,
  );
  return `<h1>${text(facts.title ?? facts.session_id)}</h1>\n<dl>${rows.join("")}</dl>\n`;
}

function whoText({ author, model }: Shown): string {
  const role = author.role.charAt(0).toUpperCase() + author.role.slice(1);
  const name = author.name === author.role ? "" : author.name;
  const beside = [name, model ?? ""].filter(
    (one, at, all) => one !== "" && all.indexOf(one) === at,
  );
  return `<b>${role}</b>${beside.map((one) => `<span>${text(one)}</span>`).join("")}`;
}

function agentText({ name, linked }: Extract<Step, { readonly kind: "apart" }>): string {
  const note = linked ? "" : "<span>nothing says who sent it</span>";
  const called = name === "" ? "" : ` <code>${text(name)}</code>`;
  return `<details class="agent"><summary><b>Subagent</b>${called}${note}</summary>\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "prose":
      return `<div class="prose">${proseText(block.text)}</div>`;
    case "code":
      return block.language === "diff"
        ? `<pre class="diff"><code>${diffText(block.text)}</code></pre>`
        : `<pre><code>${text(block.text)}</code></pre>`;
    case "label":
      return `<p class="label">${text(block.text)}</p>`;
    case "named":
      return `<p class="named">${text(block.text)}</p>`;
    case "fold": {
      const detail = block.detail === "" ? "" : ` <code>${text(block.detail)}</code>`;
      return `<details class="${block.tone}"><summary><b>${text(block.name)}</b>${detail}</summary>${block.blocks.map(blockText).join("")}</details>`;
    }
  }
}

/** What a writer emphasised as Markdown has it: code and what is strong, on one line, and headings. */
const EMPHASIS = /`[^`\n]+`|\*\*[^*\n]+\*\*|^#{1,6} [^\n]+/gm;

/** Words as they were written, every sign of them; those that were emphasised look so. (X8) */
function proseText(words: string): string {
  const shown = seen(words);
  let html = "";
  let at = 0;
  for (const { 0: found, index } of shown.matchAll(EMPHASIS)) {
    html += text(shown.slice(at, index)) + emphasised(found);
    at = index + found.length;
  }
  return html + text(shown.slice(at));
}

function emphasised(found: string): string {
  if (found.startsWith("`")) return `<code>${text(found)}</code>`;
  if (found.startsWith("#")) {
    const signs = found.indexOf(" ");
    return `<strong><i>${found.slice(0, signs)}</i>${text(found.slice(signs))}</strong>`;
  }
  return `<strong><i>**</i>${text(found.slice(2, -2))}<i>**</i></strong>`;
}

function diffText(diff: string): string {
  return diff
    .split("\n")
    .map((line) => {
      const tag = line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "";
      return tag === "" ? text(line) : `<${tag}>${text(line)}</${tag}>`;
    })
    .join("\n");
}

/** Anybody's words as text: nothing in them is markup, in a tag or between two. (X8) */
export function text(words: string): string {
  return seen(words).replaceAll(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
