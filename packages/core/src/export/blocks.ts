/**
 * A message as blocks of a document: the one description that Markdown and HTML
 * are both written from. Nothing is left out that somebody said or a tool did;
 * bytes inside a record are named by type and size.
 */
import type { Part } from "../message/message.ts";
import { fieldsOf, textOf } from "../sources/json.ts";
import type { Shown } from "./facts.ts";

/** What a fold holds, for its look. */
type Tone = "tool" | "failed" | "reasoning" | "machine" | "agent";

export type Block =
  /** Somebody's words, as lines. */
  | { readonly kind: "prose"; readonly text: string }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  /** Our own word above what follows. */
  | { readonly kind: "label"; readonly text: string }
  /** Something that is not here: an image, a file. */
  | { readonly kind: "named"; readonly text: string }
  | {
      readonly kind: "fold";
      readonly tone: Tone;
      readonly name: string;
      readonly detail: string;
      readonly blocks: readonly Block[];
    };

export type Answer = Extract<Part, { readonly type: "tool_call_response" }>;
type Call = Extract<Part, { readonly type: "tool_call" }>;

/** What the line of a fold says of a call. */
const DETAIL_CHARS_MAX = 120;

/** The blocks of a message; answers that belong to its calls stand with them. */
export function blocksOf(message: Shown, answers: ReadonlyMap<string, Answer>): readonly Block[] {
  const blocks = message.parts.flatMap((part) => blocksOfPart(part, answers));
  const machine = message.meta["machine"];
  if (message.author.role !== "system" || blocks.length === 0) return blocks;
  const name = typeof machine === "string" ? (MACHINE[machine] ?? machine) : "System";
  return [{ kind: "fold", tone: "machine", name, detail: "", blocks }];
}

const MACHINE: Readonly<Record<string, string>> = {
  command: "Command",
  reminder: "Reminder",
  meta: "Added by the program",
  hook: "Hook",
  interrupt: "Interrupted",
  editor: "Editor",
  "compact-summary": "Summary of what was said before",
  "task-notification": "Task notification",
};

function blocksOfPart(part: Part, answers: ReadonlyMap<string, Answer>): readonly Block[] {
  switch (part.type) {
    case "text":
      return proseAndCode(part.content);
    case "reasoning":
      if (part.content.trim() === "") return [];
      return [
        {
          kind: "fold",
          tone: "reasoning",
          name: "Reasoning",
          detail: "",
          blocks: proseAndCode(part.content),
        },
      ];
    case "tool_call":
      return [callBlock(part, answers.get(part.id))];
    case "tool_call_response":
      return [
        {
          kind: "fold",
          tone: part.is_error === true ? "failed" : "tool",
          name: "Result",
          detail: part.id,
          blocks: answerBlocks(part),
        },
      ];
    case "blob":
      return [{ kind: "named", text: `${part.mime_type}, ${sizeText(part.bytes)}` }];
    case "file":
      return [
        {
          kind: "named",
          text: part.mime_type === undefined ? part.name : `${part.name}, ${part.mime_type}`,
        },
      ];
  }
}

function callBlock(call: Call, answer: Answer | undefined): Block {
  const label = answer?.is_error === true ? "Failed" : "Result";
  return {
    kind: "fold",
    tone: answer?.is_error === true ? "failed" : "tool",
    name: call.name === "" ? "tool" : call.name,
    detail: detailOf(call.arguments),
    blocks: [
      ...inputBlocks(call.arguments),
      ...(answer === undefined
        ? []
        : [{ kind: "label", text: label } as const, ...answerBlocks(answer)]),
    ],
  };
}

/** What a person looks for in a call: its command, its file, its question. */
const DETAILS = [
  "description",
  "command",
  "file_path",
  "path",
  "pattern",
  "query",
  "url",
  "prompt",
];

function detailOf(input: unknown): string {
  const fields = fieldsOf(input);
  for (const name of DETAILS) {
    const line = textOf(fields?.[name])?.trim().split("\n", 1)[0];
    if (line === undefined || line === "") continue;
    const chars = [...line.slice(0, 2 * DETAIL_CHARS_MAX)];
    return chars.length > DETAIL_CHARS_MAX ? `${chars.slice(0, DETAIL_CHARS_MAX).join("")}…` : line;
  }
  return "";
}

