/**
 * GET /v1/live: messages as they are settled, as server-sent events.
 *
 *   A7  What is given after a place is everything after it, in order, each once;
 *       a range that cannot be given any more is a `gap` event, never silence.
 *
 * `id` is the seq (`12.1` for the second message of entry 12), so a browser that
 * reconnects resumes by itself. Who filters is told how far it is with every
 * ping, so that resuming does not begin at the last message that passed. A slow
 * reader is read for slowly: it is behind, and not in our memory. While Redis is
 * away the stream stays open and says so (`away`, then `back`).
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type EnrichedMessage, isOf, type LiveEvent, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { z } from "zod";
import { credentialOf } from "../http/credential.ts";
import { tell } from "../http/describe.ts";
import { withQuery, word } from "../http/query.ts";
import type { ApiPorts } from "../ports.ts";
import { within } from "../waiting.ts";

const PING_MS = 15_000;
/** What a browser waits before it connects again. */
const RETRY_MS = 1000;
/** A part that has not said by then where "now" is, is not waited for. */
const START_MS = 2500;
/** Each follower reads Redis for itself; this many are a few thousand reads a second at most. */
const FOLLOWERS_MAX = 500;
const ALL_SUBS = 32_767;

const PLACE = /^(\d{1,15})(?:\.(\d{1,5}))?$/;
const liveQuery = z.strictObject({
  after: word("begin after this event id, as Last-Event-ID does; from now on when left out"),
  session: word("messages of this session only"),
  source: word("messages of this source only"),
});
type Asked = z.output<typeof liveQuery> & { readonly whose: string | null };
type Place = { readonly seq: number; readonly sub: number };

/** Adds the route. */
export function liveRoute(app: OpenAPIHono, ports: ApiPorts): void {
  tell(app, {
    method: "get",
    path: "/v1/live",
    owners: true,
    tag: "Following",
    summary: "Messages as they come, as server-sent events",
    more: "event: message has the seq as its id and a Message as its data. event: gap has {from, to}: seqs that cannot be given any more; read them with GET /v1/messages?after_seq=. event: away and event: back say that the feed waits for Redis. A comment every 15 s keeps the connection.",
    query: liveQuery,
    headers: { "Last-Event-ID": "resumes after this event; wins over ?after=" },
    answers: { 200: { says: "A stream without an end", type: "text/event-stream" } },
    problems: {
      400: "after is no event id",
      503: "Too many followers, or nobody can say where now is",
    },
  });
  app.get("/v1/live", (context) =>
    withQuery(context, liveQuery, async (asked) => {
      const whose = credentialOf(context).owner;
      if (ports.live.followers() >= FOLLOWERS_MAX)
        throw new VerbatimError(
          "busy",
          `there are ${FOLLOWERS_MAX} followers, the most there can be`,
        );
      const id = context.req.header("last-event-id") ?? asked.after;
      const place = id === undefined ? await nowOf(ports) : placeOf(id);
      // Who asks for the head alone reads nothing: a stream for him would never end.
      if (context.req.method === "HEAD")
        return context.body(null, 200, { "content-type": "text/event-stream" });
      return stream(context, ports, { asked: { ...asked, whose }, place });
    }),
  );
}

/** "From now on" begins behind everything that is on disk already, settled or not. */
async function nowOf(ports: ApiPorts): Promise<Place> {
  const seqs = await Promise.all([
    seqOf(ports.intake.status().then((status) => status.heard)),
    seqOf(ports.live.head()),
    seqOf(ports.library.totals().then((totals) => totals.settled_to)),
  ]);
  const known = seqs.filter((seq) => seq !== null);
  if (known.length === 0)
    throw new VerbatimError(
      "redis_unreachable",
      "no part answers, so nobody can say where now is; ask again, or with ?after=",
    );
  return { seq: Math.max(...known), sub: ALL_SUBS };
}

async function seqOf(asked: Promise<number>): Promise<number | null> {
  return await within(
    START_MS,
    asked.catch(() => null),
  );
}

