/**
 * From what was heard to messages.
 *
 *   P1  A parser never throws and never guesses: what it does not understand is
 *       a reason why.
 *
 * A new source is one file here, one row in PARSERS, and its samples beside it.
 */
import { API_SOURCE, isApiSource } from "../access/whose.ts";
import type { Entry } from "../message/heard.ts";
import type { Sha256 } from "../settle/port.ts";
import { readApi } from "./api.ts";
import { readBus } from "./bus.ts";
import { type Read, readClaudeCode } from "./claude-code.ts";
import { EXPORT_SOURCE, OPENAI_SOURCE } from "./names.ts";
import { readOpenAi } from "./openai.ts";
import { readOwn } from "./own.ts";
import { readRecorder } from "./recorders.ts";
import { readSession } from "./session.ts";
import { readExport } from "./verbatim-export.ts";

type Parser = (entry: Entry, sha256: Sha256) => Read;

const PARSERS: Readonly<Record<string, Parser>> = {
  "claude-code": readClaudeCode,
  api: readApi,
  bus: readBus,
  recorder: readRecorder,
  "broker-log": readRecorder,
  session: readSession,
  verbatim: readOwn,
  [EXPORT_SOURCE]: readExport,
  [OPENAI_SOURCE]: readOpenAi,
};

/** Why nothing is read from an entry whose bytes were taken away. */
export const FORGOTTEN: string = "forgotten";

/** What an entry says, or why nothing could be read from it. */
export function parse(entry: Entry, sha256: Sha256): Read {
  if (entry.erased === true) return { messages: [], aside: FORGOTTEN };
  const parser = PARSERS[isApiSource(entry.source) ? API_SOURCE : entry.source];
  if (parser === undefined) return { messages: [], aside: `no parser for source ${entry.source}` };
  const read = parser(entry, sha256);
  if (read.messages.length > 0 || read.aside !== null) return read;
  return { messages: [], aside: "nothing in it" };
}
