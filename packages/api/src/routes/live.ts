/**
 * GET /v1/live: messages as they are settled, as server-sent events.
 *
 * `id` is the seq, so a browser that reconnects resumes by itself; a range that
 * cannot be given any more is a `gap` event, never silence.
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { EnrichedMessage, LiveEvent } from "@verbatim/core";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { problem } from "../http/problem.ts";
import type { ApiPorts } from "../ports.ts";

const PING_MS = 15_000;
/** What a browser waits before it connects again. */
const RETRY_MS = 1000;

/** Adds the route. */
export function liveRoute(app: OpenAPIHono, ports: ApiPorts): void {
  app.openAPIRegistry.registerPath(
    createRoute({
      method: "get",
      path: "/v1/live",
      summary: "Messages as they come (server-sent events); resumes after Last-Event-ID or ?after=",
      request: {
        query: z.object({
          after: z.string().optional(),
          session: z.string().optional(),
          source: z.string().optional(),
        }),
      },
      responses: {
        200: { description: "event: message, id: seq; event: gap" },
        400: { description: "after is no seq" },
      },
    }),
  );
  app.get("/v1/live", async (context) => {
    const asked = context.req.header("last-event-id") ?? context.req.query("after");
    const place =
      asked === undefined ? { seq: await startOf(ports), sub: ALL_SUBS } : placeOf(asked);
    if (place === null)
      return problem(context, 400, "input_invalid", "after: must be the id of an event, like 1234");
    return stream(context, ports, place);
  });
}

type Place = { readonly seq: number; readonly sub: number };
const ALL_SUBS = 32_767;

/** "From now on" begins behind everything that is on disk already, settled or not. */
async function startOf(ports: ApiPorts): Promise<number> {
  const [heard, head] = await Promise.allSettled([ports.intake.status(), ports.live.head()]);
  return Math.max(
    heard.status === "fulfilled" ? heard.value.heard : 0,
    head.status === "fulfilled" ? head.value : 0,
  );
}

/** `12` is all of entry 12, `12.1` its second message. */
function placeOf(id: string): Place | null {
  const found = /^(\d{1,15})(?:\.(\d{1,5}))?$/.exec(id);
  if (found === null) return null;
  return { seq: Number(found[1]), sub: found[2] === undefined ? ALL_SUBS : Number(found[2]) };
}

function stream(context: Context, ports: ApiPorts, place: Place): Response {
  context.header("x-accel-buffering", "no");
  const wanted = wantedBy(context.req.query("session"), context.req.query("source"));
  return streamSSE(context, async (out) => {
    const stop = new AbortController();
    out.onAbort(() => stop.abort());
    const signal = AbortSignal.any([stop.signal, ports.stopping]);
    const ping = setInterval(() => void out.write(": ping\n\n").catch(() => stop.abort()), PING_MS);
    try {
      await out.write(`retry: ${RETRY_MS}\n: following after ${place.seq}\n\n`);
      // Beginning inside an entry means reading the whole entry again and passing over what was seen.
      const from = place.sub === ALL_SUBS ? place.seq : place.seq - 1;
      for await (const event of ports.live.follow(from, signal)) {
        if (event.kind === "message" && (isSeen(event.message, place) || !wanted(event.message)))
          continue;
        await send(out, event);
      }
    } finally {
      clearInterval(ping);
      stop.abort();
    }
  });
}

function isSeen(message: EnrichedMessage, place: Place): boolean {
  return message.seq === place.seq && message.sub <= place.sub;
}

function wantedBy(
  session: string | undefined,
  source: string | undefined,
): (message: EnrichedMessage) => boolean {
  return (message) =>
    (session === undefined || message.session_id === session) &&
    (source === undefined || message.source === source);
}

async function send(out: SSEStreamingApi, event: LiveEvent): Promise<void> {
  if (event.kind === "gap") {
    await out.writeSSE({ event: "gap", data: JSON.stringify({ from: event.from, to: event.to }) });
    return;
  }
  const { message } = event;
  const id = message.sub === 0 ? `${message.seq}` : `${message.seq}.${message.sub}`;
  await out.writeSSE({ event: "message", id, data: JSON.stringify(message) });
}