/** `12` is the first message of entry 12, `12.1` its second. Most entries have one. */
function placeOf(id: string): Place {
  const found = PLACE.exec(id);
  if (found !== null) return { seq: Number(found[1]), sub: Number(found[2] ?? 0) };
  throw new VerbatimError(
    "input_invalid",
    "after and Last-Event-ID take the id of an event, like 1234 or 1234.1",
    { facts: { parameter: "after" } },
  );
}

type Follow = { readonly asked: Asked; readonly place: Place };

function stream(context: Context, ports: ApiPorts, { asked, place }: Follow): Response {
  context.header("x-accel-buffering", "no");
  return streamSSE(context, async (out) => {
    const stop = new AbortController();
    out.onAbort(() => stop.abort());
    const signal = AbortSignal.any([stop.signal, ports.stopping]);
    const pulse = openPulse(out, ports, place);
    const tellOf = teller(out, pulse, asked);
    const ping = setInterval(() => void pulse.beat().catch(() => stop.abort()), PING_MS);
    try {
      // The place is told at once: a connection that breaks before the first event resumes from here.
      await out.write(`retry: ${RETRY_MS}\nid: ${idOf(place)}\n: following after ${place.seq}\n\n`);
      await pulse.listen();
      // Beginning inside an entry means reading the whole entry again and passing over what was seen.
      const from = place.sub === ALL_SUBS ? place.seq : Math.max(0, place.seq - 1);
      for await (const event of ports.live.follow(from, signal)) await tellOf(event, place);
    } catch (error) {
      // The stream ends without a reason (A9), and the follower comes again from its place.
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      ports.log.error("live_failed", { why });
    } finally {
      clearInterval(ping);
      stop.abort();
    }
  });
}

/** Passes on what the follower wants and has not seen. */
function teller(
  out: SSEStreamingApi,
  pulse: Pulse,
  asked: Asked,
): (event: LiveEvent, after: Place) => Promise<void> {
  return async (event, after) => {
    if (event.kind === "gap") {
      const { from, to } = event;
      const id = idOf({ seq: to, sub: ALL_SUBS });
      pulse.passed(id);
      await out.write(eventOf("gap", { from, to }, id));
      return;
    }
    const { message } = event;
    if (isSeen(message, after)) return;
    const id = idOf(message);
    pulse.passed(id);
    if (isWanted(message, asked)) await out.write(eventOf("message", message, id));
  };
}

/** One event, written in one piece: no ping comes between telling a place and giving what stands there. */
function eventOf(event: string, data: object, id?: string): string {
  const place = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${event}\n${place}data: ${JSON.stringify(data)}\n\n`;
}

interface Pulse {
  /** The place up to which everything was looked at. */
  passed(id: string): void;
  /** Says once when Redis goes away, and once when it is back. */
  listen(): Promise<void>;
  /** Keeps the connection, and tells the follower its place. */
  beat(): Promise<void>;
}

function openPulse(out: SSEStreamingApi, ports: ApiPorts, from: Place): Pulse {
  let id = idOf(from);
  let isAway = false;
  let isBeating = false;
  const listen = async (): Promise<void> => {
    const away = (await seqOf(ports.live.head())) === null;
    if (away === isAway) return;
    isAway = away;
    await out.write(eventOf(away ? "away" : "back", { part: "redis" }));
  };
  return {
    passed: (place) => {
      id = place;
    },
    listen,
    beat: async () => {
      // Who does not read gets one ping, and no heap of them.
      if (isBeating) return;
      isBeating = true;
      await listen();
      // An event without data is not shown; it only moves the place to resume from.
      await out.write(`: ping\nid: ${id}\n\n`);
      isBeating = false;
    },
  };
}

function isSeen(message: EnrichedMessage, place: Place): boolean {
  return message.seq === place.seq && message.sub <= place.sub;
}

function isWanted(message: EnrichedMessage, asked: Asked): boolean {
  return (
    (asked.whose === null || isOf(message, asked.whose)) &&
    (asked.session === undefined || message.session_id === asked.session) &&
    (asked.source === undefined || message.source === asked.source)
  );
}

function idOf({ seq, sub }: Place): string {
  return sub === 0 ? `${seq}` : `${seq}.${sub}`;
}
