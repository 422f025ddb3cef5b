/** The ports of the API without what was asked to be forgotten: stores may hold it until the workers have taken it out (A16). */
import type {
  EnrichedMessage,
  Entry,
  Library,
  LiveEvent,
  LiveFeed,
  SessionSummary,
} from "@verbatim/core";
import {
  type Citation,
  type Conversation,
  type Happened,
  ledgerOf,
  newLedger,
  type Paged,
  readEvent,
  type SaidMessage,
  SESSION_SOURCE,
  type SessionLibrary,
  type SessionName,
  type SessionState,
  type SessionStore,
  stateOf,
  storedFrom,
  withEvents,
} from "@verbatim/core/sessions";
import type { ApiPorts } from "../ports.ts";
import type { Forgets, Standing } from "./asked.ts";

/** The same ports; nothing that they give is forgotten. */
export function hiding(ports: ApiPorts, forgets: Forgets): ApiPorts {
  return {
    ...ports,
    library: hidingLibrary(ports.library, forgets),
    settled: async () => {
      const reader = await ports.settled();
      return over(reader, {
        settle: async (entry) => {
          const settled = await reader.settle(entry);
          const messages = settled.messages.filter((one) => !forgets.isGone(standingOf(one)));
          return { ...settled, messages };
        },
      });
    },
    entries: async (stretch) =>
      (await ports.entries(stretch)).map((one) =>
        isEntryShown(one, forgets) ? one : emptied(one),
      ),
    live: { ...hidingFeed(ports.live, forgets), followers: () => ports.live.followers() },
    sessionStore: hidingStore(ports.sessionStore, forgets),
    sessionLibrary: hidingSessions(ports.sessionLibrary, forgets),
  };
}

/** A port with some of its answers changed; the others are asked of it as it is then. */
function over<Port extends object>(port: Port, changed: Partial<Port>): Port {
  return Object.assign(Object.create(port), changed);
}

function standingOf(message: EnrichedMessage): Standing {
  const { seq, session_id, conversation_id, source, meta, id } = message;
  const user = meta["user_id"];
  const said: unknown = Object(meta["event"]).message_id;
  return {
    seq,
    session_id,
    conversation_id,
    source,
    user_id: typeof user === "string" ? user : null,
    message_id: source === SESSION_SOURCE ? (typeof said === "string" ? said : undefined) : id,
  };
}

function hidingLibrary(library: Library, forgets: Forgets): Library {
  const isShown = (message: EnrichedMessage): boolean => !forgets.isGone(standingOf(message));
  /** A session's row says nothing of its user: its messages do. */
  const isSessionShown = async (one: SessionSummary): Promise<boolean> => {
    if (forgets.isGone({ seq: one.last_seq, session_id: one.session_id })) return false;
    if (!forgets.isAnyPending()) return true;
    const filter = { session: one.session_id, records: true };
    const { rows } = await library.messages(filter, { limit: 1, order: "asc" });
    // Of a session that stays, one message may be gone.
    return rows.every((one) => !forgets.isGone({ ...standingOf(one), message_id: undefined }));
  };
  return over(library, {
    sessions: async (filter, ask) => {
      const page = await library.sessions(filter, ask);
      const shown = await Promise.all(page.rows.map(isSessionShown));
      return { ...page, rows: page.rows.filter((_, at) => shown[at] === true) };
    },
    session: async (id, whose) => {
      const found = await library.session(id, whose);
      return found !== null && (await isSessionShown(found)) ? found : null;
    },
    messages: async (filter, ask) => {
      const page = await library.messages(filter, ask);
      return { ...page, rows: page.rows.filter(isShown) };
    },
    search: async (query, filter, ask) => {
      const page = await library.search(query, filter, ask);
      return { ...page, rows: page.rows.filter(({ message }) => isShown(message)) };
    },
  });
}

function hidingFeed(live: LiveFeed, forgets: Forgets): LiveFeed {
  return {
    head: () => live.head(),
    follow: async function* (after, signal): AsyncGenerator<LiveEvent> {
      for await (const event of live.follow(after, signal))
        if (event.kind === "gap" || !forgets.isGone(standingOf(event.message))) yield event;
    },
  };
}

/** Whether a state may hold what is to be forgotten: what was said of it after it was asked for is another session of that name. */
function mixedIn(forgets: Forgets): (state: SessionState) => boolean {
  return ({ metadata }) => {
    const { user_id, session_id } = metadata;
    const conversation_id = metadata.conversation_id ?? null;
    return (
      forgets.isAnyPending() && forgets.isGone({ seq: 0, user_id, session_id, conversation_id })
    );
  };
}

/** Whether all of a conversation was to be forgotten. */
export function isConversationGone(conversation: Conversation, forgets: Forgets): boolean {
  const { owner, conversation_id, session_id, history } = conversation;
  const seq = history.at(-1)?.at_seq ?? 0;
  return forgets.isGone({
    seq,
    user_id: owner,
    conversation_id,
    session_id: session_id ?? undefined,
  });
}

/** Whether an event is none of those that were to be forgotten. */
export function isHappenedShown({ event, moment }: Happened, forgets: Forgets): boolean {
  const { user_id, session_id } = event;
  const conversation_id = "conversation_id" in event ? event.conversation_id : undefined;
  const message_id = "message_id" in event ? event.message_id : undefined;
  return !forgets.isGone({ seq: moment.seq, user_id, session_id, conversation_id, message_id });
}

function isSaidShown(
  { user_id, session_id }: SessionName,
  { seq, message_id }: SaidMessage,
  forgets: Forgets,
): boolean {
  return !forgets.isGone({ user_id, session_id, seq, message_id });
}

