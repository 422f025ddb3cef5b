/**
 * What goes over the wire, route by route: the client's one table of the API.
 *
 *   R16  Every route, parameter and field named here is in the server's own
 *       description (/openapi.json), and what a server may leave out is not
 *       promised here.
 *
 * Nothing can be called that is not in this table, and a test reads it with the
 * compiler and holds it against the description.
 */
import type {
  ForgetReceipt,
  MessageListing,
  PostAnswer,
  SearchListing,
  SessionListing,
  StatusAnswer,
} from "@verbatim/api/contract";
import type { SessionSummary } from "@verbatim/core";
import type { PageQuery, SessionWire } from "./wire-sessions.ts";

export type { EnrichedMessage } from "@verbatim/core";

/** A message to record. The same `id` with the same content again is harmless. */
export type PostedMessage = {
  readonly id?: string;
  readonly session_id: string;
  readonly conversation_id?: string;
  readonly author: {
    readonly name: string;
    readonly role: "user" | "assistant" | "system" | "tool" | "agent";
  };
  readonly receiver?: string;
  readonly topic?: string;
  /** ISO 8601 with its zone; when it is heard, when left out. */
  readonly said_at?: string;
  readonly parent_id?: string;
  /** `text` or `parts` must be there. */
  readonly text?: string;
  readonly parts?: readonly PostedPart[];
  readonly model?: string;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, unknown>>;
};

export type PostedPart =
  | { readonly type: "text"; readonly content: string }
  | { readonly type: "reasoning"; readonly content: string }
  | {
      readonly type: "tool_call";
      readonly id: string;
      readonly name: string;
      readonly arguments: unknown;
    }
  | {
      readonly type: "tool_call_response";
      readonly id: string;
      readonly response: unknown;
      readonly is_error?: boolean;
    }
  | { readonly type: "blob"; readonly mime_type: string; readonly bytes: number }
  | { readonly type: "file"; readonly mime_type?: string; readonly name: string };

type MessageFilter = {
  readonly source?: string | undefined;
  readonly author?: string | undefined;
  readonly role?: "user" | "assistant" | "system" | "tool" | "agent" | undefined;
  readonly chain_type?: string | undefined;
  readonly ace_tier?: "A" | "C" | "E" | "unclassified" | undefined;
  readonly tag?: string | undefined;
  readonly model?: string | undefined;
  readonly user?: string | undefined;
  /** A day (its beginning, UTC) or a moment with its zone. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

type InOrder = {
  readonly after_seq?: number | undefined;
  readonly order?: "asc" | "desc" | undefined;
};
type OfSession = { readonly session?: string | undefined };

type MessagesQuery = MessageFilter & OfSession & PageQuery & InOrder;
type SessionMessagesQuery = MessageFilter & PageQuery & InOrder;
type SearchQuery = MessageFilter & OfSession & PageQuery;
type SessionsQuery = PageQuery & {
  readonly source?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly q?: string | undefined;
};

/** Routes of the record itself; each with what it takes and what it answers. */
type RecordWire = {
  readonly "POST /v1/messages": {
    readonly body: { readonly messages: readonly PostedMessage[] };
    readonly answer: PostAnswer;
  };
  readonly "GET /v1/messages": { readonly query: MessagesQuery; readonly answer: MessageListing };
  readonly "GET /v1/search": {
    readonly query: SearchQuery & { readonly q: string };
    readonly answer: SearchListing;
  };
  readonly "GET /v1/sessions": { readonly query: SessionsQuery; readonly answer: SessionListing };
  readonly "GET /v1/sessions/{id}": { readonly answer: SessionSummary };
  readonly "GET /v1/sessions/{id}/messages": {
    readonly query: SessionMessagesQuery;
    readonly answer: MessageListing;
  };
  readonly "GET /v1/live": {
    readonly query: OfSession & { readonly source?: string | undefined };
    readonly answer: string;
  };
  readonly "GET /v1/status": { readonly answer: StatusAnswer };
  readonly "DELETE /v1/users/{user}": { readonly answer: ForgetReceipt };
  readonly "DELETE /v1/users/{user}/sessions/{session}": { readonly answer: ForgetReceipt };
  readonly "GET /v1/forgets/{id}": { readonly answer: ForgetReceipt };
};

/** Every route the client knows. */
export type Wire = RecordWire & SessionWire;
export type Route = keyof Wire;

export type Body<R extends Route> = Wire[R] extends { readonly body: infer Sent } ? Sent : never;
export type Query<R extends Route> = Wire[R] extends { readonly query: infer Asked }
  ? Asked
  : never;
export type Answer<R extends Route> = Wire[R]["answer"];
