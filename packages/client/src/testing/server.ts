/** A server for tests of the client: gives the answers it was told to, and remembers what it was asked. */
import type { Fetch } from "../calling.ts";

/** An answer; or a connection that breaks, or one on which nothing comes. */
export type Given =
  | {
      readonly status: number;
      readonly body: unknown;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | "broken"
  | "hangs";

type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
};

export type FakeServer = {
  readonly fetch: Fetch;
  readonly asked: Asked[];
  /** Given one after the other. */
  readonly answers: Given[];
  /** Resolves when it was asked so often. */
  reached(count: number): Promise<void>;
};

/** A server; `otherwise` is given when the answers are used up. */
export function fakeServer(answers: Given[], otherwise: Given = "broken"): FakeServer {
  const asked: Asked[] = [];
  const waiting: { readonly count: number; readonly go: () => void }[] = [];
  const fetch: Fetch = async (url, init) => {
    init.signal?.throwIfAborted();
    asked.push({
      method: init.method ?? "GET",
      url,
      headers: new Headers(init.headers),
      body: String(init.body ?? ""),
    });
    for (const one of waiting) if (asked.length >= one.count) one.go();
    return await answerOf(answers.shift() ?? otherwise, init.signal ?? undefined);
  };
  return {
    fetch,
    asked,
    answers,
    reached: async (count) => {
      if (asked.length >= count) return;
      await new Promise<void>((go) => waiting.push({ count, go }));
    },
  };
}

async function answerOf(given: Given, signal: AbortSignal | undefined): Promise<Response> {
  if (given === "broken") throw new TypeError("the connection was refused");
  if (given === "hangs")
    return await new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
  const { status, body, type = "application/json", headers = {} } = given;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { "content-type": type, ...headers } });
}

/** A problem document as the server sends it. */
export function problemOf(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  more: object = {},
): Given {
  const body = {
    type: "urn:x",
    title: "T",
    status,
    detail: "why",
    instance: "/",
    code: "c",
    ...more,
  };
  return { status, body, type: "application/problem+json", headers };
}
