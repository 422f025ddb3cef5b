/**
 * What all routes of sessions share: who is meant, what was asked, how what was
 * recorded is told.
 *
 *   G12  What was said is given to keys that may read, also by routes that write;
 *        a therapist's notes and hypotheses to none of one user.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { cursorOf, placeOf, VerbatimError } from "@verbatim/core";
import {
  citationsOf,
  type Happened,
  type SessionName,
  type SessionState,
  sessionName,
} from "@verbatim/core/sessions";
import type { Context } from "hono";
import type { z } from "zod";
import type { Listing } from "../contract.ts";
import type { RecordedAnswer, UnstoredAnswer } from "../contract-sessions.ts";
import type { Access } from "../http/access.ts";
import { credentialOf, userFor } from "../http/credential.ts";
import { type Told, tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords } from "../http/query.ts";
import { jsonIn, printOf, type Writing } from "../http/writing.ts";
import type { Recorded } from "./recorder.ts";
import type { Sessions } from "./rooms.ts";
import type { Said, Saying, Unwritten, Written } from "./saying.ts";

/** What the routes are given. */
export type Desk = {
  readonly app: OpenAPIHono;
  readonly sessions: Sessions;
  readonly writing: Writing;
};

const SESSION_PATH = "/v1/users/{user}/sessions/{session}";
const SESSION_PARAMS: Readonly<Record<string, string>> = {
  user: "user_id, percent-encoded; it may hold any character",
  session: "session_id, percent-encoded; it may hold any character",
};
const NOT_HERE = "There is no such session of this user";
export const AWAY = "Nobody can know now: a part is away; what was recorded is safe";

/** Heard on every route that changes a session or a conversation. */
export const CONDITION: Readonly<Record<string, string>> = {
  "If-Match": "an ETag of what is changed: 412 when it has changed since",
};
export const STALE: Readonly<Record<number, string>> = { 412: "It has changed since" };

/** Adds a route to the description; `path` goes on from a session. */
export function tellSession(
  app: OpenAPIHono,
  told: Omit<Told, "tag" | "params">,
  closed?: "to keys of one user",
): void {
  const path = SESSION_PATH + told.path;
  const open = closed === undefined ? openTo(told) : { ...told, scope: openTo(told).scope };
  const problems = { 404: NOT_HERE, 503: AWAY, ...told.problems };
  tell(app, { ...open, path, tag: "Sessions", params: paramsOf(path), problems });
}

/** What a route of sessions asks of a key: writing needs no more than recording does, and a key of one user opens his own. */
export function openTo<Some extends Pick<Told, "method">>(
  told: Some,
): Some & Required<Pick<Access, "owners" | "scope">> {
  const scope = told.method === "get" ? "read" : "ingest";
  return { owners: true, scope, ...told };
}

function paramsOf(path: string): Readonly<Record<string, string>> {
  const more = path.includes("{message}") ? { message: "message_id, percent-encoded" } : {};
  return { ...SESSION_PARAMS, ...more };
}

/** The path as it is served. */
export function served(path: string): string {
  return (SESSION_PATH + path).replaceAll(/\{(\w+)\}/g, ":$1");
}

/** A name in the path; one that nothing can have is of nothing. */
export function namedIn(context: Context, param: string): string {
  const read = sessionName.safeParse(context.req.param(param) ?? "");
  if (read.success) return read.data;
  throw new VerbatimError("not_found", `no ${param} has such a name: 1 to 512 characters, no NUL`);
}

/** The user a request is about: another than the key's own is not there. */
export function userIn(context: Context, named: string | undefined): string {
  const credential = credentialOf(context);
  return userFor(credential, named);
}

/** Refuses writing whose answer holds what was said, where a key may record and not read; null where it may. (G12) */
export function unread(context: Context): Response | null {
  const { name, scopes } = credentialOf(context);
  if (scopes.includes("read") || scopes.includes("admin")) return null;
  const why = `the answer holds what was said, so it needs the scope read too; the key ${name} has ${scopes.join(", ")}`;
  return problem(context, 403, "unauthorized", why);
}

/** The context as it may be shown: a therapist's notes and hypotheses are not for a key of one user (G12). */
export function contextFor(
  context: Context,
  known: SessionState["context"],
): SessionState["context"] {
  if (credentialOf(context).owner === null) return known;
  return { ...known, session_notes: null, working_hypotheses: [] };
}

/** The session in the path. */
export function sessionIn(context: Context): SessionName {
  const user_id = userIn(context, namedIn(context, "user"));
  return { user_id, session_id: namedIn(context, "session") };
}

/** Who writes, and on which condition. */
export function sayingIn(context: Context, name: SessionName): Saying {
  const { name: key, via } = credentialOf(context);
  const tags = conditionIn(context);
  return {
    name,
    by: via === "key" ? key : null,
    idempotency: context.req.header("idempotency-key") ?? null,
    print: printOf(context),
    ifMatch: tags?.flatMap((tag) => (/^\d+$/.test(tag) ? [Number(tag)] : [])) ?? null,
  };
}

/** The ETags of If-Match, without their quotes; null on no condition. */
export function conditionIn(context: Context): readonly string[] | null {
  const condition = context.req.header("if-match");
  if (condition === undefined || condition.trim() === "*") return null;
  return [...condition.matchAll(/"([^"]*)"/g)].map(([, tag = ""]) => tag);
}

