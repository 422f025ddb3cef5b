/**
 * Asking the server this page came from. What it answers is as its contract says
 * (@verbatim/api/contract); what it refuses is thrown as a `Refusal`.
 */
import type { Me, Problem } from "@verbatim/api/contract";

/** Parts of a question; what is undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the server refused, in its own words. `status` is 0 when there was no answer. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }
}

const TOO_OFTEN = 429;

/** Whether the same question may be answered later. */
export function isForLater(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.status === 0 || error.status === TOO_OFTEN || error.status >= 500;
}

/** The address of a question. */
export function address(path: string, query: Query = {}): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked)}`;
}

/** The answer to a question, as JSON. */
export async function ask<Answer>(url: string, signal?: AbortSignal): Promise<Answer> {
  const answer = await reach(url, { signal: signal ?? null });
  return (await answer.json()) as Answer;
}

/** Changes something. The answer is JSON, or null where there is none. */
export async function send<Answer>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const headers: Record<string, string> = { "idempotency-key": newKey(), ...more };
  if (body !== undefined) headers["content-type"] = "application/json";
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const text = await (await reachAsOurs(path, init)).text();
  return (text === "" ? null : JSON.parse(text)) as Answer;
}

/** What nobody else made up. Browsers give `randomUUID` to pages of https and of this machine only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const FORBIDDEN = 403;

/** With the token that says it is our page; in another tab somebody may have logged in with another key since. */
async function reachAsOurs(
  path: string,
  init: RequestInit & { readonly headers: Readonly<Record<string, string>> },
): Promise<Response> {
  const told = async (token: string | null): Promise<Response> => {
    const own = token === null ? {} : { "x-verbatim-token": token };
    return await reach(path, { ...init, headers: { ...init.headers, ...own } });
  };
  const known = await tokenOfPage();
  try {
    return await told(known);
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.status !== FORBIDDEN) throw refusal;
    me = null;
    const token = await tokenOfPage();
    if (token === known) throw refusal;
    return await told(token);
  }
}

let me: Promise<Me> | null = null;

/** Who asks; looked up once. */
async function whoAmI(): Promise<Me> {
  me ??= ask<Me>("/v1/me");
  me.catch(() => {
    me = null;
  });
  return await me;
}

/** Gives the browser a key to carry. */
export async function login(key: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  await reach("/v1/login", { method: "POST", headers, body: JSON.stringify({ key }) });
  me = null;
}

/** Takes it away. A key that opens nothing any more is taken away without asking whose it is. */
export async function logout(): Promise<void> {
  try {
    await send("POST", "/v1/logout");
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.status !== UNAUTHORIZED) throw refusal;
    await reach("/v1/logout", { method: "POST" });
  }
  me = null;
}

const UNAUTHORIZED = 401;

async function tokenOfPage(): Promise<string | null> {
  return (await whoAmI()).token;
}

/** An answer that is no refusal. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    throw new Refusal(0, "network", "the server does not answer; is verbatim up still running?");
  });
  if (answer.ok) return answer;
  throw await refusalOf(answer);
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const isProblem = answer.headers.get("content-type")?.startsWith("application/problem+json");
  if (isProblem !== true)
    return new Refusal(answer.status, "unreadable", `the server answered ${answer.status}`);
  const { code, detail, errors } = (await answer.json()) as Problem;
  const where = (errors ?? []).map(({ path, message }) => `${path} ${message}`).join("; ");
  return new Refusal(answer.status, code, where === "" ? detail : `${detail}: ${where}`);
}
