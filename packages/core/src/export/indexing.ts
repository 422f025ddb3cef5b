/**
 * An export of many sessions: what their files are called, and the page that
 * leads to them.
 *
 * Names are of letters, digits and dashes that every file system takes, and no
 * two of them differ in case alone.
 */
import { markdownLine } from "../sessions/markdown-text.ts";
import type { ExportAsk, ExportedFile, ExportFormat } from "./ask.ts";
import { sizeText } from "./blocks.ts";
import type { SessionFacts } from "./facts.ts";
import { PAGE_TAIL, pageHead, text } from "./html.ts";
import { costText, countText, momentText } from "./writer.ts";

const NAME_CHARS_MAX = 80;
/** Names that a file system keeps for itself. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|index)$/i;

/** Names for files, one a session. */
export function fileNames({ format }: Pick<ExportAsk, "format">): {
  of(facts: SessionFacts): string;
} {
  const taken = new Set<string>();
  return {
    of: ({ session_id, first_said_at }) => {
      const day = first_said_at === null ? "" : `${first_said_at.slice(0, 10)}_`;
      const name = `${day}${safeName(session_id)}`;
      let free = name;
      for (let next = 2; taken.has(free.toLowerCase()); next += 1) free = `${name}_${next}`;
      taken.add(free.toLowerCase());
      return `${free}.${format}`;
    },
  };
}

/** A name that every file system takes, as near as it can be to what it is of. */
function safeName(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/\.{2,}/g, ".")
    .replace(/^[.-]+/, "")
    .slice(0, NAME_CHARS_MAX)
    .replace(/[.-]+$/, "");
  return plain === "" || RESERVED.test(plain) ? `session-${plain}`.replace(/-$/, "") : plain;
}

/** The page over all files: readable where the files are, a list for programs where they are. */
export function indexOf(
  files: readonly ExportedFile[],
  { format }: Pick<ExportAsk, "format">,
): { readonly name: string; readonly text: string } {
  const sorted = files.toSorted(newestFirst);
  return { name: `index.${INDEX[format].ending}`, text: INDEX[format].of(sorted) };
}

function newestFirst(a: ExportedFile, b: ExportedFile): number {
  const [one, other] = [a.facts.last_said_at ?? "", b.facts.last_said_at ?? ""];
  if (one !== other) return one < other ? 1 : -1;
  return a.file < b.file ? -1 : 1;
}

type Index = {
  readonly ending: string;
  readonly of: (files: readonly ExportedFile[]) => string;
};
const JSON_INDEX: Index = {
  ending: "json",
  of: (files) =>
    `${JSON.stringify(
      files.map(({ facts, ...file }) => ({ ...file, ...facts })),
      null,
      2,
    )}\n`,
};

const INDEX: Readonly<Record<ExportFormat, Index>> = {
  md: { ending: "md", of: markdownIndex },
  html: { ending: "html", of: htmlIndex },
  json: JSON_INDEX,
  jsonl: JSON_INDEX,
  parquet: JSON_INDEX,
  original: JSON_INDEX,
};

function markdownIndex(files: readonly ExportedFile[]): string {
  const rows = files.map(
    ({ file, bytes, facts }) =>
      `- ${dayOf(facts)} [${markdownLine(facts.title ?? facts.session_id)}](${encodeURI(file)}): ${factsText(facts)}, ${sizeText(bytes)}`,
  );
  return `# ${sessionsText(files)}\n\n${markdownLine(sumText(files))}\n\n${rows.join("\n")}\n`;
}

function htmlIndex(files: readonly ExportedFile[]): string {
  const rows = files.map(({ file, facts }) => {
    const project = facts.project === null ? "" : `<small>${text(facts.project)}</small>`;
    const name = text(facts.title ?? facts.session_id);
    return `<tr><td class="day">${dayOf(facts)}</td><td><a href="${encodeURI(file)}">${name}</a>${project}</td><td class="number">${countText(facts.messages)}</td><td class="number">${facts.cost_micro_usd === null ? "" : costText(facts.cost_micro_usd)}</td></tr>`;
  });
  const title = sessionsText(files);
  const head = `<h1>${title}</h1>\n<p class="sum">${text(sumText(files))}</p>\n<table><thead><tr><th class="day">Last said, UTC</th><th>Session</th><th class="number">Messages</th><th class="number">Cost</th></tr></thead><tbody>\n`;
  return `${pageHead(title, head)}${rows.join("\n")}\n</tbody></table>\n${PAGE_TAIL}`;
}

function sessionsText({ length }: readonly ExportedFile[]): string {
  return `${countText(length)} ${length === 1 ? "session" : "sessions"}`;
}

/** All of them in a line: how much, from when to when, and what it cost as far as that is known. */
function sumText(files: readonly ExportedFile[]): string {
  const messages = files.reduce((all, { facts }) => all + facts.messages, 0);
  const costs = files.flatMap(({ facts }) => facts.cost_micro_usd ?? []);
  const days = files
    .flatMap(({ facts }) => [facts.first_said_at, facts.last_said_at])
    .filter((at) => at !== null)
    .map((at) => at.slice(0, 10))
    .toSorted();
  const [first, last] = [days[0], days.at(-1)];
  const parts = [`${countText(messages)} ${messages === 1 ? "message" : "messages"}`];
  if (first !== undefined) parts.push(first === last ? first : `${first} to ${last}`);
  if (costs.length > 0)
    parts.push(`${costText(costs.reduce((all, one) => all + one, 0))} by list prices`);
  return parts.join(" · ");
}

function dayOf({ last_said_at }: SessionFacts): string {
  return last_said_at === null ? "" : momentText(last_said_at).slice(0, 16);
}

function factsText({ messages, project, cost_micro_usd }: SessionFacts): string {
  const parts = [`${countText(messages)} messages`];
  if (project !== null) parts.push(markdownLine(project));
  if (cost_micro_usd !== null) parts.push(markdownLine(costText(cost_micro_usd)));
  return parts.join(", ");
}
