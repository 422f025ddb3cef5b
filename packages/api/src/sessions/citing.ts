/**
 * Citations: found and looked up, in the deep store and among what this process
 * was told and Postgres does not have yet, each as it stands now.
 */
import {
  type Citation,
  type CitationFilter,
  citationsOf,
  type Happened,
  isOffRecord,
  judged,
  type SessionName,
  type SessionState,
  sisterId,
} from "@verbatim/core/sessions";
import { away } from "./reading.ts";
import type { Sessions } from "./rooms.ts";

type Ask = { readonly limit: number; readonly before_seq: number };
type Page = {
  readonly rows: readonly Citation[];
  readonly next_seq: number | null;
  readonly degraded: boolean;
};

/** A page of citations, the newest first. */
export async function citationsIn(
  sessions: Sessions,
  filter: CitationFilter,
  ask: Ask,
): Promise<Page> {
  const { postgres, ports, recent, acknowledged } = sessions;
  const isTailKnown = await acknowledged.known();
  const given = await postgres.ask(async () => {
    const settledTo = await ports.sessionLibrary.settledTo();
    return { settledTo, ...(await ports.sessionLibrary.citations(filter, ask)) };
  });
  if (!given.here) throw away(given.why);
  const { settledTo, rows, next_seq } = given.value;
  const happened = recent.after(settledTo);
  const isJudged = happened.some(({ event }) => event.event === "citation_judged");
  const known = isJudged ? await asTheyStand(sessions, rows, filter) : rows;
  const fresh = await freshIn(sessions, happened, { filter, ask });
  // By how it stands, what was judged a moment ago may be on no page.
  const isUnsure = isJudged && filter.status !== undefined;
  const degraded = !isTailKnown || settledTo < recent.forgotten() || isUnsure;
  return { ...pageOf([...fresh, ...known], ask.limit, next_seq), degraded };
}

/** One citation by its id, or null. */
export async function citationOf(sessions: Sessions, id: string): Promise<Citation | null> {
  const { recent, postgres, ports, acknowledged } = sessions;
  await acknowledged.known();
  const given = await postgres.ask(() => ports.sessionLibrary.citation(id));
  if (given.here && given.value !== null) return given.value;
  const happened = recent.event(id) ?? recent.event(sisterId(id));
  const state = happened === null ? null : await stateOf(sessions, happened.event);
  const found = state === null || happened === null ? [] : citedBy(sessions, happened, state);
  const citation = found.find(({ citation_id }) => citation_id === id);
  if (citation !== undefined) return citation;
  if (!given.here) throw away(given.why);
  return null;
}

/** The citations of an event that the deep store does not have yet. */
function citedBy(
  { scheme }: Sessions,
  { event, moment }: Happened,
  state: SessionState,
): readonly Citation[] {
  if (isOffRecord(state, moment.seq)) return [];
  const emotion = state.emotions.find(({ seq }) => seq === moment.seq)?.from;
  const model = state.models.find(({ seq }) => seq === moment.seq)?.from;
  const context = { scheme, emotion: emotion ?? state.emotion.current, model: model ?? null };
  return citationsOf(event, moment, context).map((one) => judged(one, state.judgements));
}

async function freshIn(
  sessions: Sessions,
  happened: readonly Happened[],
  { filter, ask }: { readonly filter: CitationFilter; readonly ask: Ask },
): Promise<readonly Citation[]> {
  const fresh: Citation[] = [];
  for (const one of happened.toReversed()) {
    const { event, moment } = one;
    if (moment.seq >= ask.before_seq || !isAbout(event, filter)) continue;
    if (fresh.length > ask.limit) break;
    const state = await stateOf(sessions, event);
    if (state !== null) fresh.push(...citedBy(sessions, one, state).filter(passes(filter)));
  }
  return fresh;
}

function isAbout({ user_id, session_id }: SessionName, filter: CitationFilter): boolean {
  if (filter.user_id !== undefined && filter.user_id !== user_id) return false;
  return filter.session_id === undefined || filter.session_id === session_id;
}

function passes({ type, status, since, until }: CitationFilter): (one: Citation) => boolean {
  return (one) =>
    (type === undefined || one.type === type) &&
    (status === undefined || one.status === status) &&
    (since === undefined || one.at >= since) &&
    (until === undefined || one.at < until);
}

/** Rows as the judgements leave them that Postgres has not got yet. */
async function asTheyStand(
  sessions: Sessions,
  rows: readonly Citation[],
  filter: CitationFilter,
): Promise<readonly Citation[]> {
  const now: Citation[] = [];
  for (const one of rows) {
    const state = await stateOf(sessions, one);
    now.push(state === null ? one : judged(one, state.judgements));
  }
  return now.filter(passes(filter));
}

async function stateOf({ reading }: Sessions, name: SessionName): Promise<SessionState | null> {
  const { user_id, session_id } = name;
  return (await reading.find({ user_id, session_id }))?.state ?? null;
}

/** As many as fit; citations of one event stay on one page. */
function pageOf(
  rows: readonly Citation[],
  limit: number,
  more: number | null,
): Pick<Page, "rows" | "next_seq"> {
  if (rows.length <= limit) return { rows, next_seq: more };
  const last = rows[limit - 1]?.seq;
  const end = rows.findIndex((one, at) => at >= limit && one.seq !== last);
  if (end === -1) return { rows, next_seq: more };
  return { rows: rows.slice(0, end), next_seq: last ?? null };
}
