/**
 * The hot store against what the journal comes to: the window's messages by id
 * and body, and each session's state against that of the deep store.
 *
 * It is looked at while recording goes on: what moved meanwhile is looked at
 * again before it is called a difference.
 */
import { isDeepStrictEqual } from "node:util";
import { type EnrichedMessage, HOT_MESSAGES, type HotStore, refOf } from "@verbatim/core";
import type { SessionLibrary, SessionState, SessionStore } from "@verbatim/core/sessions";
import type { Problem } from "./finding.ts";

/** Looks until a store that moves is believed to differ. */
const LOOKS = 5;
/** Seconds that no session has left: all of them. */
const EVER = 1_000_000_000;

/** A window of one moment, and the seq it is of. */
export type HotMoment = {
  readonly cursor: number;
  readonly window: readonly EnrichedMessage[];
};

/** What the window shows at one moment. */
export async function hotMoment(hot: Pick<HotStore, "cursor" | "window">): Promise<HotMoment> {
  for (let look = 1; ; look += 1) {
    const cursor = await hot.cursor();
    const window = await hot.window(HOT_MESSAGES);
    if (look >= LOOKS || (await hot.cursor()) === cursor) return { cursor, window };
  }
}

/** Messages that are missing, too many, or not the journal's. */
export function windowProblems(
  window: readonly EnrichedMessage[],
  expected: ReadonlyMap<string, string>,
): readonly Problem[] {
  const key = "verbatim:messages:data";
  const found = new Map(window.map((message) => [refOf(message).toWellFormed(), message]));
  const missing = [...expected.keys()].filter((ref) => !found.has(ref));
  return [
    ...missing.map((ref): Problem => ({ key, what: `message ${ref} is missing` })),
    ...[...found].flatMap(([ref, message]): readonly Problem[] => {
      const json = expected.get(ref);
      if (json === undefined) return [{ key, what: `message ${ref} does not belong there` }];
      return isSame(message, JSON.parse(json)) ? [] : [{ key, what: `message ${ref} differs` }];
    }),
  ];
}

/** What another taxonomy said of a message stays until it leaves the window. */
function isSame(found: EnrichedMessage, expected: EnrichedMessage): boolean {
  if (found.enrichment?.taxonomy === expected.enrichment.taxonomy)
    return isDeepStrictEqual(found, expected);
  return isDeepStrictEqual({ ...found, enrichment: null }, { ...expected, enrichment: null });
}

/** Lines of a summary of ours that were deleted since leave Postgres; Redis lets go of them when it is read. */
function isSameState(hot: SessionState, deep: SessionState | null): boolean {
  if (hot.opened?.summary_from === undefined || deep === null) return isDeepStrictEqual(hot, deep);
  const bare = (state: SessionState): object => {
    const { summary: _, summary_from: __, ...opened } = state.opened ?? {};
    return { ...state, opened };
  };
  return isDeepStrictEqual(bare(hot), bare(deep));
}

/** Sessions whose state in Redis is not the one in Postgres, and how many were compared. */
export async function sessionProblems(
  hot: Pick<SessionStore, "expiring" | "state">,
  deep: Pick<SessionLibrary, "state">,
  pause: () => Promise<void>,
): Promise<{ readonly compared: number; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const names = await hot.expiring(EVER);
  for (const name of names) {
    const isEqual = async (): Promise<boolean> => {
      const state = await hot.state(name);
      return state === null || isSameState(state, await deep.state(name));
    };
    let held = await isEqual();
    for (let look = 1; !held && look < LOOKS; look += 1) {
      await pause();
      held = await isEqual();
    }
    const key = `session ${name.session_id}`;
    if (!held) problems.push({ key, what: "its state is not the one Postgres has" });
  }
  return { compared: names.length, problems };
}
