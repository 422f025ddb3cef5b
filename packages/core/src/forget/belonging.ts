/**
 * Which entries belong to what is forgotten, decided from the journal alone.
 *
 *   Y12  Everything that a parser reads as said in the session, or by or to the
 *        user, belongs, with what was not understood in files that hold nothing
 *        of anybody else. What is another's of the same name does not.
 *
 *   Y22  Of one message goes every entry that says it, deletes it or rests on it,
 *        and nothing else of its session.
 *
 * Two looks at each entry, in order: the first learns which sessions are meant
 * and whose sessions have the same names, the second decides. In memory are
 * names of sessions and files, and places, never what was said.
 */
import { API_SOURCE, isApiSource } from "../access/whose.ts";
import { type Entry, fileKeyOf } from "../message/heard.ts";
import type { Message } from "../message/message.ts";
import { SESSION_SOURCE } from "../sessions/event.ts";
import type { Sha256 } from "../settle/port.ts";
import { NEIGHBOUR_ENTRIES } from "../settle/recent.ts";
import { eventOf } from "../sources/session.ts";
import { type Hidden, OWN_SOURCE } from "./ask.ts";
import { openRanges } from "./ranges.ts";
import type { ForgetPlan } from "./receipt.ts";
import { type IsForgotten, openRewording } from "./rewording.ts";

type Read = { readonly entry: Entry; readonly messages: readonly Message[] };

export interface Belonging {
  /** The first look, at every entry. */
  learn(read: Read): void;
  /** The second look, at every entry again. */
  decide(read: Read): void;
  plan(receiptId: string): ForgetPlan;
}

type Named = { readonly owner: string | null; readonly session_id: string };

/** What was seen of a file. */
type SeenFile = {
  readonly source: string;
  readonly path: string;
  mine: boolean;
  others: boolean;
  bytes: number;
  readonly unread: number[];
};

type Found = {
  /** Sessions that are meant, by name; those of an owner with their owner. */
  readonly sessions: Map<string, Named>;
  readonly ids: Set<string>;
  /** Names of sessions of others. */
  readonly others: Set<string>;
  readonly conversations: Map<string, { owner: string; conversation_id: string }>;
};

/** Nothing looked at yet. */
export function openBelonging(what: Hidden, sha256: Sha256): Belonging {
  const isHash = hashed(sha256);
  const found: Found = {
    sessions: new Map(),
    ids: new Set(),
    others: new Set(),
    conversations: new Map(),
  };
  const files = new Map<string, SeenFile>();
  /** Where of a session that goes on the last message went. */
  const left = new Map<string, number>();
  const neighbours: number[] = [];
  const ranges = openRanges();
  let bytes = 0;
  let shared = 0;

  const rewording = openRewording(forgottenBy(what, isHash, found));
  const isMeant = (message: Message): boolean => {
    if (what.message_sha256 !== undefined && !isOfMessage(message, what, isHash)) return false;
    const owner = ownerOf(message, what, isHash);
    if (owner !== null) return isOwnMeant(message, owner, what, isHash, found);
    return isUnownedMeant(message, what, isHash, found);
  };

  function stays({ entry, messages }: Read): void {
    if (isNear(left, entry.seq, messages)) neighbours.push(entry.seq);
    rewording.see(entry);
  }

  function goes({ entry, messages }: Read, meant: readonly Message[]): void {
    if (meant.length < messages.length) shared += 1;
    for (const one of meant) {
      left.set(one.session_id, entry.seq);
      remember(found, one, ownerOf(one, what, isHash));
    }
    ranges.add(entry.seq);
    bytes += entry.raw.length;
  }

  return {
    learn: ({ messages }) => {
      for (const message of messages) learnFrom(message, what, isHash, found);
    },
    decide: (read) => {
      const { entry, messages } = read;
      if (entry.source === OWN_SOURCE) return;
      const meant = messages.filter(isMeant);
      const file = fileOf(files, entry);
      if (file !== null) see(file, read, meant.length);
      if (meant.length === 0) stays(read);
      else goes(read, meant);
    },
    plan: (receipt_id) => {
      const mine = [...files.values()].filter((file) => file.mine);
      for (const file of mine.filter(({ others }) => !others)) {
        for (const seq of file.unread) ranges.add(seq);
        bytes += file.bytes;
      }
      return {
        receipt_id,
        ranges: ranges.all(),
        bytes,
        shared,
        sessions: [...found.sessions.values()].map(({ owner, session_id }) => ({
          user_id: owner,
          session_id,
        })),
        conversations: [...found.conversations.values()],
        files: mine.map(({ source, path, others }) => ({ source, path, whole: !others })),
        reworded: rewording.all(),
        neighbours: what.message_sha256 === undefined ? [] : neighbours,
      };
    },
  };
}

type IsHash = (text: string, digest: string | undefined) => boolean;

/** Whether a message is the one that is meant, or says something of it. */
function isOfMessage(message: Message, { message_sha256 }: Hidden, isHash: IsHash): boolean {
  const event = message.source === SESSION_SOURCE ? eventOf(message) : null;
  if (event === null) return isHash(message.id, message_sha256);
  if ("message_id" in event) return isHash(event.message_id, message_sha256);
  const { trigger_message_id = "" } = event.event === "breakthrough_recorded" ? event : {};
  return isHash(trigger_message_id, message_sha256);
}

