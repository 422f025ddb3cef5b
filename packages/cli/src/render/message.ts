/** Messages as a person reads them in a terminal. Pure. */
import type { EnrichedMessage } from "@verbatim/core";
import type { Surface } from "../surface.ts";
import { oneLine, shown } from "./text.ts";

type Colours = Surface["colours"];

const RULE: string = "=".repeat(80);
const LONG_LINES = 12;
const LONG_CHARS = 1200;

/** A message as a block of the log: who, when, what it was found to be. */
export function logBlock(message: EnrichedMessage, colours: Colours, full: boolean): string {
  const { bold, dim, cyan } = colours;
  const to = message.topic ?? message.receiver ?? message.session_id;
  const { enrichment } = message;
  const tags = enrichment.shl_tags.length === 0 ? [] : [`[SHL] ${enrichment.shl_tags.join(", ")}`];
  const content = full ? `\n${shown(message.text)}` : ` ${oneLine(message.text, 200)}`;
  return [
    dim(RULE),
    `${bold(`[#${message.seq}]`)} ${cyan(shown(message.author.name))} ${dim(`(${message.author.role})`)} -> ${shown(to)}`,
    `[TIME] ${message.said_at}`,
    `[TIER] ${enrichment.ace_tier} | [CHAIN] ${enrichment.chain_type}`,
    `[ID] ${shown(message.id)}`,
    ...tags,
    ...(full ? secretsShown(enrichment.secrets) : []),
    `[CONTENT]${content}`,
    "",
  ].join("\n");
}

/** Where it is said is for machines; a person sees the text. */
function secretsShown(secrets: EnrichedMessage["enrichment"]["secrets"]): readonly string[] {
  const kinds = [...new Set(secrets.map(({ kind }) => kind))];
  return kinds.length === 0 ? [] : [`[SECRETS] ${kinds.join(", ")}`];
}

/** A message as part of a session that is read from top to bottom. */
export function turn(message: EnrichedMessage, colours: Colours, full: boolean): string {
  const { bold, dim } = colours;
  const who = bold(painted(message, colours));
  const head = `${who} ${dim(`${message.said_at.slice(0, 19).replace("T", " ")}  #${message.seq}`)}`;
  const body = full
    ? shown(message.text)
    : message.parts
        .map((part) => partText(part, dim))
        .filter((text) => text !== "")
        .join("\n");
  const text = body === "" ? clipped(shown(message.text), full, dim) : clipped(body, full, dim);
  return `${head}\n${text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\n`;
}

function painted(message: EnrichedMessage, colours: Colours): string {
  const name = shown(message.author.name);
  switch (message.author.role) {
    case "user":
      return colours.green(name);
    case "assistant":
    case "agent":
      return colours.cyan(name);
    case "tool":
      return colours.magenta(name);
    default:
      return colours.yellow(name);
  }
}

function partText(part: EnrichedMessage["parts"][number], dim: (text: string) => string): string {
  switch (part.type) {
    case "text":
      return shown(part.content);
    case "reasoning":
      return part.content === "" ? "" : dim(`(thinking) ${oneLine(part.content, 160)}`);
    case "tool_call":
      return dim(`> ${shown(part.name)} ${oneLine(JSON.stringify(part.arguments), 160)}`);
    case "tool_call_response":
      return dim(
        `< ${part.is_error === true ? "failed: " : ""}${oneLine(typeof part.response === "string" ? part.response : JSON.stringify(part.response), 160)}`,
      );
    case "blob":
      return dim(`[${part.mime_type}, ${part.bytes} bytes]`);
    case "file":
      return dim(`[${shown(part.name)}]`);
  }
}

function clipped(text: string, full: boolean, dim: (text: string) => string): string {
  if (full) return text;
  const lines = text.slice(0, LONG_CHARS).toWellFormed().split("\n");
  if (lines.length <= LONG_LINES && text.length <= LONG_CHARS) return text;
  return `${lines.slice(0, LONG_LINES).join("\n")}\n${dim("… (--full shows all)")}`;
}

/** A found message: where, when, and the line with the finds marked. */
export function hitText(
  hit: EnrichedMessage & {
    readonly snippet: {
      readonly text: string;
      readonly marks: readonly (readonly [number, number])[];
    };
  },
  colours: Colours,
): string {
  const { bold, dim, yellow } = colours;
  let line = "";
  let at = 0;
  for (const [start, end] of hit.snippet.marks) {
    line +=
      shown(hit.snippet.text.slice(at, start)) +
      bold(yellow(shown(hit.snippet.text.slice(start, end))));
    at = end;
  }
  line += shown(hit.snippet.text.slice(at));
  return `${bold(`#${hit.seq}`)} ${painted(hit, colours)} ${dim(`${hit.said_at.slice(0, 16).replace("T", " ")}  ${shown(hit.session_id)}`)}\n  ${line}\n`;
}
