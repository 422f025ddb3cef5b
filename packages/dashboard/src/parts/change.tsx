/** What a call changed: lines taken away and lines put there, whatever tool did it. */
import { diffLines } from "diff";
import { countText } from "./figures.tsx";

/** A text before and after. */
export type Changed = { readonly before: string; readonly after: string };

/** Texts that differ in more lines are shown as all of one and all of the other: to compare them would keep the page from being read. */
const EDITS_MAX = 1500;
/** What is longer than this is shown in part; all of it is in the record, under details. */
const CHARS_MAX = 100_000;

/** The changes that a call asked for, in their order; none where it asked for none. */
export function changesIn(asked: unknown): readonly Changed[] {
  if (typeof asked !== "object" || asked === null) return [];
  const { old_string, new_string, edits }: Readonly<Record<string, unknown>> = { ...asked };
  if (Array.isArray(edits)) return edits.flatMap((one: unknown) => changesIn(one));
  return typeof old_string === "string" && typeof new_string === "string"
    ? [{ before: old_string, after: new_string }]
    : [];
}

/** All of them, with a sign on each line: colour alone tells not everybody. */
export function Changes({ changes }: { readonly changes: readonly Changed[] }) {
  return changes.map((change, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: changes have no name but their place
    <Lines key={at} change={change} />
  ));
}

function Lines({ change: { before, after } }: { readonly change: Changed }) {
  return (
    <pre className="change">
      {piecesOf(before, after).map(({ value, added, removed }, at) => {
        const sign = added ? "+" : removed ? "-" : " ";
        const lines = value.replace(/\n$/, "").split("\n");
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a change never move
          <span key={at} className={added ? "added" : removed ? "removed" : "kept"}>
            {lines.map((line) => `${sign} ${line}`).join("\n")}
          </span>
        );
      })}
    </pre>
  );
}

type Piece = {
  readonly value: string;
  readonly added: boolean;
  readonly removed: boolean;
};

/** What stayed, went and came, in its order; nothing that was changed is left out without a word. */
export function piecesOf(before: string, after: string): readonly Piece[] {
  const compared = diffLines(clipped(before), clipped(after), { maxEditLength: EDITS_MAX });
  if (compared !== undefined)
    return compared.map(({ value, added, removed }) => ({ value, added, removed }));
  return [
    { value: clipped(before), added: false, removed: true },
    { value: clipped(after), added: true, removed: false },
  ];
}

function clipped(text: string): string {
  if (text.length <= CHARS_MAX) return text;
  const left = countText(text.length - CHARS_MAX);
  return `${text.slice(0, CHARS_MAX)}\n… and ${left} characters more, which are in the record`;
}