/** Of an entry that is an event; every other one is shown to nobody by its bytes. */
function isEntryShown({ source, raw, seq, at }: Entry, forgets: Forgets): boolean {
  const read = source === SESSION_SOURCE && forgets.isAnyPending() ? readEvent(raw) : null;
  return read?.ok !== true || isHappenedShown({ event: read.value, moment: { seq, at } }, forgets);
}

/** As an erased one is: its place is there, and it says nothing. */
function emptied(entry: Entry): Entry {
  return { ...entry, raw: new Uint8Array(0) };
}

function hidingStore(store: SessionStore, forgets: Forgets): SessionStore {
  const isMixed = mixedIn(forgets);
  const find = async (name: SessionName, floor?: number): Promise<SessionState | null> => {
    const state = await store.state(name, floor);
    return state === null || isMixed(state) ? null : state;
  };
  return over(store, {
    state: find,
    messages: async (name, limit, floor) => {
      const isShown = !forgets.isAnyPending() || (await find(name, floor)) !== null;
      const found = isShown ? await store.messages(name, limit, floor) : null;
      return found?.filter((one) => isSaidShown(name, one, forgets)) ?? null;
    },
    ownersOf: async (id) => {
      const owners = await store.ownersOf(id);
      if (!forgets.isAnyPending()) return owners;
      const found = await Promise.all(owners.map((owner) => store.conversation(owner, id)));
      return owners.filter((_, at) => {
        const one = found[at] ?? null;
        return one !== null && !isConversationGone(one, forgets);
      });
    },
    conversation: async (owner, id) => {
      const found = await store.conversation(owner, id);
      return found === null || isConversationGone(found, forgets) ? null : found;
    },
    sessionsOf: async (user_id) => {
      const ids = await store.sessionsOf(user_id);
      if (!forgets.isAnyPending()) return ids;
      const states = await Promise.all(ids.map((session_id) => find({ user_id, session_id })));
      return ids.filter((_, at) => states[at] !== null);
    },
  });
}

function hidingSessions(library: SessionLibrary, forgets: Forgets): SessionLibrary {
  const isMixed = mixedIn(forgets);
  const shown = (events: readonly Happened[]) =>
    events.filter((one) => isHappenedShown(one, forgets));
  const whole: SessionLibrary["whole"] = async (name) => {
    const found = await library.whole(name);
    return { ...found, events: shown(found.events) };
  };
  /** What was said of it after it was to be forgotten. */
  const anew = async ({ user_id, session_id }: SessionName) => {
    const { events, up_to } = await whole({ user_id, session_id });
    const ledger = withEvents(newLedger(user_id, session_id), events);
    return { ledger: events.length === 0 ? null : ledger, up_to };
  };
  const said = (name: SessionName, page: Paged<SaidMessage>): Paged<SaidMessage> => ({
    ...page,
    rows: page.rows.filter((one) => isSaidShown(name, one, forgets)),
  });
  const happened = (page: Paged<Happened>) => ({ ...page, rows: shown(page.rows) });
  return over(library, {
    whole,
    state: async (name) => {
      const state = await library.state(name);
      if (state === null || !isMixed(state)) return state;
      const { ledger } = await anew(name);
      return ledger === null ? null : stateOf(ledger);
    },
    folded: async (name, asked) => {
      const folded = await library.folded(name, asked);
      if (folded.stored === null || !isMixed(stateOf(ledgerOf(folded.stored)))) return folded;
      const { ledger, up_to } = await anew(name);
      if (ledger === null) return { stored: null, up_to, known: { events: [], said: [] } };
      const known = {
        events: asked.events.filter((id) => ledger.lists.events.has(id)),
        said: asked.said.filter((id) => ledger.lists.said.has(id) || ledger.removed.said.has(id)),
      };
      return { stored: storedFrom(ledger), up_to, known };
    },
    notes: async (name) => shown(await library.notes(name)),
    messages: async (name, ask) => said(name, await library.messages(name, ask)),
    facts: async (name, ask) => said(name, await library.facts(name, ask)),
    message: async (name, id) => {
      const found = await library.message(name, id);
      return found === null || !isSaidShown(name, found, forgets) ? null : found;
    },
    events: async (name, ask) => happened(await library.events(name, ask)),
    outline: async (name, ask) => happened(await library.outline(name, ask)),
    ...hidingConversations(library, forgets),
  });
}

type Conversations = Pick<
  SessionLibrary,
  "conversation" | "conversations" | "citation" | "citations" | "sessionsOf" | "readSnapshot"
>;

function hidingConversations(library: SessionLibrary, forgets: Forgets): Conversations {
  const isCitationShown = ({ seq, user_id, session_id, evidence }: Citation): boolean =>
    [undefined, ...evidence].every(
      (message_id) => !forgets.isGone({ seq, user_id, session_id, message_id }),
    );
  return {
    conversation: async (owner, id) => {
      const found = await library.conversation(owner, id);
      return found === null || isConversationGone(found, forgets) ? null : found;
    },
    conversations: async (owner, limit) =>
      (await library.conversations(owner, limit)).filter(
        (one) => !isConversationGone(one, forgets),
      ),
    citation: async (id) => {
      const found = await library.citation(id);
      return found === null || !isCitationShown(found) ? null : found;
    },
    citations: async (filter, ask) => {
      const page = await library.citations(filter, ask);
      return { ...page, rows: page.rows.filter(isCitationShown) };
    },
    sessionsOf: async (user, limit) =>
      (await library.sessionsOf(user, limit)).filter(
        ({ user_id, session_id, last_seq }) =>
          !forgets.isGone({ user_id, session_id, seq: last_seq }),
      ),
    readSnapshot: async (id) => {
      const found = await library.readSnapshot(id);
      return found === null || forgets.isGone({ ...found.name, seq: found.seq }) ? null : found;
    },
  };
}
