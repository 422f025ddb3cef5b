/**
 * What may be shown of summaries that were made here: they are sentences of
 * messages, and these may have been deleted since, or forgotten with their
 * session.
 *
 *   G30  What was deleted is in no summary that is given, whoever asks for it and
 *        whenever the summary was made; where nobody can know whether it was, it
 *        is left out, and the answer says so.
 */
import {
  type IsShown,
  openedWith,
  openingWith,
  type SessionEvent,
  type SessionState,
  sessionsIn,
} from "@verbatim/core/sessions";

type View = { readonly state: SessionState; readonly degraded: boolean };
/** Finds a session; null when there is none. */
type Find = (name: {
  readonly user_id: string;
  readonly session_id: string;
}) => Promise<View | null>;

/** A view with the summary as it may be shown. */
export async function withSummary(view: View, find: Find): Promise<View> {
  const { state, degraded } = view;
  const { opened, metadata } = state;
  const named = sessionsIn(opened?.summary_from);
  if (opened === null || named.length === 0) return view;
  const look = await lookInto(metadata.user_id, named, find);
  const shown = { ...state, opened: openedWith(opened, look.isShown) };
  return { state: shown, degraded: degraded || !look.sure };
}

/** The summaries of an opening as they may be shown. */
export async function summariesShown(
  event: SessionEvent<"conversation_opened">,
  find: Find,
): Promise<{
  readonly summary: string | null;
  readonly earlier_summary: string | null;
  readonly sure: boolean;
}> {
  const { isShown, sure } = await lookInto(event.user_id, sessionsIn(event.summary_from), find);
  const { summary = null, earlier_summary = null } = openingWith(event, isShown);
  return { summary, earlier_summary, sure };
}

type Look = { readonly isShown: IsShown; readonly sure: boolean };

async function lookInto(user_id: string, named: readonly string[], find: Find): Promise<Look> {
  let sure = true;
  const looks = named.map(async (session_id) => {
    const there = await find({ user_id, session_id }).catch(() => {
      sure = false;
      return null;
    });
    return [session_id, there && new Set(there.state.deleted)] as const;
  });
  const deleted = new Map(await Promise.all(looks));
  // Of a session that was forgotten, or that nobody can know of, nothing is shown.
  const isShown: IsShown = (session, message) => deleted.get(session)?.has(message) === false;
  return { isShown, sure };
}
