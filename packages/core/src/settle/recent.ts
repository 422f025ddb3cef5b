/**
 * What was said shortly before: the context in which a short message means
 * something.
 *
 * The neighbours of a message are what people and agents said (saidIn: a call
 * of a tool is none) in the same
 * session in the NEIGHBOUR_ENTRIES places of the journal before its entry, and
 * earlier in its entry; the newest BEFORE_MAX of them. Sessions of two users may
 * have one name: what one said is no neighbour of what the other did (D2). Counted in places and
 * not in time, so that whoever reads these places knows them: wherever reading
 * begins, the answers are the same.
 */
import { circleOf } from "../access/whose.ts";
import { BEFORE_MAX } from "../enrich/before.ts";
import { READ_CHARS_MAX } from "../enrich/reader.ts";
import { saidIn } from "../enrich/said.ts";
import type { Message } from "../message/message.ts";

/** So many places back a message is still near: a turn of an agent with its tools is a dozen. */
export const NEIGHBOUR_ENTRIES = 64;
/** Of what was said there, the newest so many messages: an entry may hold thousands. */
const SAID_MAX: number = 2 * NEIGHBOUR_ENTRIES;

/** What was said in the newest places, as far as it was remembered. */
export interface Recent {
  /** The newest place remembered. */
  readonly seq: number;
  /** Takes what was read from an entry; entries come in the order of their places. */
  remember(seq: number, messages: readonly Message[]): void;
  /** The texts of the neighbours of a message, as much of each as is read, oldest first. */
  before(message: Message): readonly string[];
}

type Said = Pick<Message, "id" | "seq" | "text"> & { readonly where: string };

/** Remembers nothing yet; `seq` is the place after which it begins. */
export function openRecent(seq: number = 0): Recent {
  let said: Said[] = [];
  let newest = seq;
  return {
    get seq() {
      return newest;
    },
    remember: (at, messages) => {
      newest = at;
      for (const message of messages.filter(isSaid)) {
        const text = saidIn(message).slice(0, READ_CHARS_MAX);
        if (text !== "") said.push({ id: message.id, where: whereOf(message), seq: at, text });
      }
      if (said.length >= 2 * SAID_MAX) said = said.slice(-SAID_MAX);
    },
    before: (message) => {
      const where = whereOf(message);
      const found: Said[] = [];
      const oldest = Math.max(0, said.length - SAID_MAX);
      for (let at = said.length - 1; at >= oldest && found.length < BEFORE_MAX; at -= 1) {
        const one = said[at];
        if (one === undefined || one.seq < message.seq - NEIGHBOUR_ENTRIES) break;
        if (one.where === where && isNew(one, message, found)) found.push(one);
      }
      return found.map(({ text }) => text).toReversed();
    },
  };
}

function isSaid({ kind, author, text }: Message): boolean {
  return kind === "message" && author.role !== "tool" && author.role !== "system" && text !== "";
}

/** A record of the same message, heard twice, is no context. */
function isNew(one: Said, { id }: Message, found: readonly Said[]): boolean {
  return one.id !== id && !found.some((other) => other.id === one.id);
}

/** The session, as those know it who may hear each other. */
function whereOf(message: Message): string {
  return `${circleOf(message)}\0${message.session_id}`;
}
