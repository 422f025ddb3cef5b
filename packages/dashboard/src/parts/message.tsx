/** One message as it is read: who and when, what was said, what tools did, and what was found in it. */
import type { EnrichedMessage, Usage } from "@verbatim/core";
import { memo, useState } from "react";
import { type Answers, anchorOf, isCompaction, type Turn } from "./arranging.ts";
import { briefText, bytesText, countText, manyText, moneyText } from "./figures.tsx";
import { Findings } from "./findings.tsx";
import { Markdown } from "./markdown.tsx";
import { isPicture } from "./pictures.ts";
import { withoutColours } from "./plain.ts";
import { Picture } from "./record.tsx";
import { Time } from "./time.tsx";
import { ToolCall } from "./tool.tsx";

type Part = EnrichedMessage["parts"][number];

const MACHINE_CHARS_MAX = 160;

type Props = {
  readonly message: EnrichedMessage;
  readonly answers: Answers;
  /** It is what the address points at. */
  readonly isAimed: boolean;
  /** What the turn took that it begins. */
  readonly turn?: Turn | undefined;
  /** Anchors of all that was said at this place, where that is more than this. */
  readonly forks?: readonly string[] | undefined;
};

export const MessageView = memo(function MessageView(props: Props) {
  const { message, answers, isAimed, turn, forks } = props;
  const { author, receiver, said_at, model, usage } = message;
  return (
    <article className={`message by-${author.role} ${isAimed ? "aimed" : ""}`}>
      <header>
        <b className={`role-${author.role}`}>{author.name}</b>
        {receiver === undefined ? null : <span className="soft">to {receiver}</span>}
        <a className="soft" href={`#${anchorOf(message)}`} title="link to this message">
          <Time at={said_at} />
        </a>
        {model === undefined || model === author.name ? null : (
          <span className="soft">{model}</span>
        )}
        <Tokens usage={usage} />
        <Findings message={message} />
      </header>
      {forks === undefined ? null : <Forks own={anchorOf(message)} all={forks} />}
      {isCompaction(message) ? (
        <Compaction message={message} isOpen={isAimed} />
      ) : (
        <Words message={message} answers={answers} isOpen={isAimed} />
      )}
      {turn === undefined ? null : <TurnLine turn={turn} />}
    </article>
  );
});

/** What was said. */
function Words({
  message,
  answers,
  isOpen,
}: {
  readonly message: EnrichedMessage;
  readonly answers: Answers;
  readonly isOpen: boolean;
}) {
  const { parts, text, seq } = message;
  const machine = message.meta["machine"];
  if (typeof machine === "string" && !isOpen) return <Machine what={machine} text={text} />;
  if (parts.length === 0) return <Markdown text={text} />;
  const pictures = parts.filter((part) => part.type === "blob" && isPicture(part.mime_type));
  return parts.map((part, at) => (
    <PartView
      key={keyOf(part, at)}
      part={part}
      answers={answers}
      isOpen={isOpen}
      seq={seq}
      picture={pictures.indexOf(part)}
    />
  ));
}

/** What the agent's own program put in, on one line: nobody said it. */
function Machine({ what, text }: { readonly what: string; readonly text: string }) {
  return (
    <details className="machine">
      <summary>
        {what}: {withoutColours(text.slice(0, MACHINE_CHARS_MAX))}
      </summary>
      <Markdown text={withoutColours(text)} />
    </details>
  );
}

/** The mark where a source forgot what was said, and the summary it went on with. */
function Compaction({
  message,
  isOpen,
}: {
  readonly message: EnrichedMessage;
  readonly isOpen: boolean;
}) {
  return (
    <details className="compaction" open={isOpen}>
      <summary>
        The context was compacted here; from now on the agent knows what is above by this summary
      </summary>
      <Markdown text={message.text} />
    </details>
  );
}

function Forks({ own, all }: { readonly own: string; readonly all: readonly string[] }) {
  return (
    <p className="soft forks">
      Said in {all.length} ways from here:{" "}
      {all.map((one, at) =>
        one === own ? (
          <b key={one}>{at + 1}</b>
        ) : (
          <a key={one} href={`#${one}`}>
            {at + 1}
          </a>
        ),
      )}
    </p>
  );
}

function TurnLine({ turn }: { readonly turn: Turn }) {
  const { calls, tools, input, output, cached, costMicroUsd } = turn;
  const facts = [
    manyText(calls, "call"),
    tools === 0 ? null : manyText(tools, "tool"),
    `${briefText(input)} in`,
    cached === 0 ? null : `${briefText(cached)} from cache`,
    `${briefText(output)} out`,
    costMicroUsd === null ? null : moneyText(costMicroUsd),
  ].filter((fact) => fact !== null);
  return <p className="soft turn-line">this turn: {facts.join(", ")}</p>;
}

function keyOf(part: Part, at: number): string {
  return "id" in part ? `${part.type} ${part.id}` : `${part.type} ${at}`;
}

type PartProps = {
  readonly part: Part;
  readonly answers: Answers;
  /** Somebody was led here: what is folded is open. */
  readonly isOpen: boolean;
  readonly seq: number;
  /** Which picture of its record it is; -1 when it is none. */
  readonly picture: number;
};

function PartView({ part, answers, isOpen, seq, picture }: PartProps) {
  switch (part.type) {
    case "text":
      return <Markdown text={part.content} />;
    case "reasoning":
      return <Thinking text={part.content} isOpen={isOpen} />;
    case "tool_call":
      return (
        <ToolCall
          name={part.name}
          asked={part.arguments}
          answer={answers.get(part.id)}
          isOpen={isOpen}
        />
      );
    case "tool_call_response":
      return null;
    case "blob":
      return picture === -1 ? (
        <p className="soft">
          {part.mime_type}, {bytesText(part.bytes)}; it is in the record, under details
        </p>
      ) : (
        <Picture seq={seq} at={picture} type={part.mime_type} bytes={part.bytes} />
      );
    case "file":
      return <p className="soft">file {part.name}</p>;
  }
}

/** Drawn when it is opened: most of it never is. */
function Thinking({ text, isOpen }: { readonly text: string; readonly isOpen: boolean }) {
  const [isDrawn, setDrawn] = useState(isOpen);
  return (
    <details
      className="thinking"
      open={isOpen}
      onToggle={(event) => setDrawn(isDrawn || event.currentTarget.open)}
    >
      <summary>
        thinking <span className="soft">{manyText(text.length, "character")}</span>
      </summary>
      {isDrawn ? <Markdown text={text} /> : null}
    </details>
  );
}

function Tokens({ usage }: { readonly usage: Usage | undefined }) {
  if (usage === undefined) return null;
  const { input_tokens, output_tokens, cache_read_tokens, cost_usd } = usage;
  const facts = [
    input_tokens === undefined ? null : `${countText(input_tokens)} in`,
    cache_read_tokens === undefined || cache_read_tokens === 0
      ? null
      : `${countText(cache_read_tokens)} from cache`,
    output_tokens === undefined ? null : `${countText(output_tokens)} out`,
    cost_usd === undefined ? null : `$${cost_usd.toFixed(4)}`,
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? null : <span className="soft tokens">{facts.join(", ")}</span>;
}
