/** What a session amounts to: stats, the journey, notes, and documents for people. */
import {
  type ExportOptions,
  eventIdFor,
  type Happened,
  journeyOf,
  sessionJson,
  sessionMarkdown,
  statsOf,
  type TherapistNote,
} from "@verbatim/core/sessions";
import type { Context } from "hono";
import { z } from "zod";
import type { JourneyAnswer, NoteListing, StatsAnswer } from "../contract-sessions.ts";
import { credentialOf } from "../http/credential.ts";
import { pageFields } from "../http/paging.ts";
import { problem } from "../http/problem.ts";
import { withQuery } from "../http/query.ts";
import { noteAsk } from "../schemas/sessions.ts";
import {
  asked,
  type Desk,
  etagOf,
  listed,
  sayOne,
  served,
  sessionIn,
  tellSession,
} from "../sessions/answering.ts";
import { away, joined, type SessionView, WHOLE_MS } from "../sessions/reading.ts";

const pageQuery = z.strictObject(pageFields);
const exportQuery = z.strictObject({
  format: z.enum(["md", "json"]).default("md").meta({ description: "md is Markdown, to read" }),
  transcript: z
    .enum(["last50", "all", "none"])
    .default("last50")
    .meta({ description: "how much of what was said" }),
  audience: z
    .enum(["client", "therapist"])
    .default("client")
    .meta({ description: "notes and hypotheses are for the therapist only" }),
});

/** Adds the routes and their description. */
export function sessionRecordRoutes(desk: Desk): void {
  const { app, writing, sessions } = desk;
  describe(desk);
  app.get(served("/stats"), async (context) => {
    const name = sessionIn(context);
    const view = await sessions.reading.session(name);
    const left = await sessions.redis.ask(() => sessions.ports.sessionStore.ttl(name));
    const stats = statsOf(view.state, left.here ? left.value : null);
    const answer: StatsAnswer = { ...stats, degraded: view.degraded || !left.here };
    return context.json(answer, 200, { etag: etagOf(view.state) });
  });
  app.get(served("/journey"), async (context) => {
    const view = await sessions.reading.session(sessionIn(context));
    const journey = journeyOf(view.state, await sessions.transcript.whole(view));
    const answer: JourneyAnswer = { ...journey, degraded: view.degraded };
    return context.json(answer, 200, { etag: etagOf(view.state) });
  });
  app.get(served("/notes"), (context) =>
    withQuery(context, pageQuery, async (query) => {
      const view = await sessions.reading.session(sessionIn(context));
      const page = listed(await notesOf(desk, view), query, "notes");
      const answer: NoteListing = { ...page, degraded: view.degraded };
      return context.json(answer);
    }),
  );
  app.post(served("/notes"), (context) =>
    writing.post(context, (body) =>
      asked(context, body, { schema: noteAsk }, (fields) =>
        sayOne(context, desk, { event: "note_written", fields }, { onRecord: true }),
      ),
    ),
  );
  app.get(served("/export"), (context) =>
    withQuery(context, exportQuery, (query) => exported(context, desk, query)),
  );
}

const NOT_THEIRS =
  "a key of one user does not open what the therapist wrote about them; ask for audience=client, or with a key that has no owner";

/** Notes are in no store but the events themselves. */
async function notesOf(
  { sessions }: Desk,
  { state }: SessionView,
): Promise<readonly TherapistNote[]> {
  const { user_id, session_id } = state.metadata;
  const name = { user_id, session_id };
  const mine = sessions.recent.of(name);
  if (state.counts.notes === 0) return [];
  const whole = await sessions.postgres.ask(
    () => sessions.ports.sessionLibrary.whole(name),
    WHOLE_MS,
  );
  const notes = joined(whole.here ? whole.value.events : [], mine).flatMap(noteIn);
  if (notes.length < state.counts.notes && !whole.here) throw away(whole.why);
  return notes;
}

function noteIn({ event, moment }: Happened): readonly TherapistNote[] {
  return event.event === "note_written"
    ? [{ text: event.text, at: event.at ?? moment.at, by: event.by }]
    : [];
}

/** The same session, asked for in the same way, is the same export. */
async function exported(
  context: Context,
  desk: Desk,
  query: z.output<typeof exportQuery>,
): Promise<Response> {
  const { sessions } = desk;
  if (query.audience === "therapist" && credentialOf(context).owner !== null)
    return problem(context, 403, "unauthorized", NOT_THEIRS);
  const { now, sha256 } = sessions.ports;
  const view = await sessions.reading.session(sessionIn(context));
  const { user_id, session_id, last_seq } = view.state.metadata;
  const { format, transcript, audience } = query;
  const kind = [format, transcript, audience].join();
  const export_id = eventIdFor(sha256, "export", user_id, session_id, String(last_seq), kind);
  const options: ExportOptions = {
    transcript,
    audience,
    export_id,
    exported_at: now().toISOString(),
    scheme: sessions.scheme,
    ...(audience === "therapist" ? { notes: await notesOf(desk, view) } : {}),
  };
  const messages = await sessions.transcript.whole(view);
  const headers = { etag: `"${export_id}"`, "x-verbatim-degraded": String(view.degraded) };
  if (format === "json")
    return context.json(sessionJson(view.state, messages, options), 200, headers);
  return new Response(sessionMarkdown(view.state, messages, options), {
    headers: {
      ...headers,
      "content-type": "text/markdown; charset=utf-8",
      "content-disposition": `inline; filename="session-${export_id}.md"`,
    },
  });
}

function describe({ app }: Desk): void {
  tellSession(app, {
    method: "get",
    path: "/stats",
    summary: "The session in numbers",
    answers: { 200: { says: "Counts, and how long it stays hot", shape: "Stats" } },
  });
  tellSession(app, {
    method: "get",
    path: "/journey",
    summary: "What became of the session: emotions over time, milestones, breakthroughs, models",
    answers: { 200: { says: "The journey", shape: "Journey" } },
    problems: { 413: "There are more messages than one answer holds" },
  });
  tellSession(
    app,
    {
      method: "post",
      path: "/notes",
      summary: "A note of the therapist: in no export for the client",
      body: "NoteAsk",
      answers: {
        200: { says: "It was known already", shape: "Recorded" },
        201: { says: "It is on disk, after fsync", shape: "Recorded" },
        202: { says: "The session is off the record: nothing was stored", shape: "Unstored" },
      },
      problems: { 400: "The body is wrong; errors name the field", 412: "The session has changed" },
    },
    "to keys of one user",
  );
  tellSession(
    app,
    {
      method: "get",
      path: "/notes",
      summary: "Notes of the therapist, oldest first",
      query: pageQuery,
      answers: { 200: { says: "A page", shape: "NoteListing" } },
      problems: { 400: "A parameter is wrong; errors name it" },
    },
    "to keys of one user",
  );
  tellSession(app, {
    method: "get",
    path: "/export",
    summary: "The session as a document: Markdown, or JSON",
    more: "Messages that were deleted or said off the record are in none.",
    query: exportQuery,
    answers: {
      200: {
        says: "Markdown, or JSON when that is asked for",
        type: "text/markdown",
        orJson: true,
      },
    },
    problems: {
      400: "A parameter is wrong; errors name it",
      403: "The key is of one user, and the therapist's export was asked for",
      413: "There are more messages than one document holds",
    },
  });
}
