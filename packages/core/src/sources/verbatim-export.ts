/**
 * Our own exports of lines, read again: a head that says what the file is, then
 * a message a line, as export/lines.ts writes them.
 *
 *   X9  A message that was exported and is imported is the same message: its
 *       id, its session, its source and everything it says.
 *
 * When it was heard, and where it lies, is of the journal it lies in now; what
 * was worked out about it is worked out again.
 */

import { z } from "zod";
import type { Entry } from "../message/heard.ts";
import type { Message, Part, Usage } from "../message/message.ts";
import { utcOf } from "../message/time.ts";
import type { Read } from "./claude-code.ts";
import { type Fields, fieldsOf, textOf, wellFormedDeep } from "./json.ts";
import { EXPORT_SOURCE } from "./names.ts";

/** The versions there are. */
const VERSION = 1;

const name = z.string().min(1);
const part = z.custom<Part>((value) => textOf(fieldsOf(value)?.["type"]) !== null);
const line = z.object({
  id: name,
  session_id: name,
  conversation_id: z.string().optional(),
  source: z.string().regex(/^[a-z0-9-]{1,64}$/),
  author: z.object({
    name: z.string(),
    role: z.enum(["user", "assistant", "system", "tool", "agent"]),
  }),
  receiver: z.string().optional(),
  topic: z.string().optional(),
  said_at: z.string().refine((text) => utcOf(text) !== null),
  parent_id: z.string().optional(),
  kind: z.enum(["message", "record"]),
  parts: z.array(part),
  text: z.string(),
  model: z.string().optional(),
  usage: z.custom<Usage>((value) => fieldsOf(value) !== null).optional(),
  meta: z.record(z.string(), z.unknown()),
});

/** Whether a line is the head of one of our exports. */
export function isExportHead(fields: Fields): boolean {
  return typeof fields["verbatim_export"] === "number" && fieldsOf(fields["session"]) !== null;
}

/** Reads one line. Never throws: P1. */
export function readExport(entry: Entry): Read {
  const fields = fieldsOf(wellFormedDeep(parsed(entry.raw)));
  if (fields === null) return { messages: [], aside: "not JSON, or no object" };
  if (isExportHead(fields)) return readHead(fields, entry);
  const read = line.safeParse(fields);
  if (!read.success) return { messages: [], aside: z.prettifyError(read.error) };
  return { messages: [messageOf(read.data, entry)], aside: null };
}

function messageOf(
  { said_at, ...read }: z.output<typeof line>,
  { at, seq }: Pick<Entry, "at" | "seq">,
): Message {
  const known = Object.entries(read).filter(([, value]) => value !== undefined);
  const place = { said_at: utcOf(said_at) ?? at, heard_at: at, seq, sub: 0 };
  return Object.assign(Object.fromEntries(known), place) as Message & typeof read;
}

function readHead(fields: Fields, entry: Entry): Read {
  const version = fields["verbatim_export"];
  if (version !== VERSION)
    return {
      messages: [],
      aside: `an export of version ${version}; this program reads ${VERSION}`,
    };
  const head: Message = {
    id: entry.key,
    session_id: "verbatim",
    source: EXPORT_SOURCE,
    author: { name: "verbatim", role: "system" },
    said_at: entry.at,
    heard_at: entry.at,
    seq: entry.seq,
    sub: 0,
    kind: "record",
    parts: [],
    text: "",
    meta: { export_of: textOf(fieldsOf(fields["session"])?.["session_id"]) ?? "" },
  };
  return { messages: [head], aside: null };
}

function parsed(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw));
  } catch {
    return undefined;
  }
}
