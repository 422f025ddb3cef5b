/** Answers of read.lua as what they mean. Their shape is ours: session.lua wrote them. */
import {
  type Conversation,
  type Generation,
  type Member,
  percentEncoded,
  type SaidMessage,
  type SessionName,
  type SessionState,
  type StateList,
  stateFrom,
} from "@verbatim/core/sessions";
import { deletedField } from "./calls.ts";

/** Field and value by turns, as HGETALL gives them inside a script. */
type Flat = readonly string[];

/** A state as read.lua gives it. */
export type StateAnswer = readonly [
  Flat,
  Flat,
  readonly Flat[],
  readonly string[],
  readonly [number, number, number],
];

/** Lists in the order of their keys. */
const LISTS = [
  "milestones",
  "breakthroughs",
  "emotions",
  "models",
  "off_record",
  "judgements",
] as const;

/** The state of a session, which is kept so many days where it does not say itself how long. */
export function stateOf(name: SessionName, answer: StateAnswer, days: number): SessionState {
  const [metadata, context, lists, deleted, [messages, notes, events]] = answer;
  const membersOf = <Key extends StateList>(key: Key): readonly Member<Key>[] =>
    pairsOf(lists[LISTS.indexOf(key)] ?? []).map(([id, text]) => ({ id, ...keptIn(text) }));
  return stateFrom({
    ...name,
    fields: {
      metadata: { ttl_days: days, ...fieldsOf(metadata) },
      context_snapshot: fieldsOf(context),
    },
    lists: {
      emotions: membersOf("emotions"),
      milestones: membersOf("milestones"),
      breakthroughs: membersOf("breakthroughs"),
      models: membersOf("models"),
      off_record: membersOf("off_record"),
      judgements: membersOf("judgements"),
    },
    deleted,
    counts: { messages, notes, events },
  });
}

/** Messages, oldest first. */
export function messagesOf(answer: readonly string[]): readonly SaidMessage[] {
  return answer.map((text): SaidMessage => keptIn(text).json).toReversed();
}

/** The conversation of an owner, or null when a generation of it is missing here. */
export function conversationOf(
  named: { readonly owner: string; readonly conversation_id: string },
  fields: Readonly<Record<string, string>>,
): Conversation | null {
  const { owner } = named;
  const mine = `/${percentEncoded(owner)}`;
  const opened = Object.entries(fields).flatMap(([field, text]) => {
    const number =
      field.startsWith("g/") && field.endsWith(mine) ? field.slice(2, -mine.length) : "";
    return /^\d+$/.test(number) ? [generationOf(Number(number), text)] : [];
  });
  const history = opened.toSorted((one, other) => one.generation - other.generation);
  const newest = history.at(-1);
  if (newest === undefined || history.length < newest.generation) return null;
  const deletedAt = fields[deletedField(owner)];
  const deleted = deletedAt === undefined ? 0 : keptIn(deletedAt).seq;
  if (deleted > newest.generation) return null;
  return {
    ...named,
    session_id: newest.generation > deleted ? newest.session_id : null,
    generation: newest.generation,
    history,
  };
}

/** Whose conversations fields are of. */
export function ownersIn(fields: readonly string[]): readonly string[] {
  const owners = fields.flatMap((field) => {
    const [, owner] = /^g\/\d+\/(.+)$/.exec(field) ?? [];
    return owner === undefined ? [] : [decodeURIComponent(owner)];
  });
  return [...new Set(owners)];
}

function generationOf(generation: number, text: string): Generation {
  const { seq, json } = keptIn(text);
  return { generation, ...json, at_seq: seq };
}

function fieldsOf(flat: Flat): Readonly<Record<string, unknown>> {
  const pairs = pairsOf(flat).filter(([field]) => !field.startsWith("@"));
  return Object.fromEntries(pairs.map(([field, text]) => [field, keptIn(text).json]));
}

function pairsOf(flat: Flat): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, at) => {
    return [flat[2 * at] ?? "", flat[2 * at + 1] ?? ""] as const;
  });
}

/** `<seq> <JSON>` */
function keptIn(text: string) {
  const space = text.indexOf(" ");
  return { seq: Number(text.slice(0, space)), json: JSON.parse(text.slice(space + 1)) };
}
