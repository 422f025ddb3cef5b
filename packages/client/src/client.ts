/**
 * The client: the API's routes as functions, grouped as its page of documents
 * groups them. Every call may be aborted, and fails with an `ApiError`.
 */

import { type CallOptions, type ClientOptions, openCaller } from "./calling.ts";
import {
  type Citations,
  type Conversations,
  citationsOf,
  conversationsOf,
} from "./conversations.ts";
import { type Live, type LiveAsk, openLive } from "./live.ts";
import { type Outbox, type OutboxOptions, openOutbox } from "./outbox.ts";
import { type Session, sessionOf } from "./session.ts";
import type { Answer, Body, PostedMessage, Query } from "./wire.ts";

export interface Messages {
  /** Records 1 to 1000 messages; answered when they are on disk, with a receipt for each: look at its `status`. */
  post(messages: readonly PostedMessage[], how?: CallOptions): Promise<Answer<"POST /v1/messages">>;
  /** A page of messages, oldest first. */
  list(asked?: Query<"GET /v1/messages">, how?: CallOptions): Promise<Answer<"GET /v1/messages">>;
}

/** Sessions of everything recorded, from wherever it came. */
export interface Sessions {
  list(asked?: Query<"GET /v1/sessions">, how?: CallOptions): Promise<Answer<"GET /v1/sessions">>;
  get(id: string, how?: CallOptions): Promise<Answer<"GET /v1/sessions/{id}">>;
  messages(
    id: string,
    asked?: Query<"GET /v1/sessions/{id}/messages">,
    how?: CallOptions,
  ): Promise<Answer<"GET /v1/sessions/{id}/messages">>;
}

export interface Client {
  readonly messages: Messages;
  readonly sessions: Sessions;
  /** Messages with these words, "phrases", -without, begin*; newest first. */
  search(
    q: string,
    asked?: Omit<Query<"GET /v1/search">, "q">,
    how?: CallOptions,
  ): Promise<Answer<"GET /v1/search">>;
  /** Which session a conversation is in, and moving it on. */
  readonly conversations: Conversations;
  /** One session of a user: what was said and felt in it. Nothing is asked until you ask. */
  session(user: string, id: string): Session;
  /** Begins a session of a user; one that is there is given as it is. */
  startSession(
    user: string,
    body?: Body<"POST /v1/users/{user}/sessions">,
    how?: CallOptions,
  ): Promise<Answer<"POST /v1/users/{user}/sessions">>;
  /** Sessions of a user, newest first. */
  sessionsOf(
    user: string,
    asked?: Query<"GET /v1/users/{user}/sessions">,
    how?: CallOptions,
  ): Promise<Answer<"GET /v1/users/{user}/sessions">>;
  readonly citations: Citations;
  /** Forgets a user, or one session of theirs: gone from every answer at once, and erased soon after. */
  forget(
    user: string,
    session?: string,
    how?: CallOptions,
  ): Promise<Answer<"DELETE /v1/users/{user}">>;
  /** How far that is: by the receipt's id. */
  forgotten(receipt: string, how?: CallOptions): Promise<Answer<"GET /v1/forgets/{id}">>;
  /** Messages as they come; goes on by itself after any break. */
  live(ask?: LiveAsk): Live;
  /** How the server is doing. */
  status(how?: CallOptions): Promise<Answer<"GET /v1/status">>;
  /** A queue for when the server is away; open one, and close it when you stop. */
  outbox(options?: OutboxOptions): Promise<Outbox>;
}

/** A client of one server. */
export function createClient(options: ClientOptions): Client {
  const caller = openCaller(options);
  const { call } = caller;
  return {
    messages: {
      post: (messages, how) => call("POST /v1/messages", { ...how, body: { messages } }),
      list: (query = {}, how) => call("GET /v1/messages", { ...how, query }),
    },
    sessions: {
      list: (query = {}, how) => call("GET /v1/sessions", { ...how, query }),
      get: (id, how) => call("GET /v1/sessions/{id}", { ...how, path: [id] }),
      messages: (id, query = {}, how) =>
        call("GET /v1/sessions/{id}/messages", { ...how, path: [id], query }),
    },
    search: (q, asked = {}, how) => call("GET /v1/search", { ...how, query: { ...asked, q } }),
    conversations: conversationsOf(caller),
    session: (user, id) => sessionOf(caller, user, id),
    startSession: (user, body = {}, how) =>
      call("POST /v1/users/{user}/sessions", { ...how, path: [user], body }),
    sessionsOf: (user, query = {}, how) =>
      call("GET /v1/users/{user}/sessions", { ...how, path: [user], query }),
    citations: citationsOf(caller),
    forget: (user, session, how) =>
      session === undefined
        ? call("DELETE /v1/users/{user}", { ...how, path: [user] })
        : call("DELETE /v1/users/{user}/sessions/{session}", { ...how, path: [user, session] }),
    forgotten: (receipt, how) => call("GET /v1/forgets/{id}", { ...how, path: [receipt] }),
    live: (ask = {}) => openLive(caller, ask, options.random ?? Math.random),
    status: (how) => call("GET /v1/status", { ...how }),
    outbox: (given) => openOutbox(caller, given),
  };
}
