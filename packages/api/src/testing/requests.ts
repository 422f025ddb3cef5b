/** Asking an app of fakes as a client would. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { URI_SCHEME } from "@verbatim/core/sessions";
import { createApp } from "../app.ts";
import type { ApiPorts, ApiSettings } from "../ports.ts";
import { fakePorts } from "./ports.ts";

/** An app over these ports; a new one knows nothing of what another remembered, like a restart. */
export function appOf(
  ports: ApiPorts = fakePorts().ports,
  key: string | null = null,
  settings: Partial<ApiSettings> = {},
): OpenAPIHono {
  const usual = { ownKey: null, loopback: true, rate: null, auditAll: false, corsOrigins: [] };
  return createApp(ports, { ...usual, uriScheme: URI_SCHEME, key, ...settings });
}

/** A message to post. */
export function item(id: string | undefined, text = "hello"): object {
  return {
    ...(id === undefined ? {} : { id }),
    session_id: "s",
    author: { name: "ada", role: "user" },
    text,
  };
}

/** A POST of JSON. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** The JSON of an answer; what is missing shows as undefined in its assertions. */
export async function jsonOf<Shape>(answer: Response | Promise<Response>): Promise<Shape> {
  return (await (await answer).json()) as Shape;
}

/** A body that comes piece by piece, each made when it is asked for. */
export function inPieces(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const rest = pieces[Symbol.iterator]();
  return new ReadableStream({
    pull: (controller) => {
      const next = rest.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
}
