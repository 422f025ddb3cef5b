/** Asking a running Verbatim over HTTP, with its contract's types. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@verbatim/api/contract";
import { FILES, VerbatimError } from "@verbatim/core";
import type { Global, Surface } from "./surface.ts";

/** A person waits no longer for one answer. */
const ANSWER_MS = 20_000;

export interface Client {
  readonly url: string;
  get<Answer>(
    path: string,
    query?: Readonly<Record<string, string | number | undefined>>,
  ): Promise<Answer>;
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
}

/** The client for --url, or for what runs on this home. */
export function clientOf(global: Global, surface: Surface): Client {
  const url = (global.url ?? runningUrl(global.home) ?? "http://127.0.0.1:4400").replace(/\/$/, "");
  const key = surface.env["VERBATIM_API_KEY"];
  const headers: Readonly<Record<string, string>> =
    key === undefined ? {} : { authorization: `Bearer ${key}` };
  return {
    url,
    get: (path, query = {}) => {
      const asked = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) asked.set(name, String(value));
      const search = asked.size === 0 ? "" : `?${asked}`;
      return answerOf(
        url,
        fetch(`${url}${path}${search}`, { headers, signal: AbortSignal.timeout(ANSWER_MS) }),
      );
    },
    post: (path, body) =>
      answerOf(
        url,
        fetch(`${url}${path}`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(body ?? {}),
          signal: AbortSignal.timeout(ANSWER_MS),
        }),
      ),
  };
}

/** The address of the `up` that runs on a home, as far as its file says. */
function runningUrl(home: string): string | null {
  try {
    const found: unknown = JSON.parse(readFileSync(join(home, FILES.upFile), "utf8"));
    return typeof found === "object" &&
      found !== null &&
      "url" in found &&
      typeof found.url === "string"
      ? found.url
      : null;
  } catch {
    return null;
  }
}

async function answerOf<Answer>(url: string, asked: Promise<Response>): Promise<Answer> {
  const answer = await asked.catch((cause: unknown) => {
    throw new VerbatimError(
      "api_unreachable",
      `nothing answers at ${url}; start it: verbatim up; or name another with --url`,
      { cause },
    );
  });
  if (answer.ok) return await jsonOf<Answer>(answer);
  const problem = await jsonOf<Partial<Problem>>(answer).catch((): Partial<Problem> => ({}));
  const first = problem.errors?.[0];
  const detail = problem.detail ?? `${url} answered ${answer.status}`;
  throw new VerbatimError(codeFor(answer.status), withPlace(detail, first));
}

/** A detail with the name of what is wrong in it, said once. */
function withPlace(detail: string, first: { path: string; message: string } | undefined): string {
  if (first === undefined || detail.includes(`${first.path} ${first.message}`)) return detail;
  return detail === first.message
    ? `${first.path} ${first.message}`
    : `${detail} (${first.path}: ${first.message})`;
}

/** The contract says what each route answers; this is the one place that takes its word. */
async function jsonOf<Answer>(answer: Response): Promise<Answer> {
  return (await answer.json()) as Answer;
}

function codeFor(
  status: number,
): "not_found" | "input_invalid" | "unauthorized" | "conflict" | "postgres_unreachable" {
  if (status === 404) return "not_found";
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 409) return "conflict";
  return status >= 500 ? "postgres_unreachable" : "input_invalid";
}
