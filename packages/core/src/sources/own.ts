/** What Verbatim itself writes into its journal: losses that were accepted. */
import type { Entry } from "../message/heard.ts";
import type { Read } from "./claude-code.ts";

/** A record of our own, kept beside the conversations. */
export function readOwn(entry: Entry): Read {
  const text = new TextDecoder().decode(entry.raw);
  return {
    messages: [
      {
        id: entry.key,
        session_id: "verbatim",
        source: entry.source,
        author: { name: "verbatim", role: "system" },
        said_at: entry.at,
        heard_at: entry.at,
        seq: entry.seq,
        sub: 0,
        kind: "record",
        parts: [{ type: "text", content: text }],
        text,
        meta: {},
      },
    ],
    aside: null,
  };
}
