/**
 * Whether a message counts where people's conversation is judged. Only what
 * somebody known said, in words, for the first time does; the rest is counted
 * by the reason why not, and can raise no score.
 */
import type { EnrichedMessage } from "../message/message.ts";

export const STANDINGS = [
  "counted",
  /** Its words were said before, in this archive, in whatever case and punctuation. */
  "duplicate",
  /** Nobody knows who said it. */
  "unknown",
  /** Tool calls, thoughts, images: something, but nothing said. */
  "wordless",
  /** Nothing at all. */
  "empty",
  /** What programs print and tell each other. */
  "machine",
  /** Bookkeeping of the source. */
  "record",
] as const;
export type Standing = (typeof STANDINGS)[number];

/** Names that earlier recorders gave to those they did not know. */
const NOBODY: ReadonlySet<string> = new Set([
  "unknown",
  "unknown speaker",
  "unknown user",
  "anonymous",
  "consolidated",
  "undefined",
  "none",
  "null",
  "n/a",
]);
/** What is not seen: a name that looks like another is that other. */
const UNSEEN = /\p{Cf}/gu;
const WORD = /[\p{L}\p{N}]/u;

/** The standing of a message; `isFirst` says that its words (`normal_hash`) were not said before. */
export function standingOf(message: EnrichedMessage, isFirst: boolean): Standing {
  const own = ownStanding(message);
  return own === "counted" && !isFirst ? "duplicate" : own;
}

/** Whether it counts if its words are new. */
export function mayCount(message: EnrichedMessage): boolean {
  return ownStanding(message) === "counted";
}

function ownStanding(message: EnrichedMessage): Standing {
  const { kind, author, parts } = message;
  if (kind === "record") return "record";
  if (author.role === "tool" || author.role === "system") return "machine";
  if (parts.some((part) => part.type === "text" && WORD.test(part.content)))
    return isNobody(author.name) ? "unknown" : "counted";
  return parts.some((part) => part.type !== "text") ? "wordless" : "empty";
}

function isNobody(name: string): boolean {
  return !WORD.test(name) || NOBODY.has(name.replaceAll(UNSEEN, "").trim().toLowerCase());
}
