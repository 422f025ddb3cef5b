/** What people said in a session, to jump by. */
import type { EnrichedMessage } from "@verbatim/core";
import { memo, useSyncExternalStore } from "react";
import { anchorOf } from "../parts/arranging.ts";

const TITLE_CHARS_MAX = 70;
/** Room for it beside the transcript; the style sheet has the same. */
const WIDE = "(width > 64rem)";

type Props = {
  readonly turns: readonly EnrichedMessage[];
  /** Where it stands above the transcript: whether it is folded out, and what folds it. */
  readonly isOpen?: boolean;
  readonly onToggle?: (isOpen: boolean) => void;
};

/** A long one is drawn again only when somebody said more. */
export const Outline = memo(function Outline({ turns, isOpen, onToggle }: Props) {
  if (turns.length < 2) return null;
  const list = (
    <ol>
      {turns.map((message) => (
        <li key={anchorOf(message)}>
          <a href={`#${anchorOf(message)}`}>{message.text.slice(0, TITLE_CHARS_MAX)}</a>
        </li>
      ))}
    </ol>
  );
  return (
    <nav className="outline" aria-label="What was asked">
      {onToggle === undefined ? (
        <>
          <h2>Outline</h2>
          {list}
        </>
      ) : (
        <details open={isOpen} onToggle={(event) => onToggle(event.currentTarget.open)}>
          <summary>Outline</summary>
          {list}
        </details>
      )}
    </nav>
  );
});

/** Whether there is room for it beside the transcript. */
export function useWide(): boolean {
  return useSyncExternalStore(onWidth, () => window.matchMedia(WIDE).matches);
}

function onWidth(changed: () => void): () => void {
  const width = window.matchMedia(WIDE);
  width.addEventListener("change", changed);
  return () => width.removeEventListener("change", changed);
}
