/** Sessions of an API without servers: both stores worked out from what the intake was handed. */
import type { Offered } from "@verbatim/core";
import {
  type Citation,
  type Conversation,
  changesOf,
  citationsOf,
  conversationFrom,
  type Happened,
  idsIn,
  judged,
  newLedger,
  type PagedAsk,
  readEvent,
  type SaidMessage,
  type SessionLibrary,
  type SessionName,
  type SessionStore,
  stateOf,
  storedFrom,
  URI_SCHEME,
  withEvents,
} from "@verbatim/core/sessions";

/** When everything was heard. */
export const HEARD_AT = "2026-01-01T00:00:05.000Z";

export type FakeSessions = {
  readonly store: SessionStore;
  readonly library: SessionLibrary;
  /** What Redis holds: emptied it is a Redis that was flushed. */
  readonly hot: Map<string, Happened>;
  /** The entry up to which Redis has heard everything. */
  readonly applied: { to: number };
  /** Entries that the deep store has not heard of yet. */
  readonly lag: { entries: number };
};

type There = () => Promise<void>;

/** Sessions over what was handed in. */
export function fakeSessions(
  handed: readonly Offered[],
  redisThere: There,
  postgresThere: There,
): FakeSessions {
  const hot: FakeSessions["hot"] = new Map();
  const lag = { entries: 0 };
  const applied = { to: Number.MAX_SAFE_INTEGER };
  const settled = (): readonly Happened[] => eventsIn(handed).slice(0, upTo(handed, lag.entries));
  return {
    store: fakeStore(hot, applied, redisThere),
    library: fakeSessionLibrary(settled, postgresThere),
    hot,
    applied,
    lag,
  };
}

function upTo(handed: readonly Offered[], lag: number): number {
  return eventsIn(handed.slice(0, handed.length - lag)).length;
}

function eventsIn(handed: readonly Offered[]): readonly Happened[] {
  return handed.flatMap(({ source, raw }, place) => {
    const read = source === "session" ? readEvent(raw) : null;
    return read?.ok === true
      ? [{ event: read.value, moment: { seq: place + 1, at: HEARD_AT } }]
      : [];
  });
}

function ofSession(events: Iterable<Happened>, name: SessionName): readonly Happened[] {
  return [...events]
    .filter(({ event }) => event.user_id === name.user_id && event.session_id === name.session_id)
    .toSorted((one, other) => one.moment.seq - other.moment.seq);
}

function stateFor(name: SessionName, events: readonly Happened[]) {
  return stateOf(ledgerFor(name, events));
}

function ledgerFor(name: SessionName, events: readonly Happened[]) {
  return withEvents(newLedger(name.user_id, name.session_id), events);
}

function isSaid({ event }: Happened): boolean {
  return event.event === "message_said";
}

function saidIn(events: readonly Happened[]): readonly SaidMessage[] {
  const gone = new Set(
    events.flatMap(({ event }) => (event.event === "message_deleted" ? [event.message_id] : [])),
  );
  return events
    .flatMap(({ event, moment }) =>
      changesOf(event, moment).flatMap((change) =>
        change.op === "add" && change.key === "messages" ? [change.json] : [],
      ),
    )
    .filter(({ message_id }) => !gone.has(message_id));
}

function isBeginning({ event }: Happened): boolean {
  return event.event === "session_started" || event.event === "conversation_opened";
}

function fakeStore(
  hot: FakeSessions["hot"],
  applied: FakeSessions["applied"],
  there: There,
): SessionStore {
  const whole = async (name: SessionName, floor = 0): Promise<readonly Happened[] | null> => {
    await there();
    if (applied.to < floor) return null;
    const events = ofSession(hot.values(), name);
    return events.some(isBeginning) ? events : null;
  };
  return {
    apply: async (events) => {
      await there();
      const [first] = events;
      if (first === undefined) return false;
      const isKnown = ofSession(hot.values(), first.event).length > 0;
      if (!isKnown && !events.some(isBeginning)) return false;
      for (const one of events) hot.set(one.event.event_id, one);
      return true;
    },
    restore: async ({ parts }) => {
      await there();
      for await (const { events } of parts)
        for (const one of events) hot.set(one.event.event_id, one);
      return true;
    },
    restoreConversation: async () => await there(),
    state: async (name, floor) => {
      const events = await whole(name, floor);
      return events === null ? null : stateFor(name, events);
    },
    messages: async (name, limit, floor) => {
      const events = await whole(name, floor);
      return events === null ? null : saidIn(events).slice(-limit);
    },
    ttl: async (name) => ((await whole(name)) === null ? null : 604_800),
    touch: async (name) => (await whole(name)) !== null,
    conversation: async (owner, conversation_id) => {
      await there();
      return orNull(conversationFrom({ owner, conversation_id }, [...hot.values()]));
    },
    ownersOf: async (conversationId) => {
      await there();
      return ownersIn([...hot.values()], conversationId);
    },
    sessionsOf: async (userId) => {
      await there();
      return idsOf([...hot.values()], userId);
    },
    expiring: async () => [],
    drop: async () => await there(),
    ping: async () => await there(),
  };
}

