/** What a session amounts to: stats, the journey, notes, and documents for people. */
import {
  type Happened,
  isOffRecord,
  journeyOf,
  type SessionState,
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
  CONDITION,
  type Desk,
  etagOf,
  listed,
  STALE,
  sayOne,
  served,
  sessionIn,
  tellSession,
} from "../sessions/answering.ts";
import { sessionDocument } from "../sessions/document.ts";
import { away, beyond, type SessionView, WHOLE_MS } from "../sessions/reading.ts";

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
    const { messages, degraded } = await sessions.transcript.facts(view);
    const answer: JourneyAnswer = { ...journeyOf(view.state, messages), degraded };
    return context.json(answer, 200, { etag: etagOf(view.state) });
  });
  app.get(served("/notes"), (context) =>
    withQuery(context, pageQuery, async (query) => {
      const view = await sessions.reading.session(sessionIn(context));
      const { notes, degraded } = await notesOf(desk, view);
      const answer: NoteListing = { ...listed(notes, query, "notes"), degraded };
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

/** Notes, and whether one may be missing. */
type Notes = { readonly notes: readonly TherapistNote[]; readonly degraded: boolean };

/** Notes are in no store but the events themselves. */
async function notesOf({ sessions }: Desk, { state, degraded }: SessionView): Promise<Notes> {
  if (state.counts.notes === 0) return { notes: [], degraded };
  const { user_id, session_id } = state.metadata;
  const name = { user_id, session_id };
  const { sessionLibrary: library } = sessions.ports;
  const given = await sessions.postgres.ask(async () => {
    const settled = await library.settledTo();
    return { settled, events: await library.notes(name) };
  }, WHOLE_MS);
  if (!given.here) {
    const mine = sessions.recent.of(name).filter(isNote);
    if (mine.length < state.counts.notes) throw away(given.why);
    return { notes: notesIn(mine, state), degraded: true };
  }
  const more = await beyond(sessions, name, given.value.settled);
  if (!more.here) throw away(more.why);
  const known = new Set(given.value.events.map(({ event }) => event.event_id));
  const newer = more.value.events.filter(({ event }) => !known.has(event.event_id));
  return { notes: notesIn([...given.value.events, ...newer], state), degraded };
}

function isNote({ event }: Happened): boolean {
  return event.event === "note_written";
}

/** Those that were written on the record. */
function notesIn(happened: readonly Happened[], state: SessionState): readonly TherapistNote[] {
  return happened.flatMap(({ event, moment }) =>
    event.event !== "note_written" || isOffRecord(state, moment.seq)
      ? []
      : [{ text: event.text, at: event.at ?? moment.at, by: event.by }],
  );
}

async function exported(
  context: Context,
  desk: Desk,
  ask: z.output<typeof exportQuery>,
): Promise<Response> {
  const isTherapist = ask.audience === "therapist";
  if (isTherapist && credentialOf(context).owner !== null)
    return problem(context, 403, "unauthorized", NOT_THEIRS);
  const view = await desk.sessions.reading.session(sessionIn(context));
  const noted = isTherapist ? await notesOf(desk, view) : null;
  return await sessionDocument(desk.sessions, view, { ask, noted });
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
      headers: CONDITION,
      body: "NoteAsk",
      answers: {
        200: { says: "It was known already", shape: "Recorded" },
        201: { says: "It is on disk, after fsync", shape: "Recorded" },
        202: { says: "The session is off the record: nothing was stored", shape: "Unstored" },
      },
      problems: { 400: "The body is wrong; errors name the field", ...STALE },
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
    more: "Messages that were deleted or said off the record are in none. Markdown with all of what was said is sent while it is read, however long it is.",
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
      413: "There are more messages than one JSON document holds; detail says how to get them",
    },
  });
}
