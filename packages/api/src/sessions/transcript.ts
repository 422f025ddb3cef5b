/**
 * What was said in a session, page by page: all of it, from Postgres, with what
 * this process was told and Postgres does not have yet. A fork goes on from what
 * was said before it.
 *
 * Off-the-record and deleted messages are in no page.
 */
import { VerbatimError } from "@verbatim/core";
import {
  changesOf,
  type Happened,
  HOT_SESSION_MESSAGES,
  type SaidMessage,
  type SessionName,
  type SessionState,
  shownMessages,
} from "@verbatim/core/sessions";
import type { Given } from "./breaker.ts";
import { away, type Reading, type ReadingPorts, type SessionView } from "./reading.ts";

const PAGE = 500;
/** A fork of a fork of a fork; nobody looks further back. */
const FORKS_MAX = 20;
/** More is not put into one document. */
const WHOLE_MAX = 50_000;

type HistoryAsk = {
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** After this entry, in the page's order. */
  readonly from: number | null;
};
/** Messages of a page in its order; `next` goes on after it. */
type HistoryPage = {
  readonly messages: readonly SaidMessage[];
  readonly next: number | null;
  readonly degraded: boolean;
};

/** A session, and what was said last. */
type Newest = { readonly view: SessionView; readonly messages: readonly SaidMessage[] };

export interface Transcript {
  /** The session as it is, and its newest messages, oldest first: asked for together. */
  newest(name: SessionName, limit: number): Promise<Newest>;
  page(view: SessionView, ask: HistoryAsk): Promise<HistoryPage>;
  /** One of them, or null. */
  message(view: SessionView, messageId: string): Promise<SaidMessage | null>;
  /** All of them, oldest first; throws `too_large` when they are more than a document can hold. */
  whole(view: SessionView): Promise<readonly SaidMessage[]>;
}

/** One session of a line of forks, and up to which entry the next one goes on from it. */
type Part = { readonly state: SessionState; readonly upTo: number };

/** Transcripts over these ports. */
export function openTranscript(ports: ReadingPorts, reading: Reading): Transcript {
  const page = async (view: SessionView, ask: HistoryAsk): Promise<HistoryPage> => {
    const parts = await lineOf(reading, view.state);
    const ordered = ask.order === "asc" ? parts : parts.toReversed();
    const rows: SaidMessage[] = [];
    const shown: SaidMessage[] = [];
    let degraded = view.degraded;
    for (const part of ordered) {
      const left = ask.limit + 1 - rows.length;
      if (left <= 0) break;
      const given = await rowsOf(ports, part, { ...ask, limit: left });
      rows.push(...given.rows);
      shown.push(...inOrder(shownMessages(part.state, given.rows), ask.order));
      degraded ||= given.degraded;
    }
    const last = rows.length > ask.limit ? rows[ask.limit - 1] : undefined;
    const messages = last === undefined ? shown : shown.filter((one) => isUpTo(one, last, ask));
    return { messages, next: last?.seq ?? null, degraded };
  };
  return {
    page,
    newest: async (name, limit) => {
      const asked = askHot(ports, name, limit);
      const view = await reading.session(name);
      const hot = hotMessages(ports, view.state, { limit, given: await asked });
      if (hot !== null && (hot.length >= limit || view.state.forked_from === null))
        return { view, messages: hot };
      const { messages } = await page(view, { limit, order: "desc", from: null });
      return { view, messages: messages.toReversed() };
    },
    message: async (view, messageId) => {
      let from: number | null = null;
      do {
        const one: HistoryPage = await page(view, { limit: PAGE, order: "desc", from });
        const found = one.messages.find(({ message_id }) => message_id === messageId);
        if (found !== undefined) return found;
        from = one.next;
      } while (from !== null);
      return null;
    },
    whole: async (view) => {
      const all: SaidMessage[] = [];
      let from: number | null = null;
      do {
        const one: HistoryPage = await page(view, { limit: PAGE, order: "asc", from });
        all.push(...one.messages);
        from = one.next;
        if (all.length > WHOLE_MAX) throw tooLong();
      } while (from !== null);
      return all;
    },
  };
}

function isUpTo({ seq }: SaidMessage, last: SaidMessage, { order }: HistoryAsk): boolean {
  return order === "asc" ? seq <= last.seq : seq >= last.seq;
}

function tooLong(): VerbatimError {
  return new VerbatimError(
    "too_large",
    `there are more than ${WHOLE_MAX} messages; read them page by page, at …/messages`,
  );
}

function inOrder(rows: readonly SaidMessage[], order: "asc" | "desc"): readonly SaidMessage[] {
  return rows.toSorted((one, other) =>
    order === "asc" ? one.seq - other.seq : other.seq - one.seq,
  );
}

