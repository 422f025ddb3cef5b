/**
 * What somebody said in a message: its text, without the calls of tools, what
 * these answered, thoughts, images and files beside it. By it a message is
 * judged, and it is what the messages after it answer to.
 */
import type { Message, Part } from "../message/message.ts";
import { readable } from "../sources/claude-code-parts.ts";

/** The text parts of a message. A text that its sender wrote beside parts without one is said as well. */
export function saidIn({ parts, text }: Message): string {
  const said = parts.filter(isText);
  if (said.length > 0) return readable(said);
  return parts.length > 0 && text === readable(parts) ? "" : text;
}

function isText(part: Part): boolean {
  return part.type === "text";
}
