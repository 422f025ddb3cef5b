/**
 * What is kept of one session, in memory: the changes of its events, made.
 *
 *   K4  However events are cut into stretches, what is kept is the same.
 *   K5  An event heard twice counts once; changes made in any order and any
 *       number of times keep the same.
 *   K6  Every event makes sense in every state: a session begins with whatever
 *       is heard of it first.
 *
 * The messages themselves are not in it: stores have those.
 */
import { changesOf } from "./changes.ts";
import type { Happened } from "./event.ts";
import type { AddChange, FieldChange, FieldKey, ListKey, SessionChange } from "./kept.ts";
import { type Kept, type Member, type SessionState, stateFrom } from "./state.ts";

export type KeptList = Exclude<ListKey, "messages">;
type Field = { readonly value: unknown; readonly seq: number };
type Lists = { readonly [Key in KeptList]: ReadonlyMap<string, Member<Key>> };

export type Ledger = {
  readonly user_id: string;
  readonly session_id: string;
  readonly fields: Readonly<Record<FieldKey, ReadonlyMap<string, Field>>>;
  readonly lists: Lists;
  readonly removed: Readonly<Record<KeptList, ReadonlySet<string>>>;
  /** How many more there are whose ids are not in it (stored.ts). */
  readonly beyond: Kept["counts"];
};

/** A ledger being written. */
type Open = {
  readonly fields: Readonly<Record<FieldKey, Map<string, Field>>>;
  readonly lists: { readonly [Key in KeptList]: Map<string, Member<Key>> };
  readonly removed: Readonly<Record<KeptList, Set<string>>>;
};

/** The ledger of a session of which nothing was heard. */
export function newLedger(userId: string, sessionId: string): Ledger {
  const fields = { metadata: new Map(), emotion: new Map(), context_snapshot: new Map() };
  const beyond = { messages: 0, notes: 0, events: 0 };
  const kept = { fields, lists: noMembers(), removed: noIds(), beyond };
  return { user_id: userId, session_id: sessionId, ...kept };
}

/** The ledger after more events of its session, in the order of the journal; others' events change nothing. Copies it once. */
export function withEvents(ledger: Ledger, events: readonly Happened[]): Ledger {
  const open = copied(ledger);
  for (const { event, moment } of events) {
    const isOurs = event.user_id === ledger.user_id && event.session_id === ledger.session_id;
    if (!isOurs || open.lists.events.has(event.event_id)) continue; // (K5)
    for (const change of changesOf(event, moment)) make(open, change);
  }
  return { ...ledger, ...open };
}

/** The ledger after changes, in any order. */
export function withChanges(ledger: Ledger, changes: readonly SessionChange[]): Ledger {
  const open = copied(ledger);
  for (const change of changes) make(open, change);
  return { ...ledger, ...open };
}

/** The state a ledger amounts to. */
export function stateOf(ledger: Ledger): SessionState {
  return stateFrom(keptIn(ledger));
}

/** What is kept of a session, as a ledger has it. */
export function keptIn({ user_id, session_id, fields, lists, removed, beyond }: Ledger): Kept {
  const membersOf = <Key extends KeptList>(key: Key): readonly Member<Key>[] => {
    const gone: ReadonlySet<string> = removed[key];
    const members: ReadonlyMap<string, Member<Key>> = lists[key];
    return [...members.values()].filter(({ id }) => !gone.has(id));
  };
  return {
    user_id,
    session_id,
    fields: {
      metadata: valuesOf(fields.metadata),
      context_snapshot: valuesOf(fields.context_snapshot),
    },
    lists: {
      emotions: membersOf("emotions"),
      milestones: membersOf("milestones"),
      breakthroughs: membersOf("breakthroughs"),
      models: membersOf("models"),
      off_record: membersOf("off_record"),
      judgements: membersOf("judgements"),
    },
    deleted: [...removed.said],
    counts: {
      messages: beyond.messages + membersOf("said").length,
      notes: beyond.notes + membersOf("notes").length,
      events: beyond.events + lists.events.size,
    },
  };
}

function valuesOf(fields: ReadonlyMap<string, Field>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...fields].map(([field, { value }]) => [field, value]));
}

function make(open: Open, change: SessionChange): void {
  if ("field" in change) setField(open.fields[change.key], change);
  else if (change.key === "messages") return;
  else if (change.op === "remove") open.removed[change.key].add(change.id);
  else addMember(open.lists, change);
}

function setField(fields: Map<string, Field>, { op, field, value, seq }: FieldChange): void {
  const known = fields.get(field);
  const isNewer = known === undefined || (op === "set" ? seq > known.seq : seq < known.seq);
  if (isNewer) fields.set(field, { value, seq });
}

function addMember<Key extends KeptList>(lists: Open["lists"], change: AddChange<Key>): void {
  const list: Map<string, Member<Key>> = lists[change.key];
  const { id, seq, json } = change;
  const known = list.get(id);
  if (known === undefined || seq < known.seq) list.set(id, { id, seq, json });
}

function copied({ fields, lists, removed }: Ledger): Open {
  return {
    fields: {
      metadata: new Map(fields.metadata),
      emotion: new Map(fields.emotion),
      context_snapshot: new Map(fields.context_snapshot),
    },
    lists: {
      events: new Map(lists.events),
      said: new Map(lists.said),
      notes: new Map(lists.notes),
      emotions: new Map(lists.emotions),
      milestones: new Map(lists.milestones),
      breakthroughs: new Map(lists.breakthroughs),
      models: new Map(lists.models),
      off_record: new Map(lists.off_record),
      judgements: new Map(lists.judgements),
    },
    removed: {
      ...noIds(),
      said: new Set(removed.said),
      breakthroughs: new Set(removed.breakthroughs),
    },
  };
}

function noMembers(): Open["lists"] {
  return {
    events: new Map(),
    said: new Map(),
    notes: new Map(),
    emotions: new Map(),
    milestones: new Map(),
    breakthroughs: new Map(),
    models: new Map(),
    off_record: new Map(),
    judgements: new Map(),
  };
}

function noIds(): Open["removed"] {
  return {
    events: new Set(),
    said: new Set(),
    notes: new Set(),
    emotions: new Set(),
    milestones: new Set(),
    breakthroughs: new Set(),
    models: new Set(),
    off_record: new Set(),
    judgements: new Set(),
  };
}
