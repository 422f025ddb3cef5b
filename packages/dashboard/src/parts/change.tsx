/** What a call changed: lines taken away and lines put there, whatever tool did it. */
import { diffLines } from "diff";

/** A text before and after. */
export type Changed = { readonly before: string; readonly after: string };

/** Longer texts are compared no more: it would keep the page from being read. */
const CHARS_MAX = 200_000;

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
  if (before.length + after.length > CHARS_MAX) return null;
  return (
    <pre className="change">
      {diffLines(before, after).map(({ value, added, removed }, at) => {
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
