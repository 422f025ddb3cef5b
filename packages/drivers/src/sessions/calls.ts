/**
 * Events as calls of session.lua: keys and arguments in the order its header
 * gives. One call a session.
 */
import {
  conversationsKey,
  KEYS,
  sessionKeys,
  sessionMember,
  userSessionsKey,
} from "@verbatim/core";
import {
  type Conversation,
  changesOf,
  type Happened,
  HOT_SESSION_MESSAGES,
  percentEncoded,
  type SessionChange,
  type SessionName,
  TTL_DAYS,
} from "@verbatim/core/sessions";

/** What a script is called with. */
export type Call = {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
};

/** Keys of a session, in the order both scripts know them by. */
const OWN = [
  "metadata",
  "emotion",
  "context_snapshot",
  "events",
  "said",
  "notes",
  "messages",
  "milestones",
  "breakthroughs",
  "emotions",
  "models",
  "off_record",
  "judgements",
  "removed",
] as const;

/** Lists whose members are only counted. */
const RANKED: ReadonlySet<string> = new Set(["events", "said", "notes"]);

/** All keys of a session. */
export function ownKeys({ user_id, session_id }: SessionName): readonly string[] {
  const keys = sessionKeys(user_id, session_id);
  return OWN.map((name) => keys[name]);
}

/** Events as they are heard. */
export function applyCall(name: SessionName, events: readonly Happened[]): Call {
  const changed = events.map(changedBy);
  return callOf(name, { mode: "apply", heard: lastHeard(changed), changed, upTo: 0 });
}

/** Asks of which sessions all events are there; each group is of one session. */
export function knownCall(groups: readonly (readonly Happened[])[]): Call {
  return {
    keys: groups.flatMap(([first]) => {
      if (first === undefined) return [];
      const { metadata, events } = sessionKeys(first.event.user_id, first.event.session_id);
      return [metadata, events];
    }),
    args: groups.flatMap((group) => [
      group.length,
      ...group.flatMap(({ event, moment }) => [event.event_id, moment.seq]),
    ]),
  };
}

/**
 * The same for a session that is kept so many days where it does not say itself how long.
 *
 *   V35  The days are those of the moment: each touch counts them anew.
 */
export function keptFor({ keys, args }: Call, days: number): Call {
  return { keys, args: args.with(DAYS_PLACE, days) };
}

/** Where in the arguments the days stand. */
const DAYS_PLACE = 2;

/** Some of the events of a session that is put back; an outline's words are not kept. */
export function partCall(
  name: SessionName,
  events: readonly Happened[],
  { heard, isOutline }: { readonly heard: number; readonly isOutline: boolean },
): Call {
  const changed = events.map(changedBy).map((one) => (isOutline ? withoutWords(one) : one));
  const last = Math.max(heard, lastHeard(changed));
  return callOf(name, { mode: "part", heard: last, changed, upTo: 0 });
}

/** All events of a session up to `upTo` were put back. */
export function wholeCall(
  name: SessionName,
  { heard, upTo }: { readonly heard: number; readonly upTo: number },
): Call {
  return callOf(name, { mode: "whole", heard, changed: [], upTo });
}

function withoutWords({ changes, ...one }: Changed): Changed {
  return { ...one, changes: changes.filter(({ key }) => key !== "messages") };
}

/** Somebody was here. */
export function touchCall(name: SessionName): Call {
  return callOf(name, { mode: "touch", heard: 0, changed: [], upTo: 0 });
}

/** An event and its changes. */
type Changed = Happened & { readonly changes: readonly SessionChange[] };

function changedBy({ event, moment }: Happened): Changed {
  return { event, moment, changes: changesOf(event, moment) };
}

function lastHeard(changed: readonly Changed[]): number {
  const heard = changed
    .filter(({ changes }) => changes.some(goesOn))
    .map(({ moment }) => Date.parse(moment.at));
  return heard.reduce((one, other) => Math.max(one, other), 0);
}

/** A session goes on by what changes when it was last updated. */
function goesOn(change: SessionChange): boolean {
  return change.op === "set" && change.key === "metadata" && change.field === "last_updated";
}

