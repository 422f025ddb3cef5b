/** What every POST goes through: JSON only, a bounded body, Idempotency-Key. */
import type { Context } from "hono";
import type { ApiPorts } from "../ports.ts";
import { type Bodies, openBodies } from "./body.ts";
import { credentialOf } from "./credential.ts";
import { type Answered, openAnswered } from "./idempotency.ts";
import { problem } from "./problem.ts";

/** The one way in for writes. */
export interface Writing {
  /** Hands on the body's bytes; an empty body is only taken where nothing need be said. */
  post(
    context: Context,
    handle: (body: Uint8Array) => Promise<Response>,
    empty?: "empty is fine",
  ): Promise<Response>;
  /** Remembers no answer any more: somebody in it is to be forgotten. */
  clear(): void;
}

/** The way in of one server. */
export function openWriting(ports: Pick<ApiPorts, "now" | "sha256">): Writing {
  const bodies: Bodies = openBodies();
  const answered: Answered = openAnswered(ports.now);
  return {
    clear: () => answered.clear(),
    post: async (context, handle, empty) => {
      const isJson = /^application\/json\s*(;|$)/i.test(context.req.header("content-type") ?? "");
      if (!isJson && empty === undefined)
        return problem(
          context,
          415,
          "input_invalid",
          "send JSON, with Content-Type: application/json",
        );
      return await bodies.with(context.req.raw, (body) => {
        const print = ports.sha256(body);
        prints.set(context.req.raw, print);
        const { owner } = credentialOf(context);
        return answered.once(context, { print, owner }, () => handle(body));
      });
    },
  };
}

const prints: WeakMap<Request, string> = new WeakMap();

/** The digest of the body that was sent; empty where none is read. */
export function printOf(context: Context): string {
  return prints.get(context.req.raw) ?? "";
}

/** JSON in UTF-8, or why it is none. */
export function jsonIn(
  body: Uint8Array,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return {
      ok: true,
      value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)),
    };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}
