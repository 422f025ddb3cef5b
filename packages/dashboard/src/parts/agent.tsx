/** What a subagent did, folded into one line until somebody wants to read it. */
import { useState } from "react";
import { type Answers, anchorOf, type Item } from "./arranging.ts";
import { manyText } from "./figures.tsx";
import { MessageView } from "./message.tsx";

const TITLE_CHARS_MAX = 120;

export function AgentView({
  item,
  answers,
  aim,
}: {
  readonly item: Item;
  readonly answers: Answers;
  readonly aim: string | null;
}) {
  const isAimed = item.messages.some((message) => anchorOf(message) === aim);
  const [isOpen, setOpen] = useState(isAimed);
  const title = (item.agent ?? "").replaceAll(/\s+/g, " ").slice(0, TITLE_CHARS_MAX);
  return (
    <details
      className="agent"
      open={isAimed || isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <b>subagent</b> {title}{" "}
        <span className="soft">{manyText(item.messages.length, "message")}</span>
      </summary>
      {isOpen || isAimed
        ? item.messages.map((message) => (
            <MessageView
              key={anchorOf(message)}
              message={message}
              answers={answers}
              isAimed={anchorOf(message) === aim}
            />
          ))
        : null}
    </details>
  );
}