function orNull(conversation: Conversation): Conversation | null {
  return conversation.generation === 0 ? null : conversation;
}

function ownersIn(events: readonly Happened[], conversationId: string): readonly string[] {
  const owners = events.flatMap(({ event }) =>
    event.event === "conversation_opened" && event.conversation_id === conversationId
      ? [event.owner]
      : [],
  );
  return [...new Set(owners)];
}

function idsOf(events: readonly Happened[], userId: string): readonly string[] {
  const ours = events.filter(({ event }) => event.user_id === userId);
  return [...new Set(ours.map(({ event }) => event.session_id))].toReversed();
}

function paged<Row extends { readonly seq: number }>(rows: readonly Row[], ask: PagedAsk) {
  const { after_seq, before_seq, limit } = ask;
  const found =
    before_seq === undefined
      ? rows.filter(({ seq }) => seq > (after_seq ?? 0))
      : rows.filter(({ seq }) => seq < before_seq).toReversed();
  const page = found.slice(0, limit);
  return { rows: page, next_seq: found.length > limit ? (page.at(-1)?.seq ?? null) : null };
}

function fakeSessionLibrary(settled: () => readonly Happened[], there: There): SessionLibrary {
  const of = async (name: SessionName): Promise<readonly Happened[]> => {
    await there();
    return ofSession(settled(), name);
  };
  const all = async (): Promise<readonly Happened[]> => {
    await there();
    return settled();
  };
  const eventsOf = async (name: SessionName, ask: PagedAsk) => {
    const rows = (await of(name)).map((one) => ({ ...one, seq: one.moment.seq }));
    return paged(rows, ask);
  };
  return {
    whole: async (name) => ({ name, events: await of(name), up_to: settled().length }),
    due: async () => [],
    state: async (name) => {
      const events = await of(name);
      return events.length === 0 ? null : stateFor(name, events);
    },
    settledTo: async () => (await all()).at(-1)?.moment.seq ?? 0,
    folded: async (name, { events: asked, said }) => {
      const events = await of(name);
      const ids = new Set(events.map(({ event }) => event.event_id));
      const words = new Set(idsIn(events.filter(isSaid)).said);
      return {
        stored: events.length === 0 ? null : storedFrom(ledgerFor(name, events)),
        up_to: (await all()).at(-1)?.moment.seq ?? 0,
        known: {
          events: asked.filter((id) => ids.has(id)),
          said: [...new Set(said)].filter((id) => words.has(id)),
        },
      };
    },
    notes: async (name) => (await of(name)).filter(({ event }) => event.event === "note_written"),
    messages: async (name, ask) => paged(saidIn(await of(name)), ask),
    facts: async (name, ask) =>
      paged(
        saidIn(await of(name)).map((one) => ({ ...one, content: "" })),
        ask,
      ),
    message: async (name, id) =>
      saidIn(await of(name)).find(({ message_id }) => message_id === id) ?? null,
    events: (name, ask) => eventsOf(name, ask),
    outline: (name, ask) => eventsOf(name, ask),
    heardAt: async (name) => (await of(name)).at(-1)?.moment.at ?? null,
    conversation: async (owner, conversation_id) =>
      orNull(conversationFrom({ owner, conversation_id }, await all())),
    conversations: async (owner, limit) => {
      const events = await all();
      const names = events.flatMap(({ event }) =>
        event.event === "conversation_opened" && (owner ?? event.owner) === event.owner
          ? [JSON.stringify([event.owner, event.conversation_id])]
          : [],
      );
      return [...new Set(names.toReversed())]
        .map((name) => {
          const [of, conversation_id]: [string, string] = JSON.parse(name);
          return conversationFrom({ owner: of, conversation_id }, events);
        })
        .filter(({ session_id }) => session_id !== null)
        .slice(0, limit);
    },
    citation: async (id) => citationsIn(await all()).find((one) => one.citation_id === id) ?? null,
    citations: async (filter, ask) => {
      const found = citationsIn(await all()).filter(
        (one) =>
          (filter.user_id === undefined || one.user_id === filter.user_id) &&
          (filter.session_id === undefined || one.session_id === filter.session_id) &&
          (filter.type === undefined || one.type === filter.type),
      );
      return paged(found, ask);
    },
    sessionsOf: async (userId, limit) => {
      const events = await all();
      return idsOf(events, userId)
        .slice(0, limit)
        .map((session_id) => {
          const name = { user_id: userId, session_id };
          return stateFor(name, ofSession(events, name)).metadata;
        });
    },
    saveSnapshot: async () => await there(),
    readSnapshot: async () => null,
  };
}

function citationsIn(events: readonly Happened[]): readonly Citation[] {
  return events.flatMap(({ event, moment }, place) => {
    const name = { user_id: event.user_id, session_id: event.session_id };
    const before = stateFor(name, ofSession(events.slice(0, place), name));
    const { judgements } = stateFor(name, ofSession(events, name));
    const { emotion, metadata } = before;
    const context = {
      scheme: URI_SCHEME,
      emotion: emotion.current,
      model: metadata.last_model,
    };
    return citationsOf(event, moment, context).map((one) => judged(one, judgements));
  });
}
