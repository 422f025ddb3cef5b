/**
 * One call of the API: sent, tried again where that can help, and its answer read.
 *
 *   R11  Every try of a write carries the same Idempotency-Key and the same bytes,
 *       so what had been done when the answer was lost is not done twice.
 *   R12  Tried again is only what may succeed later: no answer, 429, 502, 503, 504,
 *       and a call that is still under way; not before Retry-After, and never
 *       after it was aborted.
 */
import { ApiError, isForLater, type Problem } from "./errors.ts";
import { newId } from "./names.ts";
import { backoffMs, retryAfterOf, wait } from "./waiting.ts";
import type { Answer, Body, Query, Route } from "./wire.ts";

/** A `fetch`: the platform's, or one of your own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type ClientOptions = {
  /** Where the server is, like `http://127.0.0.1:4400`. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly key?: string | undefined;
  readonly fetch?: Fetch | undefined;
  /** How long one try may take, its answer's body included. 10 000. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that failed for now is tried again. 3. */
  readonly retries?: number | undefined;
  /** Wait before the first of these, doubled for each further one. 200. */
  readonly retryWaitMs?: number | undefined;
  /** From 0 to 1; for tests. */
  readonly random?: (() => number) | undefined;
};

/** What any call may be told. */
export type CallOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Of a write: the same key with the same body is done once. Made up when left out. */
  readonly idempotencyKey?: string | undefined;
  /** Of a write to a session: only if its ETag is still this one (412 otherwise). */
  readonly ifMatch?: string | undefined;
};

type Ask<R extends Route> = CallOptions & {
  /** The ids in the route's path, in order. */
  readonly path?: readonly string[];
  readonly query?: Query<R>;
  readonly body?: Body<R>;
};

export interface Caller {
  /** Calls a route and reads its answer; throws `ApiError`, or the signal's reason. */
  call<R extends Route>(route: R, ask?: Ask<R>): Promise<Answer<R>>;
  /** Opens a stream: one try, and no bound on how long it lasts. */
  open(
    route: Route,
    ask: { query: object; headers: Readonly<Record<string, string>>; signal: AbortSignal },
  ): Promise<Response>;
}

type Sent = {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Readonly<Record<string, string>> };
};

/** How one server is called. */
type Way = {
  readonly send: Fetch;
  readonly timeoutMs: number;
  readonly retries: number;
  /** The wait before the so-manieth try again. */
  readonly pauseMs: (tries: number) => number;
};

/** The way to one server. */
export function openCaller(options: ClientOptions): Caller {
  const { timeoutMs = 10_000, retries = 3, retryWaitMs = 200, random = Math.random } = options;
  const send = options.fetch ?? ((url, init) => fetch(url, init));
  const pauseMs = (tries: number): number => backoffMs(tries, retryWaitMs, random);
  const way: Way = { send, timeoutMs, retries, pauseMs };
  return {
    call: async <R extends Route>(route: R, ask: Ask<R> = {}) =>
      // What the server sends for a route is what the route's shape says: a test holds them together (R16).
      (await tried(way, requestOf(options, route, ask), ask.signal)) as Answer<R>,
    open: async (route, { query, headers, signal }) => {
      const { url, init } = requestOf(options, route, { query: query as Query<Route> });
      const answer = await send(url, { ...init, headers: { ...init.headers, ...headers }, signal });
      if (!answer.ok) await read(answer);
      return answer;
    },
  };
}

/** Sends until it succeeds, may not succeed later, or was tried often enough. (R12) */
async function tried(way: Way, sent: Sent, signal: AbortSignal | undefined): Promise<unknown> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await once(way, sent, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (tries >= way.retries || !isForLater(error)) throw counted(error, tries + 1);
      await wait(Math.max(way.pauseMs(tries), error.retryAfterMs ?? 0), signal);
    }
  }
}

async function once(
  { send, timeoutMs }: Way,
  { url, init }: Sent,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const bound = openBound(timeoutMs, signal);
  try {
    return await read(await send(url, { ...init, signal: bound.signal }));
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ApiError) throw cause;
    if (!bound.signal.aborted)
      throw new ApiError("network", `no answer from ${hostOf(url)}: ${String(cause)}`, { cause });
    throw new ApiError("timeout", `no whole answer within ${timeoutMs} ms`, { cause });
  } finally {
    bound.done();
  }
}

/** Where a request went, without what it asked and with which password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the server";
}

/** A signal that fires after so long, or with the caller's. */
function openBound(
  ms: number,
  outer: AbortSignal | undefined,
): { readonly signal: AbortSignal; done(): void } {
  outer?.throwIfAborted();
  const own = new AbortController();
  const stop = (): void => own.abort(outer?.reason);
  const timer = setTimeout(() => own.abort(), ms);
  outer?.addEventListener("abort", stop, { once: true });
  return {
    signal: own.signal,
    done: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}

/** The request, made once for all tries. (R11) */
function requestOf<R extends Route>(options: ClientOptions, route: R, ask: Ask<R>): Sent {
  const [method = "", template = ""] = route.split(" ");
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.key !== undefined) headers["authorization"] = `Bearer ${options.key}`;
  if (method !== "GET") headers["idempotency-key"] = ask.idempotencyKey ?? newId();
  if (ask.ifMatch !== undefined) headers["if-match"] = ask.ifMatch;
  const hasBody = method !== "GET" && method !== "DELETE";
  if (hasBody) headers["content-type"] = "application/json";
  const body = hasBody ? { body: JSON.stringify(ask.body ?? {}) } : {};
  const base = options.url.replace(/\/+$/, "");
  return {
    url: `${base}${pathOf(template, ask.path ?? [])}${queryOf(ask.query ?? {})}`,
    init: { method, headers, ...body },
  };
}

function pathOf(template: string, ids: readonly string[]): string {
  let at = 0;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => idInPath(name, ids[at++] ?? ""));
}

/** An id may hold any character; only what no URL can carry is refused. */
function idInPath(name: string, id: string): string {
  if (id === "" || id === "." || id === "..")
    throw new ApiError("usage", `${name} is "${id}", which cannot be in a URL; choose another`);
  try {
    return encodeURIComponent(id);
  } catch (cause) {
    throw new ApiError("usage", `${name} holds half a surrogate pair`, { cause });
  }
}

function queryOf(query: object): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) asked.set(name, String(value));
  const text = asked.toString();
  return text === "" ? "" : `?${text}`;
}

/** The answer's JSON or text; null when it is empty. */
async function read(answer: Response): Promise<unknown> {
  const type = answer.headers.get("content-type") ?? "";
  const text = await answer.text();
  const value = /[/+]json\b/.test(type) ? jsonOf(text, answer) : text;
  if (answer.ok) return text === "" ? null : value;
  const { status } = answer;
  const retryAfterMs = retryAfterOf(answer.headers.get("retry-after"), Date.now());
  if (isProblem(value))
    throw new ApiError(value.code, value.detail, { status, problem: value, retryAfterMs });
  throw new ApiError(`http_${status}`, `HTTP ${status} from something that is not Verbatim`, {
    status,
    retryAfterMs,
  });
}

function jsonOf(text: string, { status, ok }: Response): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch (cause) {
    if (!ok) return null;
    throw new ApiError("unreadable", "the answer says it is JSON, and is none", { status, cause });
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "detail" in value &&
    typeof value.detail === "string"
  );
}

function counted(error: ApiError, attempts: number): ApiError {
  const { code, message, status, problem, retryAfterMs, cause } = error;
  return new ApiError(code, message, { status, problem, retryAfterMs, cause, attempts });
}
