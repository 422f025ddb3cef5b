/**
 * Messages for machines: our own schema, one message a line, below a line that
 * says what the file is; and the same as one JSON document.
 *
 * A line holds everything the message says, and read again it is that message
 * (sources/verbatim-export.ts, X9).
 */
import type { SessionFacts, Shown } from "./facts.ts";

/** The version of the form; a reader refuses one it does not know. */
const LINES_VERSION = 1;

/** The first line of a file: what it is and what is in it. */
export function headerLine(facts: SessionFacts, redacted: boolean): string {
  return `${JSON.stringify({ verbatim_export: LINES_VERSION, ...(redacted ? { redacted } : {}), session: facts })}\n`;
}

/** A message as a line. */
export function messageLine(message: Shown): string {
  return `${JSON.stringify(message)}\n`;
}

/** The JSON document around messages. */
export function jsonHead(facts: SessionFacts, redacted: boolean): string {
  return `{"verbatim_export":${LINES_VERSION},${redacted ? '"redacted":true,' : ""}\n"session":${JSON.stringify(facts, null, 2)},\n"messages":[`;
}

/** A message of the document. */
export function jsonItem(message: Shown, isFirst: boolean): string {
  return `${isFirst ? "" : ","}\n${JSON.stringify(message)}`;
}

/** Its end. */
export const JSON_TAIL = "\n]}\n";