/** A change as a diff, a command and a file as themselves, anything else as JSON. */
function inputBlocks(input: unknown): readonly Block[] {
  const fields = fieldsOf(input) ?? {};
  const [before, after] = [textOf(fields["old_string"]), textOf(fields["new_string"])];
  if (before !== null && after !== null) {
    const { old_string: _, new_string: __, ...rest } = fields;
    return [json(rest), { kind: "code", language: "diff", text: diffOf(before, after) }];
  }
  for (const [name, language] of WHOLE) {
    const text = textOf(fields[name]);
    if (text === null) continue;
    const { [name]: _, ...rest } = fields;
    const code: Block = { kind: "code", language, text };
    return Object.keys(rest).length === 0 ? [code] : [json(rest), code];
  }
  return input === null || input === undefined ? [] : [json(input)];
}

/** Fields that are a text of their own, and what it is written in. */
const WHOLE: readonly (readonly [string, string])[] = [
  ["command", "sh"],
  ["patch", "diff"],
  ["content", "text"],
];

function json(value: unknown): Block {
  return { kind: "code", language: "json", text: JSON.stringify(value, null, 2) ?? "null" };
}

function diffOf(before: string, after: string): string {
  const lines = (text: string, sign: string): readonly string[] =>
    text === "" ? [] : text.split("\n").map((line) => `${sign}${line}`);
  return [...lines(before, "-"), ...lines(after, "+")].join("\n");
}

function answerBlocks({ response }: Answer): readonly Block[] {
  if (typeof response === "string")
    return response === ""
      ? [{ kind: "named", text: "no output" }]
      : [{ kind: "code", language: "text", text: response }];
  if (!Array.isArray(response))
    return response === null || response === undefined
      ? [{ kind: "named", text: "no output" }]
      : [json(response)];
  return response.map((block): Block => {
    const fields = fieldsOf(block);
    const text = textOf(fields?.["text"]) ?? textOf(block);
    if (text !== null) return { kind: "code", language: "text", text };
    const bytes = fields?.["bytes"];
    const type = textOf(fields?.["mime_type"]);
    if (type !== null && typeof bytes === "number")
      return { kind: "named", text: `${type}, ${sizeText(bytes)}` };
    return json(block);
  });
}

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`\n]*)$/;

/** A text with its code taken out of the prose; a fence that nobody closed ends with the text. */
function proseAndCode(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let prose: string[] = [];
  let code: { readonly fence: string; readonly language: string; readonly lines: string[] } | null =
    null;
  const endProse = (): void => {
    const whole = prose.join("\n").replaceAll(/^(?:[ \t]*\n)+|\s+$/g, "");
    if (whole !== "") blocks.push({ kind: "prose", text: whole });
    prose = [];
  };
  for (const line of text.split(/\r\n?|\n/)) {
    const [, fence = "", info = ""] = FENCE.exec(line) ?? [];
    if (code === null && fence !== "") {
      endProse();
      code = { fence, language: languageOf(info), lines: [] };
    } else if (code === null) prose.push(line);
    else if (fence.startsWith(code.fence) && info.trim() === "") {
      blocks.push({ kind: "code", language: code.language, text: code.lines.join("\n") });
      code = null;
    } else code.lines.push(line);
  }
  if (code !== null)
    blocks.push({ kind: "code", language: code.language, text: code.lines.join("\n") });
  endProse();
  return blocks;
}

/** The first word behind a fence, as far as it is the name of a language. */
function languageOf(info: string): string {
  return /^[A-Za-z0-9+#.-]{1,20}/.exec(info.trim())?.[0] ?? "";
}

/** `512 B`, `3.4 KB`, `12 MB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let [size, at] = [bytes, 0];
  while (size >= 1000 && at < units.length - 1) [size, at] = [size / 1000, at + 1];
  return `${at === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${units[at] ?? ""}`;
}
