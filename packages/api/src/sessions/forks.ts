/** The line of sessions that a fork goes on from. */
import { VerbatimError } from "@verbatim/core";
import type { SessionState } from "@verbatim/core/sessions";
import type { Reading } from "./reading.ts";

/** A fork of a fork of a fork: each is looked up for a page. Of a longer line nobody is given a part for the whole. */
const FORKS_MAX = 1000;
/** One session of a line of forks, and up to which entry the next one goes on from it. */
export type Part = { readonly state: SessionState; readonly upTo: number };

/** The session and those it was forked from, oldest first. */
export async function lineOf(
  reading: Pick<Reading, "find">,
  state: SessionState,
): Promise<readonly Part[]> {
  const line: Part[] = [{ state, upTo: Number.MAX_SAFE_INTEGER }];
  let fork = state.forked_from;
  const seen = new Set([state.metadata.session_id]);
  // Nothing goes on from itself.
  while (fork !== null && !seen.has(fork.session_id)) {
    if (line.length > FORKS_MAX) throw tooDeep();
    seen.add(fork.session_id);
    const { user_id } = state.metadata;
    const parent = await reading.find({ user_id, session_id: fork.session_id });
    if (parent === null) break;
    line.unshift({ state: parent.state, upTo: Math.min(fork.seq, line[0]?.upTo ?? fork.seq) });
    fork = parent.state.forked_from;
  }
  return line;
}

function tooDeep(): VerbatimError {
  return new VerbatimError(
    "too_large",
    `it goes on from more than ${FORKS_MAX} sessions, one after the other; read those before at …/messages of their own`,
  );
}
