/**
 * A session as a document: Markdown or JSON. What was said in it may be more than
 * this process should hold: Markdown with all of it is written while it is read.
 *
 *   X54  Markdown with everything that was said has no bound on how much that is.
 */
import type { Sha256 } from "@verbatim/core";
import {
  type ExportOptions,
  eventIdFor,
  markdownAround,
  openSaid,
  type SaidMessage,
  sessionJson,
  sessionMarkdown,
  type TherapistNote,
  TRANSCRIPT_MESSAGES,
} from "@verbatim/core/sessions";
import { flowing } from "../http/sending.ts";
import type { SessionView } from "./reading.ts";
import type { Transcript, Whole } from "./transcript.ts";

/** Messages read at once of a document that is written while it is read. */
const PIECE = 500;

/** What a document is made with. */
export type Documenting = {
  readonly transcript: Pick<Transcript, "page" | "message" | "facts" | "whole">;
  /** Of URIs. */
  readonly scheme: string;
  readonly ports: { readonly now: () => Date; readonly sha256: Sha256 };
};

export type DocumentAsk = {
  readonly format: "md" | "json";
  readonly transcript: ExportOptions["transcript"];
  readonly audience: ExportOptions["audience"];
};

/** Notes, and whether one may be missing; null where the document has none. */
type Noted = { readonly notes: readonly TherapistNote[]; readonly degraded: boolean } | null;

/** The document of a session. The same session, asked for in the same way, is the same document. */
export async function sessionDocument(
  sessions: Documenting,
  view: SessionView,
  { ask, noted }: { readonly ask: DocumentAsk; readonly noted: Noted },
): Promise<Response> {
  const { now, sha256 } = sessions.ports;
  const { user_id, session_id, last_seq } = view.state.metadata;
  const kind = [ask.format, ask.transcript, ask.audience].join();
  const options: ExportOptions = {
    transcript: ask.transcript,
    audience: ask.audience,
    export_id: eventIdFor(sha256, "export", user_id, session_id, String(last_seq), kind),
    exported_at: now().toISOString(),
    scheme: sessions.scheme,
    ...(noted === null ? {} : { notes: noted.notes }),
  };
  const isWhole = ask.transcript === "all";
  const said =
    isWhole && ask.format === "json"
      ? await sessions.transcript.whole(view)
      : await withFewWords(sessions, view);
  const { body, degraded } = await written(sessions, view, { said, options, ask });
  const headers = {
    etag: `"${options.export_id}"`,
    "x-verbatim-degraded": String(degraded || (noted?.degraded ?? false)),
  };
  if (ask.format === "json") return new Response(body, { headers: { ...headers, ...JSON_TYPE } });
  return new Response(body, {
    headers: {
      ...headers,
      "content-type": "text/markdown; charset=utf-8",
      "content-disposition": `inline; filename="session-${options.export_id}.md"`,
    },
  });
}

const JSON_TYPE = { "content-type": "application/json" } as const;

type Writing = {
  readonly said: Whole;
  readonly options: ExportOptions;
  readonly ask: DocumentAsk;
};

async function written(
  sessions: Documenting,
  view: SessionView,
  { said, options, ask }: Writing,
): Promise<{ readonly body: string | ReadableStream; readonly degraded: boolean }> {
  const { messages, degraded } = said;
  if (ask.format === "json")
    return { body: JSON.stringify(sessionJson(view.state, messages, options)), degraded };
  if (ask.transcript !== "all")
    return { body: sessionMarkdown(view.state, messages, options), degraded };
  const pieces = piecesOf(sessions, view);
  // The first of them is read before anything is answered: what fails by then is a problem as always.
  const first = await pieces.next();
  const around = markdownAround(view.state, messages, options);
  const isDegraded = degraded || (first.value?.degraded ?? false);
  return { body: flowing(bytesOf(around, first, pieces)), degraded: isDegraded };
}

type Pieces = AsyncGenerator<Whole, void>;

/** What was said up to the moment the document is of, oldest first. */
async function* piecesOf({ transcript }: Documenting, view: SessionView): Pieces {
  const { last_seq } = view.state.metadata;
  const isIn = ({ seq }: SaidMessage): boolean => last_seq === null || seq <= last_seq;
  for (let from: number | null = null; ; ) {
    const ask = { limit: PIECE, order: "asc", from } as const;
    const { messages, next, degraded } = await transcript.page(view, ask);
    yield { messages: messages.filter(isIn), degraded };
    if (next === null) return;
    from = next;
  }
}

async function* bytesOf(
  { above, below }: ReturnType<typeof markdownAround>,
  first: IteratorResult<Whole, void>,
  rest: Pieces,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const said = openSaid();
  yield encoder.encode(above);
  if (first.value !== undefined) yield encoder.encode(said.text(first.value.messages));
  for await (const { messages } of rest) yield encoder.encode(said.text(messages));
  yield encoder.encode(said.end() + below);
}

/** All messages, of which only those that a short document shows have their words: the newest, and what triggered a breakthrough. */
async function withFewWords({ transcript }: Documenting, view: SessionView): Promise<Whole> {
  const ask = { limit: TRANSCRIPT_MESSAGES, order: "desc", from: null } as const;
  const { messages } = await transcript.page(view, ask);
  const words = new Map(messages.map((one) => [one.message_id, one]));
  for (const { trigger_message_id: id } of view.state.breakthroughs) {
    const found = id === null || words.has(id) ? null : await transcript.message(view, id);
    if (found !== null) words.set(found.message_id, found);
  }
  const facts = await transcript.facts(view);
  const all = facts.messages.map((one) => words.get(one.message_id) ?? one);
  return { ...facts, messages: all };
}
