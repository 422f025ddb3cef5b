/**
 * What was said in a session, page by page: all of it, from Postgres, with what
 * the journal has and Postgres has not yet. A fork goes on from what
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
import { lineOf, type Part } from "./forks.ts";
import { away, beyond, type Reading, type ReadingPorts, type SessionView } from "./reading.ts";

const PAGE = 500;
/** More is not put into one document. */
const WHOLE_MAX = 50_000;
/** Without words they are small: some 50 MB of them at once. */
const FACTS_PAGE = 5000;
const FACTS_MAX = 250_000;

type HistoryAsk = {
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** After this entry, in the page's order. */
  readonly from: number | null;
  /** Without their words. */
  readonly isFacts?: boolean;
};
/** Messages of a page in its order; `next` goes on after it. */
type HistoryPage = {
  readonly messages: readonly SaidMessage[];
  readonly next: number | null;
  readonly degraded: boolean;
};

/** A session, and what was said last. */
type Newest = Whole & { readonly view: SessionView };
/** Messages, and whether one may be missing. */
export type Whole = { readonly messages: readonly SaidMessage[]; readonly degraded: boolean };

export interface Transcript {
  /** The session as it is, and its newest messages, oldest first: asked for together. */
  newest(name: SessionName, limit: number): Promise<Newest>;
  page(view: SessionView, ask: HistoryAsk): Promise<HistoryPage>;
  /** One of them, or null. */
  message(view: SessionView, messageId: string): Promise<SaidMessage | null>;
  /** Tells of a message in which session it was said: this one, or one it was forked from. */
  saidWhere(view: SessionView): Promise<(message: SaidMessage) => string>;
  /** All of them without their words, oldest first: to count. */
  facts(view: SessionView): Promise<Whole>;
  /** All of them, oldest first; throws `too_large` when they are more than a document can hold. */
  whole(view: SessionView): Promise<Whole>;
}

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
        return { view, messages: hot, degraded: view.degraded };
      const { messages, degraded } = await page(view, { limit, order: "desc", from: null });
      return { view, messages: messages.toReversed(), degraded };
    },
    saidWhere: async ({ state }) => {
      const line = state.forked_from === null ? [] : await lineOf(reading, state);
      const own = state.metadata.session_id;
      return ({ seq }) => line.find(({ upTo }) => seq <= upTo)?.state.metadata.session_id ?? own;
    },
    message: (view, messageId) => messageIn(ports, reading, { state: view.state, messageId }),
    facts: (view) => allOf(page, view, { page: FACTS_PAGE, most: FACTS_MAX, isFacts: true }),
    whole: (view) => allOf(page, view, { page: PAGE, most: WHOLE_MAX, isFacts: false }),
  };
}

type Pages = Transcript["page"];
type All = { readonly page: number; readonly most: number; readonly isFacts: boolean };

async function allOf(
  page: Pages,
  view: SessionView,
  { page: limit, most, isFacts }: All,
): Promise<Whole> {
  const all: SaidMessage[] = [];
  let { degraded } = view;
  let from: number | null = null;
  do {
    const one: HistoryPage = await page(view, { limit, order: "asc", from, isFacts });
    all.push(...one.messages);
    degraded ||= one.degraded;
    from = one.next;
    if (all.length > most) throw tooLong(most, isFacts);
  } while (from !== null);
  return { messages: all, degraded };
}

/** Looked up by its name, in the session and in those it was forked from, the newest first. */
async function messageIn(
  ports: ReadingPorts,
  reading: Reading,
  { state, messageId }: { readonly state: SessionState; readonly messageId: string },
): Promise<SaidMessage | null> {
  const { library, postgres } = ports;
  for (const part of (await lineOf(reading, state)).toReversed()) {
    const name = nameOf(part.state);
    const given = await postgres.ask(async () => {
      const settled = await library.settledTo();
      return { settled, message: await library.message(name, messageId) };
    });
    const rows = given.here
      ? [given.value.message ?? [], await newerIn(ports, name, given.value.settled)].flat()
      : await fromHot(ports, part, given.why);
    const found = shownMessages(part.state, rows).find(
      ({ message_id, seq }) => message_id === messageId && seq <= part.upTo,
    );
    if (found !== undefined) return found;
  }
  return null;
}

/** What was said and Postgres has not got yet. */
async function newerIn(
  ports: ReadingPorts,
  name: SessionName,
  settled: number,
): Promise<readonly SaidMessage[]> {
  const more = await beyond(ports, name, settled);
  if (!more.here) throw away(more.why);
  return saidIn(more.value.events);
}

function isUpTo({ seq }: SaidMessage, last: SaidMessage, { order }: HistoryAsk): boolean {
  return order === "asc" ? seq <= last.seq : seq >= last.seq;
}

function tooLong(most: number, isFacts: boolean): VerbatimError {
  const whole = isFacts
    ? ""
    : ", or as one document of any length: …/export?format=md&transcript=all";
  return new VerbatimError(
    "too_large",
    `there are more than ${most} messages; read them page by page, at …/messages${whole}`,
  );
}

function inOrder(rows: readonly SaidMessage[], order: "asc" | "desc"): readonly SaidMessage[] {
  return rows.toSorted((one, other) =>
    order === "asc" ? one.seq - other.seq : other.seq - one.seq,
  );
}

type HotMessages = Given<readonly SaidMessage[] | null>;

function askHot(
  { redis, store, floor }: ReadingPorts,
  name: SessionName,
  limit: number,
): Promise<HotMessages> {
  const most = Math.min(limit, HOT_SESSION_MESSAGES);
  return floor().then((upTo) => redis.ask(() => store.messages(name, most, upTo)));
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
  const { library, postgres } = ports;
  const name = nameOf(part.state);
  const given = await postgres.ask(async () => {
    const settled = await library.settledTo();
    const read = ask.isFacts === true ? library.facts : library.messages;
    return { settled, ...(await read(name, pageAsk(part, ask))) };
  });
  if (!given.here) {
    const rows = await fromHot(ports, part, given.why);
    const asked = rows.filter(({ seq }) => isAsked(seq, part, ask));
    return { rows: inOrder(asked, ask.order).slice(0, ask.limit), degraded: true };
  }
  const { rows, next_seq, settled } = given.value;
  const told = await newerIn(ports, name, settled);
  const newer = told.filter(({ seq }) => isAsked(seq, part, ask));
  const last = rows.at(-1)?.seq;
  // Of a page that does not end the list, what comes after its last row is of the next.
  const isWithin = ({ seq }: SaidMessage): boolean =>
    next_seq === null || last === undefined || (ask.order === "asc" ? seq <= last : seq >= last);
  const asked = rows.filter(({ seq }) => seq <= part.upTo);
  const all = merged(asked, newer.filter(isWithin));
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