/** Words in a summary that go, by where they were said. */
function forgottenBy(what: Hidden, isHash: IsHash, found: Found): IsForgotten {
  const session = (owner: string, session_id: string): boolean => {
    if (what.user_sha256 !== undefined && !isHash(owner, what.user_sha256)) return false;
    if (what.session_sha256 !== undefined) return isHash(session_id, what.session_sha256);
    return found.sessions.has(nameOf({ owner, session_id }));
  };
  if (what.message_sha256 === undefined) return { session, message: session };
  return {
    session: () => false,
    message: (owner, session_id, message_id) =>
      session(owner, session_id) && isHash(message_id, what.message_sha256),
  };
}

/** Whether it may have been read with an eye on one that went: of the same session, not long after. */
function isNear(
  left: ReadonlyMap<string, number>,
  seq: number,
  messages: readonly Message[],
): boolean {
  return messages.some(({ session_id }) => {
    const at = left.get(session_id);
    return at !== undefined && seq - at <= NEIGHBOUR_ENTRIES;
  });
}

/** Compares with digests, working out each only once: a session has thousands of messages. */
function hashed(sha256: Sha256): IsHash {
  const known = new Map<string, string>();
  return (text, digest) => {
    if (digest === undefined) return false;
    const made = known.get(text) ?? sha256(text);
    if (known.size > KNOWN_MAX) known.clear();
    known.set(text, made);
    return made === digest;
  };
}

const KNOWN_MAX = 100_000;

/** Whose a message is: who it says, or whose key sent it; null when it is of a source that knows no users. */
function ownerOf(message: Message, what: Hidden, isHash: IsHash): string | null {
  const { source, meta } = message;
  if (source !== "session" && !isApiSource(source)) return null;
  const event = source === "session" ? eventOf(message) : null;
  if (event !== null && "owner" in event && isHash(event.owner, what.user_sha256))
    return event.owner;
  const user = meta["user_id"];
  if (typeof user === "string") return user;
  return source === API_SOURCE ? null : source;
}

/** Sources of a key of one user are named by the user's digest. */
function isKeyOf(source: string, what: Hidden): boolean {
  return (
    what.user_sha256 !== undefined && source === `${API_SOURCE}-${what.user_sha256.slice(0, 32)}`
  );
}

function isOwnMeant(
  message: Message,
  owner: string,
  what: Hidden,
  isHash: IsHash,
  found: Found,
): boolean {
  const isUsers = isHash(owner, what.user_sha256) || isKeyOf(message.source, what);
  if (what.user_sha256 !== undefined && !isUsers) return false;
  if (what.session_sha256 !== undefined) return isHash(message.session_id, what.session_sha256);
  if (what.conversation_sha256 === undefined) return true;
  return (
    isHash(message.conversation_id ?? "", what.conversation_sha256) ||
    found.sessions.has(nameOf({ owner, session_id: message.session_id }))
  );
}

/** What knows no user belongs by its session, unless another user has one of that name. */
function isUnownedMeant(message: Message, what: Hidden, isHash: IsHash, found: Found): boolean {
  const { session_id } = message;
  if (what.user_sha256 === undefined) return isHash(session_id, what.session_sha256);
  if (found.others.has(session_id)) return false;
  return found.ids.has(session_id);
}

function learnFrom(message: Message, what: Hidden, isHash: IsHash, found: Found): void {
  if (what.user_sha256 === undefined) return;
  const owner = ownerOf(message, what, isHash);
  if (owner === null) return;
  const isUsers = isHash(owner, what.user_sha256) || isKeyOf(message.source, what);
  if (!isUsers) found.others.add(message.session_id);
  else if (isAskedFor(message, what, isHash)) remember(found, message, owner);
}

function isAskedFor(message: Message, what: Hidden, isHash: IsHash): boolean {
  if (what.session_sha256 !== undefined) return isHash(message.session_id, what.session_sha256);
  if (what.conversation_sha256 !== undefined)
    return isHash(message.conversation_id ?? "", what.conversation_sha256);
  return true;
}

function remember(found: Found, message: Message, owner: string | null): void {
  const { session_id } = message;
  const named = { owner, session_id };
  found.sessions.set(nameOf(named), named);
  found.ids.add(session_id);
  const event = message.source === "session" ? eventOf(message) : null;
  if (event?.event !== "conversation_opened" && event?.event !== "conversation_deleted") return;
  const conversation = { owner: event.owner, conversation_id: event.conversation_id };
  found.conversations.set(JSON.stringify(conversation), conversation);
}

function nameOf({ owner, session_id }: Named): string {
  return JSON.stringify([owner, session_id]);
}

function fileOf(files: Map<string, SeenFile>, { source, key }: Entry): SeenFile | null {
  const place = fileKeyOf(key);
  if (place === null || source === "session" || isApiSource(source)) return null;
  const name = `${source}\n${place.path}`;
  const known = files.get(name);
  if (known !== undefined) return known;
  const made: SeenFile = {
    source,
    path: place.path,
    mine: false,
    others: false,
    bytes: 0,
    unread: [],
  };
  files.set(name, made);
  return made;
}

/** What an entry says of its file: whose it is, and whether it may be taken along unread. */
function see(file: SeenFile, { entry, messages }: Read, meant: number): void {
  file.mine ||= meant > 0;
  file.others ||= meant < messages.length;
  if (messages.length > 0) return;
  file.unread.push(entry.seq);
  file.bytes += entry.raw.length;
}
