/**
 * Openings of sessions that stay but hold words of what is forgotten: the summary
 * they go on from.
 *
 *   Y20  No opening keeps a line that was taken from a forgotten message, nor a
 *        summary that somebody handed in of a forgotten session, also where it was
 *        carried on; everything else of it stays, and its length.
 *
 * What becomes of each is worked out before anything is erased: afterwards nobody
 * could tell which session an earlier summary was of.
 */
import type { Entry } from "../message/heard.ts";
import { type LineFrom, SESSION_SOURCE, type SessionEvent } from "../sessions/event.ts";
import { readEvent } from "../sessions/event-schema.ts";
import { HEADINGS, type IsShown, openingWith } from "../sessions/opened.ts";

type Opening = SessionEvent<"conversation_opened">;

/** What stands in the place of an entry's bytes. */
export type Reworded = { readonly seq: number; readonly text: string };

export type IsForgotten = {
  readonly message: (owner: string, session_id: string, message_id: string) => boolean;
  /** All of a session. */
  readonly session: (owner: string, session_id: string) => boolean;
};

export interface Rewording {
  /** Looks at an entry that stays; in order. */
  see(entry: Entry): void;
  all(): readonly Reworded[];
}

/** Nothing looked at yet. */
export function openRewording(is: IsForgotten): Rewording {
  const found: Reworded[] = [];
  /** Sessions that began with a summary of a forgotten one that was handed in. */
  const tainted = new Set<string>();

  return {
    see: (entry) => {
      const event = openingIn(entry);
      if (event === null || event.summary === undefined) return;
      const handed = handedIn(event, is, tainted);
      if (handed.now || handed.earlier) tainted.add(nameOf(event.user_id, event.session_id));
      const left = without(event, handed, (session_id, message_id) =>
        session_id === HANDED ? false : !is.message(event.user_id, session_id, message_id),
      );
      if (left === event) return;
      found.push({ seq: entry.seq, text: asLong(left, entry.raw.length) });
    },
    all: () => found,
  };
}

function openingIn({ source, raw }: Entry): Opening | null {
  const read = source === SESSION_SOURCE ? readEvent(raw) : null;
  return read?.ok === true && read.value.event === "conversation_opened" ? read.value : null;
}

/** Which of its two summaries may hold what was handed in of a forgotten session. */
function handedIn(
  { user_id, previous_session_id }: Opening,
  is: IsForgotten,
  tainted: ReadonlySet<string>,
): { readonly now: boolean; readonly earlier: boolean } {
  if (previous_session_id === undefined) return { now: false, earlier: false };
  return {
    now: is.session(user_id, previous_session_id),
    earlier: tainted.has(nameOf(user_id, previous_session_id)),
  };
}

/** The name of no session: what is handed in is taken to be of it. */
const HANDED = "\0handed in";
const HEADING_LINES: ReadonlySet<string> = new Set(["", ...Object.values(HEADINGS)]);

/** An opening without what is forgotten of its summaries; the very same when there is nothing. (Y20) */
function without(
  event: Opening,
  handed: { readonly now: boolean; readonly earlier: boolean },
  isShown: IsShown,
): Opening {
  const { earlier_summary, summary_from = [] } = event;
  const before = earlier_summary === undefined ? [] : [...earlier_summary.split("\n"), ""];
  const lines = [...before, ...(event.summary ?? "").split("\n")];
  const from = lines.map((line, at): LineFrom => {
    const known = summary_from[at] ?? null;
    const isHanded = at < before.length ? handed.earlier : handed.now;
    return known === null && isHanded && !HEADING_LINES.has(line) ? [HANDED, ""] : known;
  });
  const asked = { ...event, summary_from: from };
  const left = openingWith(asked, isShown);
  return left === asked ? event : left;
}

/** With spaces behind it, so that nothing in the journal moves; where it got longer, without any summary. */
function asLong(event: Opening, bytes: number): string {
  const text = JSON.stringify(event);
  const room = bytes - new TextEncoder().encode(text).length;
  if (room >= 0) return text + " ".repeat(room);
  const { summary: _, earlier_summary: __, summary_from: ___, ...rest } = event;
  return asLong(rest, bytes);
}

function nameOf(owner: string, session_id: string): string {
  return JSON.stringify([owner, session_id]);
}
