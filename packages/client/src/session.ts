/**
 * One session of a user: what was said in it, what was felt, what was reached.
 * What is written is in the journal, on disk, when its promise resolves.
 */
import type { RecordedAnswer, SaidAnswer, UnstoredAnswer } from "@verbatim/api/contract-sessions";
import type { SessionExport } from "@verbatim/core/sessions";
import type { Caller, CallOptions } from "./calling.ts";
import { ApiError } from "./errors.ts";
import type { Answer, Body, Query, Route } from "./wire.ts";
import type { ExportQuery, SessionMessage } from "./wire-sessions.ts";

const ONE = "/v1/users/{user}/sessions/{session}";
type One = typeof ONE;

type Now<R extends Route> = (how?: CallOptions) => Promise<Answer<R>>;
type Write<R extends Route> = (body: Body<R>, how?: CallOptions) => Promise<Answer<R>>;
type Read<R extends Route> = (asked?: Query<R>, how?: CallOptions) => Promise<Answer<R>>;
type Export = `GET ${One}/export`;

export interface Session {
  readonly user: string;
  readonly id: string;
  readonly get: Now<`GET ${One}`>;
  /** What a chat server needs to go on: the state, the last messages, the last milestones. */
  readonly resume: Now<`POST ${One}/resume`>;
  readonly close: Now<`POST ${One}/close`>;
  /** Says one thing. `stored` is false while the session is off the record. */
  append(message: SessionMessage, how?: CallOptions): Promise<RecordedAnswer | UnstoredAnswer>;
  /** Says several things at once, in this order: a receipt for each. */
  appendAll(messages: readonly SessionMessage[], how?: CallOptions): Promise<SaidAnswer>;
  /** Everything that was said, a page at a time. */
  readonly history: Read<`GET ${One}/messages`>;
  /** Takes one message back: no answer and no export shows it any more. */
  deleteMessage(id: string, how?: CallOptions): Promise<Answer<`DELETE ${One}/messages/{message}`>>;
  readonly emotion: Write<`POST ${One}/emotion`>;
  readonly currentEmotion: Now<`GET ${One}/emotion`>;
  readonly emotionHistory: Read<`GET ${One}/emotion/history`>;
  readonly milestone: Write<`POST ${One}/milestones`>;
  readonly milestones: Read<`GET ${One}/milestones`>;
  readonly breakthrough: Write<`POST ${One}/breakthroughs`>;
  readonly breakthroughs: Read<`GET ${One}/breakthroughs`>;
  /** Sets fields; null clears one, one that is left out stays. */
  readonly context: Write<`PATCH ${One}/context`>;
  readonly currentContext: Now<`GET ${One}/context`>;
  model(model: string, how?: CallOptions): Promise<Answer<`POST ${One}/model`>>;
  /** A new session that begins with what was said up to a message. */
  readonly fork: Write<`POST ${One}/fork`>;
  /** A note for the therapist: in no export for a client. */
  note(text: string, how?: CallOptions): Promise<Answer<`POST ${One}/notes`>>;
  readonly notes: Read<`GET ${One}/notes`>;
  /** While it is on, nothing that is said is stored. */
  offRecord(on: boolean, how?: CallOptions): Promise<Answer<`POST ${One}/off-record`>>;
  /** Days it stays hot after it was last touched. */
  keepFor(days: number, how?: CallOptions): Promise<Answer<`POST ${One}/ttl`>>;
  readonly journey: Now<`GET ${One}/journey`>;
  readonly stats: Now<`GET ${One}/stats`>;
  readonly export: {
    markdown(asked?: ExportQuery, how?: CallOptions): Promise<string>;
    json(asked?: ExportQuery, how?: CallOptions): Promise<SessionExport>;
  };
}

/** A session through this caller. */
export function sessionOf({ call }: Caller, user: string, id: string): Session {
  const path = [user, id];
  const now =
    <R extends Route>(route: R): Now<R> =>
    (how) =>
      call(route, { ...how, path });
  const write =
    <R extends Route>(route: R): Write<R> =>
    (body, how) =>
      call(route, { ...how, path, body });
  const read =
    <R extends Route>(route: R): Read<R> =>
    (query, how) =>
      call(route, { ...how, path, ...(query === undefined ? {} : { query }) });
  const say = write(`POST ${ONE}/messages`);
  const { model, note, offRecord, keepFor } = {
    model: write(`POST ${ONE}/model`),
    note: write(`POST ${ONE}/notes`),
    offRecord: write(`POST ${ONE}/off-record`),
    keepFor: write(`POST ${ONE}/ttl`),
  };
  const exported = read(`GET ${ONE}/export`);
  return {
    user,
    id,
    get: now(`GET ${ONE}`),
    resume: now(`POST ${ONE}/resume`),
    close: now(`POST ${ONE}/close`),
    append: async (message, how) => one(await say(message, how)),
    appendAll: async (messages, how) => several(await say({ messages }, how)),
    history: read(`GET ${ONE}/messages`),
    deleteMessage: (message, how) =>
      call(`DELETE ${ONE}/messages/{message}`, { ...how, path: [...path, message] }),
    emotion: write(`POST ${ONE}/emotion`),
    currentEmotion: now(`GET ${ONE}/emotion`),
    emotionHistory: read(`GET ${ONE}/emotion/history`),
    milestone: write(`POST ${ONE}/milestones`),
    milestones: read(`GET ${ONE}/milestones`),
    breakthrough: write(`POST ${ONE}/breakthroughs`),
    breakthroughs: read(`GET ${ONE}/breakthroughs`),
    context: write(`PATCH ${ONE}/context`),
    currentContext: now(`GET ${ONE}/context`),
    model: (name, how) => model({ model: name }, how),
    fork: write(`POST ${ONE}/fork`),
    note: (text, how) => note({ text }, how),
    notes: read(`GET ${ONE}/notes`),
    offRecord: (on, how) => offRecord({ on }, how),
    keepFor: (ttl_days, how) => keepFor({ ttl_days }, how),
    journey: now(`GET ${ONE}/journey`),
    stats: now(`GET ${ONE}/stats`),
    export: {
      markdown: async (asked, how) => text(await exported({ ...asked, format: "md" }, how)),
      json: async (asked, how) => document(await exported({ ...asked, format: "json" }, how)),
    },
  };
}

type Said = Answer<`POST ${One}/messages`>;

/** The receipt of what was said alone. */
function one(said: Said): RecordedAnswer | UnstoredAnswer {
  if (!("receipts" in said)) return said;
  const [receipt] = said.receipts;
  if (receipt === undefined || "error" in receipt)
    throw unreadable("a message was answered without a receipt");
  return receipt;
}

/** The receipts of what was said together. */
function several(said: Said): SaidAnswer {
  return "receipts" in said ? said : { receipts: [said], degraded: said.degraded };
}

function text(exported: Answer<Export>): string {
  if (typeof exported === "string") return exported;
  throw unreadable("Markdown was asked for, and JSON came");
}

function document(exported: Answer<Export>): SessionExport {
  if (typeof exported !== "string") return exported;
  throw unreadable("JSON was asked for, and text came");
}

function unreadable(why: string): ApiError {
  return new ApiError("unreadable", why, { status: 200 });
}