/** What a body asks by a schema, handed on; or which field is wrong (400). `about` names what the fields are of. */
export async function asked<Value>(
  context: Context,
  body: Uint8Array,
  { schema, about }: { readonly schema: z.ZodType<Value>; readonly about?: string },
  handle: (value: Value) => Promise<Response>,
): Promise<Response> {
  const sent = body.length === 0 ? ({ ok: true, value: {} } as const) : jsonIn(body);
  if (!sent.ok)
    return problem(context, 400, "input_invalid", `the body is not JSON in UTF-8: ${sent.why}`);
  const unkept = unkeptIn(sent.value, []);
  if (unkept !== null) {
    const errors = [{ path: unkept.join("."), message: UNKEPT }];
    return problem(context, 400, "input_invalid", `${unkept.join(".")} ${UNKEPT}`, { errors });
  }
  const read = schema.safeParse(sent.value, { error: inWords });
  if (read.success) return await handle(read.data);
  const errors = errorsOf(read.error, "shape" in schema ? Object.keys(Object(schema.shape)) : []);
  const before = about === undefined ? "" : `${about}.`;
  const told = errors.map(({ path, message }) =>
    path === "" ? `the body ${message}` : `${before}${path} ${message}`,
  );
  return problem(context, 400, "input_invalid", told.join("; "), { errors });
}

const UNKEPT = "must not hold NUL or half a surrogate pair: no store keeps them";

/** Where a text is that would not be kept as it was sent; null where there is none. Bodies are bounded, so this is. */
function unkeptIn(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === "string") return isKept(value) ? null : path;
  if (typeof value !== "object" || value === null || path.length > NESTING_MAX) return null;
  for (const [name, one] of Object.entries(value)) {
    const found = unkeptIn(one, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

function isKept(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** What is nested deeper is no ask of ours, and is refused as such. */
const NESTING_MAX = 10;

/** What was recorded, as the wire has it. */
export function recordedAnswer(
  { status, happened, degraded }: Recorded,
  scheme: string,
): RecordedAnswer {
  const { event, moment } = happened;
  // Only what the citation is called depends on what was before; its id does not.
  const [cited] = citationsOf(event, moment, { scheme, emotion: "neutral", model: null });
  const message = event.event === "message_said" ? { message_id: event.message_id } : {};
  return {
    stored: true,
    status: status === "created" ? "created" : "known",
    event_id: event.event_id,
    seq: moment.seq,
    at: event.at ?? moment.at,
    ...message,
    citation_id: cited?.citation_id ?? null,
    tracking_id: cited?.uri ?? null,
    degraded,
  };
}

/** The ETag of a session. */
export function etagOf({ metadata }: SessionState): string {
  return `"${metadata.last_seq}"`;
}

/** Says one thing of the session in the path, and tells what became of it. */
export async function sayOne(
  context: Context,
  { sessions }: Desk,
  what: Said | ((state: SessionState) => Said),
  more: { readonly onRecord?: boolean } = {},
): Promise<Response> {
  const saying = sayingIn(context, sessionIn(context));
  const said = typeof what === "function" ? (state: SessionState) => [what(state)] : [what];
  const written = await sessions.desk.say(saying, said, more);
  return await orUnwritten(context, written, async (done) => told(context, done, sessions.scheme));
}

/** What became of the one thing that was written. */
export function told(context: Context, { recorded, last_seq }: Written, scheme: string): Response {
  const [one] = recorded;
  if (one === undefined) throw new VerbatimError("ingest_unreachable", "nothing was answered");
  if (one.status === "conflict") throw conflictOf(one.happened);
  const status = one.status === "created" ? 201 : 200;
  return context.json(recordedAnswer(one, scheme), status, { etag: `"${last_seq}"` });
}

/** What became of a write, or why there was none. */
export async function orUnwritten(
  context: Context,
  written: Written | Unwritten,
  handle: (written: Written) => Promise<Response>,
): Promise<Response> {
  if (written.kind === "written") return await handle(written);
  if (written.kind === "off_record") return context.json(unstored(written.degraded), 202);
  return changed(context, written.last_seq);
}

/** The condition does not hold any more. */
export function changed(context: Context, last_seq: number): Response {
  return problem(
    context,
    412,
    "conflict",
    `the session has changed: it is at "${last_seq}" now; read it again, then write`,
    { headers: { etag: `"${last_seq}"` } },
  );
}

/** What was said off the record. */
export function unstored(degraded: boolean): UnstoredAnswer {
  return { stored: false, off_record: true, degraded };
}

/** The same id with other words. */
export function conflictOf({ event, moment }: Happened): VerbatimError {
  const what = event.event === "message_said" ? `message ${event.message_id}` : "this";
  return new VerbatimError(
    "conflict",
    `${what} is known with other words (entry ${moment.seq}); a retry says the same, something new has a new id`,
  );
}

/** A page of rows that are all at hand, by their place in them. */
export function listed<Row>(
  rows: readonly Row[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  question: string,
): Listing<Row> {
  const from = cursor === undefined ? 0 : placeOf(cursor, question).seq;
  const next = from + limit;
  const isMore = rows.length > next;
  return {
    data: rows.slice(from, next),
    next_cursor: isMore ? cursorOf({ seq: next, sub: 0 }, question) : null,
    has_more: isMore,
  };
}
