/** What a tool was asked, and what it answered: folded, with a line that says what it was. */
import { memo, useState } from "react";
import { Changes, changesIn } from "./change.tsx";
import { countText } from "./figures.tsx";
import { Code } from "./markdown.tsx";
import { withoutColours } from "./plain.ts";

/** What a tool answered. */
export type ToolAnswer = { readonly response: unknown; readonly isError: boolean };

const LINE_CHARS_MAX = 110;
const SHOWN_CHARS_MAX = 20_000;

type Props = {
  readonly name: string;
  readonly asked: unknown;
  readonly answer: ToolAnswer | undefined;
  readonly isOpen: boolean;
};

export const ToolCall = memo(function ToolCall(props: Props) {
  const { name, asked, answer, isOpen } = props;
  const [isDrawn, setDrawn] = useState(isOpen);
  const isError = answer?.isError === true;
  return (
    <details
      className={`tool ${isError ? "tool-failed" : ""}`}
      open={isOpen}
      onToggle={(event) => setDrawn(isDrawn || event.currentTarget.open)}
    >
      <summary>
        <b>{name}</b> <span className="soft">{lineOf(asked)}</span>
        {isError ? <span className="bad"> failed</span> : null}
      </summary>
      {isDrawn || isOpen ? <Inside asked={asked} answer={answer} /> : null}
    </details>
  );
});

/** Drawn when it is opened: most calls never are. */
function Inside({ asked, answer }: Pick<Props, "asked" | "answer">) {
  const changes = changesIn(asked);
  return (
    <>
      {changes.length > 0 ? <Changes changes={changes} /> : <Asked asked={asked} />}
      {answer === undefined ? (
        <p className="soft">no answer is recorded</p>
      ) : (
        <Shown what={answer.response} label="answered" />
      )}
    </>
  );
}

/** The most telling argument of a call, on one line. */
export function lineOf(asked: unknown): string {
  if (typeof asked === "string") return clipped(asked);
  if (typeof asked !== "object" || asked === null) return "";
  const fields: Readonly<Record<string, unknown>> = { ...asked };
  const names = [
    "command",
    "file_path",
    "path",
    "pattern",
    "query",
    "url",
    "description",
    "prompt",
  ];
  const telling = names.map((name) => fields[name]).find((value) => typeof value === "string");
  return clipped(typeof telling === "string" ? telling : JSON.stringify(asked));
}

function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > LINE_CHARS_MAX ? `${line.slice(0, LINE_CHARS_MAX)}…` : line;
}

/** What was asked: commands and files as code, the rest as JSON. */
function Asked({ asked }: { readonly asked: unknown }) {
  const code = codeIn(asked);
  if (code === null) return <Shown what={asked} label="asked" />;
  return (
    <>
      <p className="soft tool-label">{code.label}</p>
      <Code text={code.text} language={code.language} />
    </>
  );
}

type CodeAsked = { readonly label: string; readonly text: string; readonly language: string };

/** The code that a call carries, and what it is written in. */
function codeIn(asked: unknown): CodeAsked | null {
  if (typeof asked === "string" && asked.startsWith("*** Begin Patch"))
    return { label: "asked", text: asked, language: "diff" };
  if (typeof asked !== "object" || asked === null) return null;
  const { command, content, file_path, input, description } = { ...asked } as Readonly<
    Record<string, unknown>
  >;
  if (typeof input === "string" && input.startsWith("*** Begin Patch"))
    return { label: "asked", text: input, language: "diff" };
  if (typeof command === "string") {
    const label = typeof description === "string" ? description : "asked";
    return { label, text: command, language: "bash" };
  }
  if (typeof content !== "string" || typeof file_path !== "string") return null;
  return { label: file_path, text: content, language: file_path.split(".").at(-1) ?? "" };
}

/** A value as text: texts as they are, everything else as JSON. */
function Shown({ what, label }: { readonly what: unknown; readonly label: string }) {
  const [isWhole, setWhole] = useState(false);
  const text = withoutColours(textIn(what));
  if (text === "") return null;
  const isLong = text.length > SHOWN_CHARS_MAX && !isWhole;
  return (
    <>
      <p className="soft tool-label">{label}</p>
      <pre>{isLong ? text.slice(0, SHOWN_CHARS_MAX) : text}</pre>
      {isLong ? (
        <button type="button" onClick={() => setWhole(true)}>
          Show the other {countText(text.length - SHOWN_CHARS_MAX)} characters
        </button>
      ) : null}
    </>
  );
}

/** Texts of a tool's answer come bare, or as a list of pieces with a text each. */
export function textIn(what: unknown): string {
  if (typeof what === "string") return what;
  if (what === undefined || what === null) return "";
  if (
    Array.isArray(what) &&
    what.every((one: unknown) => typeof one === "object" && one !== null && "text" in one)
  )
    return what.map((one: { readonly text: unknown }) => String(one.text)).join("\n");
  return JSON.stringify(what, null, 2);
}