type Given = {
  readonly mode: "apply" | "part" | "whole" | "touch";
  readonly heard: number;
  readonly changed: readonly Changed[];
  readonly upTo: number;
};

function callOf(name: SessionName, { mode, heard, changed: events, upTo }: Given): Call {
  const { user_id, session_id } = name;
  const seqs = events.map(({ moment }) => moment.seq);
  const keys = [
    ...ownKeys(name),
    userSessionsKey(user_id),
    KEYS.sessionsGlobal,
    KEYS.cursor,
    ...conversationKeysOf(events),
  ];
  const head = [
    ...[mode, heard, TTL_DAYS, HOT_SESSION_MESSAGES],
    ...[Math.min(...seqs, Number.MAX_SAFE_INTEGER), beginOf(events), upTo],
    ...[session_id, sessionMember(user_id, session_id)],
  ];
  return { keys, args: [...head, ...events.flatMap((one) => argumentsOf(one, keys))] };
}

/** The seq of the event that began the session, or 0. A conversation that is pointed at a session does not begin it. */
function beginOf(events: readonly Happened[]): number {
  const begin = events.find(
    ({ event }) =>
      event.event === "session_started" ||
      (event.event === "conversation_opened" && event.reason !== "set"),
  );
  return begin?.moment.seq ?? 0;
}

function conversationKeysOf(events: readonly Happened[]): readonly string[] {
  const keys = events.flatMap(({ event }) =>
    event.event === "conversation_opened" || event.event === "conversation_deleted"
      ? [conversationsKey(event.conversation_id)]
      : [],
  );
  return [...new Set(keys)];
}

function argumentsOf(
  { event, moment, changes }: Changed,
  keys: readonly string[],
): readonly (string | number)[] {
  const own = changes.flatMap(changeArguments);
  if (event.event !== "conversation_opened" && event.event !== "conversation_deleted") return own;
  const { owner, conversation_id, generation } = event;
  const key = keys.indexOf(conversationsKey(conversation_id)) + 1;
  if (event.event === "conversation_deleted") {
    // The highest generation that was deleted holds.
    return [...own, "set", key, deletedField(owner), generation, "null"];
  }
  const { session_id, reason, previous_session_id = null, channel = null } = event;
  const kept = JSON.stringify({ session_id, reason, previous_session_id, channel });
  return [...own, "first", key, generationField(owner, generation), moment.seq, kept];
}

/** Arguments that put a conversation back: key count, keys and fields. */
export function conversationFields(
  conversation: Conversation,
): readonly (readonly [string, string])[] {
  const { owner, session_id, generation, history } = conversation;
  const opened = history.map(
    ({ generation: number, at_seq, session_id, reason, previous_session_id, channel }) => {
      const kept = JSON.stringify({ session_id, reason, previous_session_id, channel });
      return [generationField(owner, number), `${at_seq} ${kept}`] as const;
    },
  );
  return session_id === null
    ? [...opened, [deletedField(owner), `${generation} null`] as const]
    : opened;
}

/** `g/<generation>/<owner>` */
function generationField(owner: string, generation: number): string {
  return `g/${generation}/${percentEncoded(owner)}`;
}

/** `d/<owner>` */
export function deletedField(owner: string): string {
  return `d/${percentEncoded(owner)}`;
}

function changeArguments(change: SessionChange): readonly (string | number)[] {
  const key = OWN.indexOf(change.key) + 1;
  if ("field" in change) {
    return [change.op, key, change.field, change.seq, JSON.stringify(change.value)];
  }
  const { id } = change;
  if (change.op === "remove") {
    // The messages go with what was said.
    if (change.key === "messages") return [];
    return [change.key === "said" ? "unsay" : "remove", key, id, 0, ""];
  }
  if (RANKED.has(change.key)) return ["rank", key, id, change.seq, ""];
  const what = change.key === "messages" ? "message" : "add";
  return [what, key, id, change.seq, JSON.stringify(change.json)];
}
