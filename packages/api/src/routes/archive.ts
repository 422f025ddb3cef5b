/**
 * What lies on the disk and can be looked at: segments, whether checkpoints are
 * whole, and the bytes of a record.
 *
 *   A43  The bytes of a record are given whole or not at all: not while anything
 *        that was said in it is hidden, and not after it was taken out.
 *   A50  While anything waits to be forgotten, neither the bytes of a record are
 *        given of which it is not known that none of it is meant, nor a file of an
 *        export or of a checkpoint: these hold it until the forget comes to them.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type Entry, parse, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";
import type { SegmentListing } from "../contract.ts";
import { noteRows } from "../http/audit.ts";
import { tell } from "../http/describe.ts";
import type { Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { openSurvey } from "../surveying.ts";

/** Messages that lie in one record at most. */
const MESSAGES_MAX = 500;
/** Before all messages of an entry. */
const ALL_SUBS = 32_767;

/** Adds the routes. */
export function archiveRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  const survey = openSurvey(ports);
  app.get("/v1/segments", async (context) => {
    const listing: SegmentListing = { data: (await ports.segments()).toReversed() };
    return context.json(listing);
  });
  app.get("/v1/checkpoints/verify", (context) => context.json(survey.state()));
  app.post("/v1/checkpoints/verify", (context) =>
    writing.post(
      context,
      async () => {
        survey.start();
        return context.json(survey.state(), 202);
      },
      "empty is fine",
    ),
  );
  app.get("/v1/messages/:seq/raw", (context) => raw(context, ports));
}

/** The bytes of a record, of which everything that was said in it may be shown. */
async function raw(context: Context, ports: ApiPorts): Promise<Response> {
  const seq = Number(context.req.param("seq"));
  if (!Number.isSafeInteger(seq) || seq < 1)
    throw new VerbatimError("input_invalid", "the place of a record is a whole number from 1 on");
  const entry = await ports.entry(seq);
  if (entry === null || !(await mayBeShown(entry, ports)))
    throw new VerbatimError(
      "not_found",
      `there is no record ${seq} to show: it was never heard, was deleted, or is not settled yet`,
    );
  noteRows(context, 1);
  return new Response(new Uint8Array(entry.raw), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="record-${seq}.txt"`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
    },
  });
}

/** Whether none of its messages is hidden, and it was not taken out: a record is shown whole or not at all. (A43) */
async function mayBeShown(
  entry: Entry,
  {
    library,
    settled,
    forgets,
    sha256,
  }: Pick<ApiPorts, "library" | "settled" | "forgets" | "sha256">,
): Promise<boolean> {
  if (entry.erased === true) return false;
  const at = { seq: entry.seq - 1, sub: ALL_SUBS };
  const shown = await library.messages({ records: true }, { limit: MESSAGES_MAX, after: at });
  const here = shown.rows.filter(({ seq }) => seq === entry.seq).length;
  const { messages } = await (await settled()).settle(entry);
  // Those that are meant are among neither: then all of it may be.
  if (forgets.isAnyPending()) {
    const said = parse(entry, sha256).messages.length;
    if (said === 0 || messages.length < said) return false;
  }
  if (messages.length > 0) return here === messages.length;
  const aside = await library.aside({ limit: 1, after: { ...at, sub: 0 }, order: "asc" });
  return aside.rows.some(({ seq }) => seq === entry.seq);
}

function describe(app: OpenAPIHono): void {
  const tag = "Operating";
  tell(app, {
    ...{ method: "get", path: "/v1/segments", tag, personal: false },
    summary: "The journal's files, the newest first",
    answers: { 200: { says: "All of them", shape: "SegmentListing" } },
  });
  tell(app, {
    ...{ method: "get", path: "/v1/checkpoints/verify", tag, personal: false },
    summary: "What came of looking at every byte of the checkpoints",
    answers: { 200: { says: "How far it is, or what was found", shape: "CheckpointsVerified" } },
  });
  tell(app, {
    ...{ method: "post", path: "/v1/checkpoints/verify", tag },
    summary: "Look at every byte of the checkpoints now",
    more: "One look at a time: asked for while one is under way, the answer is how far that is. What was found is remembered until the server stops.",
    answers: { 202: { says: "It has begun", shape: "CheckpointsVerified" } },
  });
  tell(app, {
    ...{ method: "get", path: "/v1/messages/{seq}/raw", tag: "Reading" },
    summary: "A record as it was heard, byte for byte",
    more: "Of a record in which anything was deleted, forgotten or said off the record, nothing is given.",
    params: { seq: "place in the journal" },
    answers: { 200: { says: "Its bytes", type: "application/octet-stream" } },
    problems: { 400: "The place is none", 404: "There is nothing to show" },
  });
}
