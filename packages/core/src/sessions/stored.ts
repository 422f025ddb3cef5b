/**
 * A session as a deep store keeps it: folded up to an entry, so that its state
 * costs the same however much was said. Of what is only counted, such as
 * messages, it keeps how many there are; of which ids it is asked, it tells which
 * of them it knows.
 *
 *   K17  Folded in pieces, each put away and taken out again, a session is what
 *        it is when it is folded at once.
 */
import type { Happened } from "./event.ts";
import type { FieldKey } from "./kept.ts";
import { type KeptList, keptIn, type Ledger, newLedger } from "./ledger.ts";
import { type Kept, type Member, STATE_LISTS, type StateList } from "./state.ts";

/** Of each field the seq it was set at, and its value. */
export type StoredFields = Readonly<
  Record<FieldKey, Readonly<Record<string, readonly [seq: number, value: unknown]>>>
>;

/** A member of one of the lists a state is read from. */
export type StoredMember = {
  [Key in StateList]: { readonly list: Key } & Member<Key>;
}[StateList];

/** An id that was removed from a list for good. */
export type StoredRemoval = { readonly list: KeptList; readonly id: string };

export type StoredSession = {
  readonly name: { readonly user_id: string; readonly session_id: string };
  readonly fields: StoredFields;
  readonly members: readonly StoredMember[];
  readonly removed: readonly StoredRemoval[];
  readonly counts: Kept["counts"];
};

/** Of ids that were asked for, those a store knows. */
export type KnownIds = { readonly events: readonly string[]; readonly said: readonly string[] };

const NOTHING_KNOWN: KnownIds = { events: [], said: [] };

/** The ledger of what was put away. Events may be added to it whose ids, and whose messages' ids, were asked for. */
export function ledgerOf(stored: StoredSession, known: KnownIds = NOTHING_KNOWN): Ledger {
  const { name, fields, counts } = stored;
  const empty = newLedger(name.user_id, name.session_id);
  const gone = new Set(stored.removed.flatMap(({ list, id }) => (list === "said" ? [id] : [])));
  const saidHere = known.said.filter((id) => !gone.has(id)).length;
  return {
    ...empty,
    fields: {
      metadata: fieldsFrom(fields.metadata),
      emotion: fieldsFrom(fields.emotion),
      context_snapshot: fieldsFrom(fields.context_snapshot),
    },
    lists: {
      ...empty.lists,
      ...listsFrom(stored.members),
      events: new Map(known.events.map(counted)),
      said: new Map(known.said.map(counted)),
    },
    removed: {
      ...empty.removed,
      said: gone,
      breakthroughs: new Set(
        stored.removed.flatMap(({ list, id }) => (list === "breakthroughs" ? [id] : [])),
      ),
    },
    beyond: {
      messages: counts.messages - saidHere,
      notes: counts.notes,
      events: counts.events - known.events.length,
    },
  };
}

/** The ids to ask a store for before these events are added to what it put away. */
export function idsIn(events: readonly Happened[]): KnownIds {
  return {
    events: events.map(({ event }) => event.event_id),
    said: events.flatMap(({ event }) =>
      event.event === "message_said" || event.event === "message_deleted" ? [event.message_id] : [],
    ),
  };
}

/** What is to be put away of a ledger. */
export function storedFrom(ledger: Ledger): StoredSession {
  const { user_id, session_id, fields, removed } = ledger;
  const gone = (list: KeptList): readonly StoredRemoval[] =>
    [...removed[list]].map((id) => ({ list, id }));
  return {
    name: { user_id, session_id },
    fields: {
      metadata: fieldsIn(fields.metadata),
      emotion: fieldsIn(fields.emotion),
      context_snapshot: fieldsIn(fields.context_snapshot),
    },
    members: STATE_LISTS.flatMap((list) => membersIn(ledger, list)),
    removed: [...gone("said"), ...gone("breakthroughs")],
    counts: keptIn(ledger).counts,
  };
}

function membersIn<Key extends StateList>({ lists }: Ledger, list: Key): readonly StoredMember[] {
  const members: ReadonlyMap<string, Member<Key>> = lists[list];
  return [...members.values()].map((one) => ({ list, ...one }) as StoredMember);
}

/** A member of a list that is only counted. */
function counted(id: string): readonly [string, { id: string; seq: number; json: null }] {
  return [id, { id, seq: 0, json: null }];
}

function listsFrom(members: readonly StoredMember[]) {
  const of = <Key extends StateList>(key: Key): ReadonlyMap<string, Member<Key>> =>
    new Map(members.flatMap((one) => (isOf(one, key) ? [[one.id, one] as const] : [])));
  return {
    emotions: of("emotions"),
    milestones: of("milestones"),
    breakthroughs: of("breakthroughs"),
    models: of("models"),
    off_record: of("off_record"),
    judgements: of("judgements"),
  };
}

function isOf<Key extends StateList>(
  one: StoredMember,
  key: Key,
): one is Extract<StoredMember, { list: Key }> & Member<Key> {
  return one.list === key;
}

function fieldsFrom(fields: StoredFields[FieldKey]) {
  return new Map(Object.entries(fields).map(([field, [seq, value]]) => [field, { seq, value }]));
}

function fieldsIn(fields: Ledger["fields"][FieldKey]): StoredFields[FieldKey] {
  return Object.fromEntries([...fields].map(([field, { seq, value }]) => [field, [seq, value]]));
}
