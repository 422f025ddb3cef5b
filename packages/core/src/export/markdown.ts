/**
 * A transcript as Markdown, for GitHub and its like.
 *
 *   X7  Whatever was said, the document keeps its shape: no text closes a fold
 *       or a fence, makes a heading, or runs as HTML, and each is shown as it
 *       was written.
 *
 * Anybody's words go through markdown-text.ts or into a fence longer than any
 * run of its sign inside; the tags of folds are ours.
 */

import { named } from "../sessions/markdown-shapes.ts";
import { markdownBlock, markdownLine, seen } from "../sessions/markdown-text.ts";
import type { Block } from "./blocks.ts";
import type { SessionFacts, Shown } from "./facts.ts";
import { type Line, openScript } from "./script.ts";
import type { Step } from "./telling.ts";
import { BRANCH, headRows, momentText, type TranscriptWriter } from "./writer.ts";

/** Writes one session. */
export function markdownWriter(): TranscriptWriter {
  const script = openScript();
  return {
    head,
    step: (step) => {
      if (step.kind === "message") return lineText(script.line(step), step.message);
      script.turnAside(step.kind === "apart" ? 1 : -1);
      return step.kind === "apart" ? opened(agentText(step)) : CLOSED;
    },
    tail: () => "---\n\n*Exported by Verbatim. All times are UTC.*\n",
  };
}

function lineText(line: Line, message: Shown): string {
  if (line.kind === "nothing") return "";
  if (line.kind === "mark") return `---\n\n*${markdownLine(line.text)}*\n\n---\n\n`;
  const { turn, isBranch, isNew, blocks } = line;
  const parts: string[] = isBranch ? [`*${BRANCH}*`] : [];
  if (turn !== null) parts.push(`## ${turn}. ${momentText(message.said_at)}`);
  if (isNew) parts.push(whoText(message));
  return `${[...parts, ...blocks.map(blockText)].join("\n\n")}\n\n`;
}

function head(facts: SessionFacts): string {
  const rows = headRows(facts).map(([name, value]) => `- ${named(name, markdownLine(value))}`);
  return `# ${markdownLine(facts.title ?? facts.session_id)}\n\n${rows.join("\n")}\n\n`;
}

function whoText({ author, model, said_at }: Shown): string {
  const time = said_at.slice(11, 19);
  const name = author.name === author.role ? "" : markdownLine(author.name);
  const role = author.role.charAt(0).toUpperCase() + author.role.slice(1);
  const beside =
    model === undefined || model === author.name ? name : `${name}, ${markdownLine(model)}`;
  return author.role === "user" || author.role === "agent" || author.role === "tool"
    ? `**${role}**${name === "" ? "" : ` · ${name}`} · ${time}`
    : `**${role}**${beside === "" ? "" : ` · ${beside}`}`;
}

function agentText({ name, linked }: Extract<Step, { readonly kind: "apart" }>): string {
  const said = name === "" ? "Subagent" : `Subagent ${name}`;
  return linked ? said : `${said} (nothing says who sent it)`;
}

const CLOSED = "</details>\n\n";

function opened(summary: string): string {
  return `<details><summary>🤖 ${html(summary)}</summary>

`;
}

const TONES: Readonly<Record<string, string>> = { failed: "❌ " };

function blockText(block: Block): string {
  switch (block.kind) {
    case "prose":
      return markdownBlock(block.text);
    case "code":
      return fenced(block.language, block.text);
    case "label":
      return `**${block.text}**`;
    case "named":
      return `*[${markdownLine(block.text)}]*`;
    case "fold": {
      const detail = block.detail === "" ? "" : ` <code>${html(oneLine(block.detail))}</code>`;
      const mark = TONES[block.tone] ?? "";
      const summary = `<details><summary>${mark}<b>${html(oneLine(block.name))}</b>${detail}</summary>`;
      return [summary, ...block.blocks.map(blockText), "</details>"].join("\n\n");
    }
  }
}

/** Lines as they are, in a fence that none of them can end. */
function fenced(language: string, text: string): string {
  const shown = seen(text);
  const longest = Math.max(2, ...[...shown.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

function oneLine(text: string): string {
  return seen(text).replaceAll(/\s*\n\s*/g, " ");
}

/** Words between tags of ours, which Markdown is read in as well. */
function html(text: string): string {
  return oneLine(text)
    .replaceAll(/[&<>"'`*_[\]\\~$|@!:#^{}]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}