/** The session and those it was forked from, oldest first. */
async function lineOf(reading: Reading, state: SessionState): Promise<readonly Part[]> {
  const line: Part[] = [{ state, upTo: Number.MAX_SAFE_INTEGER }];
  let fork = state.forked_from;
  const seen = new Set([state.metadata.session_id]);
  // Nothing goes on from itself.
  while (fork !== null && line.length < FORKS_MAX && !seen.has(fork.session_id)) {
    seen.add(fork.session_id);
    const { user_id } = state.metadata;
    const parent = await reading.find({ user_id, session_id: fork.session_id });
    if (parent === null) break;
    line.unshift({ state: parent.state, upTo: Math.min(fork.seq, line[0]?.upTo ?? fork.seq) });
    fork = parent.state.forked_from;
  }
  return line;
}

type HotMessages = Given<readonly SaidMessage[] | null>;

function askHot(
  { redis, store }: ReadingPorts,
  name: SessionName,
  limit: number,
): Promise<HotMessages> {
  return redis.ask(() => store.messages(name, Math.min(limit, HOT_SESSION_MESSAGES)));
}

/** What Redis has of the newest, or null when it has not got them. */
function hotMessages(
  { recent }: ReadingPorts,
  state: SessionState,
  { limit, given }: { readonly limit: number; readonly given: HotMessages },
): readonly SaidMessage[] | null {
  const name = nameOf(state);
  if (!given.here || given.value === null) return null;
  if (limit > HOT_SESSION_MESSAGES && given.value.length < state.counts.messages) return null;
  const known = merged(given.value, saidIn(recent.of(name)));
  return shownMessages(state, known).slice(-limit);
}

type Rows = { readonly rows: readonly SaidMessage[]; readonly degraded: boolean };

async function rowsOf(ports: ReadingPorts, part: Part, ask: HistoryAsk): Promise<Rows> {
  const { library, postgres, recent } = ports;
  const name = nameOf(part.state);
  const mine = saidIn(recent.of(name)).filter(({ seq }) => isAsked(seq, part, ask));
  const given = await postgres.ask(() => library.messages(name, pageAsk(part, ask)));
  if (!given.here) {
    const rows = await fromHot(ports, part, given.why);
    const asked = rows.filter(({ seq }) => isAsked(seq, part, ask));
    return { rows: inOrder(asked, ask.order).slice(0, ask.limit), degraded: true };
  }
  const { rows, next_seq } = given.value;
  const last = rows.at(-1)?.seq;
  // Of a page that does not end the list, what comes after its last row is of the next.
  const isWithin = ({ seq }: SaidMessage): boolean =>
    next_seq === null || last === undefined || (ask.order === "asc" ? seq <= last : seq >= last);
  const asked = rows.filter(({ seq }) => seq <= part.upTo);
  const all = merged(asked, mine.filter(isWithin));
  return { rows: inOrder(all, ask.order).slice(0, ask.limit), degraded: false };
}

function isAsked(seq: number, { upTo }: Part, { order, from }: HistoryAsk): boolean {
  if (seq > upTo) return false;
  return from === null || (order === "asc" ? seq > from : seq < from);
}

function pageAsk({ upTo }: Part, { limit, order, from }: HistoryAsk) {
  if (order === "asc") return { limit, after_seq: from ?? 0 };
  const before = Math.min(
    from ?? Number.MAX_SAFE_INTEGER,
    upTo === Number.MAX_SAFE_INTEGER ? upTo : upTo + 1,
  );
  return { limit, before_seq: before };
}

/** While Postgres is away: what Redis and this process have, if that is all there is. */
async function fromHot(
  ports: ReadingPorts,
  { state }: Part,
  why: unknown,
): Promise<readonly SaidMessage[]> {
  const limit = HOT_SESSION_MESSAGES;
  const given = await askHot(ports, nameOf(state), limit);
  const hot = hotMessages(ports, state, { limit, given });
  const rows = hot ?? shownMessages(state, saidIn(ports.recent.of(nameOf(state))));
  if (rows.length < state.counts.messages) throw away(why);
  return rows;
}

function nameOf({ metadata: { user_id, session_id } }: SessionState): SessionName {
  return { user_id, session_id };
}

/** The messages that events said. */
function saidIn(events: readonly Happened[]): readonly SaidMessage[] {
  return events.flatMap(({ event, moment }) =>
    changesOf(event, moment).flatMap((change) =>
      change.op === "add" && change.key === "messages" ? [change.json] : [],
    ),
  );
}

/** Both, each message once. */
function merged(
  stored: readonly SaidMessage[],
  mine: readonly SaidMessage[],
): readonly SaidMessage[] {
  const known = new Set(stored.map(({ message_id }) => message_id));
  return [...stored, ...mine.filter(({ message_id }) => !known.has(message_id))];
}
