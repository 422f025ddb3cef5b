/** POST /v1/messages: the acknowledgement. Checks each item on its own, and answers after fsync. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  apiSourceOf,
  failureOf,
  invariant,
  isFailureCode,
  itemSchema,
  nestingOf,
  POST_MESSAGES_MAX,
  sliceItems,
} from "@verbatim/core";
import type { Context } from "hono";
import type { PostAnswer, PostReceipt } from "../contract.ts";
import { BODY_BYTES_MAX } from "../http/body.ts";
import { credentialOf } from "../http/credential.ts";
import { tell } from "../http/describe.ts";
import { problem, RETRY_AFTER_S } from "../http/problem.ts";
import { inWords } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import { ownedBy } from "../owning.ts";
import type { ApiPorts } from "../ports.ts";
import {
  type Checked,
  isWorthRetrying,
  openMemory,
  type PostingPorts,
  record,
} from "../posting.ts";

/** Deeper than any message a person or a model made; far below what overflows a stack on the way to the stores. */
const NESTING_MAX = 200;

/** Adds the route. */
export function postMessages(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  tell(app, {
    method: "post",
    path: "/v1/messages",
    scope: "ingest",
    owners: true,
    tag: "Recording",
    summary: "Record messages; answered after fsync",
    more: `1 to ${POST_MESSAGES_MAX} messages, ${BODY_BYTES_MAX >> 20} MB at most. Each message is kept as the exact bytes you sent. Give each an id of your own: then sending it again is harmless (known), and the id comes back in every answer. The same id with other bytes is a conflict for that message. Only session_id, author, and text or parts are required.`,
    headers: {
      "Idempotency-Key":
        "the same key with the same body gets the same answer, and names messages that have no id",
    },
    body: "Posted",
    answers: {
      201: {
        says: "All are on disk, after fsync: one receipt each, in order",
        shape: "PostAnswer",
      },
      207: { says: "Some are on disk; each receipt says which", shape: "PostAnswer" },
    },
    problems: {
      400: "The body as a whole cannot be read",
      409: "Every message has an id that is known with other bytes; or this Idempotency-Key is under way",
      413: "The body is too large; nothing was read",
      415: "The body is not JSON",
      422: "No message can be taken; errors say why for each. Or the Idempotency-Key was used with another body",
      503: "The recorder is away: nothing is acknowledged; send the same again, with the same ids",
      507: "The disk is full: nothing was taken",
    },
  });
  const { intake, newId, sha256 } = ports;
  const posting: PostingPorts = { intake, newId, sha256, memory: openMemory(ports) };
  app.post("/v1/messages", (context) =>
    writing.post(context, (body) => post(context, posting, body)),
  );
}

async function post(context: Context, ports: PostingPorts, body: Uint8Array): Promise<Response> {
  const { owner } = credentialOf(context);
  const given = itemsIn(body, owner);
  if (typeof given === "string") return problem(context, 400, "input_invalid", given);
  const key = context.req.header("idempotency-key");
  const source = apiSourceOf(owner, ports.sha256);
  return answer(context, await record(given, ports, { idempotency: key ?? null, source }));
}

/** The items, or what is wrong with the whole. */
function itemsIn(body: Uint8Array, owner: string | null): readonly Checked[] | string {
  const read = jsonIn(body);
  if (!read.ok) return `the body is not JSON in UTF-8: ${read.why}`;
  const list = listIn(read.value);
  if (list === null || list.length === 0)
    return `send {"messages": [ … ]} with 1 to ${POST_MESSAGES_MAX} messages`;
  if (list.length > POST_MESSAGES_MAX)
    return `there are ${list.length} messages; ${POST_MESSAGES_MAX} is the most at once`;
  const slices = sliceItems(body, "messages");
  invariant(slices.length === list.length, "V1: there are as many slices as elements");
  return slices.map((raw, place) => {
    const one = checked(raw, list[place], `messages.${place}`);
    return owner === null ? one : owned(one, owner, `messages.${place}`);
  });
}

function listIn(value: unknown): readonly unknown[] | null {
  const isThere = typeof value === "object" && value !== null && "messages" in value;
  return isThere && Array.isArray(value.messages) ? value.messages : null;
}

function checked(raw: Uint8Array, value: unknown, path: string): Checked {
  const id = idIn(value);
  if (nestingOf(raw) > NESTING_MAX) {
    const message = `is nested deeper than ${NESTING_MAX} levels`;
    return { ok: false, id, path, message };
  }
  const read = itemSchema.safeParse(value, { error: inWords });
  if (read.success) return { ok: true, raw, item: read.data };
  const [issue] = read.error.issues;
  const where = [path, ...(issue?.path ?? [])].join(".");
  return { ok: false, id, path: where, message: hintOf(value, where) ?? issue?.message ?? "" };
}

/** The item as its owner's, unless it names another user. */
function owned(one: Checked, owner: string, path: string): Checked {
  if (!one.ok) return one;
  const raw = ownedBy(one.raw, one.item, owner);
  if (raw !== null) return { ...one, raw };
  const message = "is not the user of this key; leave it out, and it is put in";
  return { ok: false, id: one.item.id ?? null, path: `${path}.meta.user_id`, message };
}

/** The mistake a chat server makes first. */
function hintOf(value: unknown, where: string): string | null {
  const isConversation =
    where.endsWith(".session_id") &&
    typeof value === "object" &&
    value !== null &&
    "conversation_id" in value;
  return isConversation
    ? "is missing; conversation_id alone does not say which session the message belongs to"
    : null;
}

function idIn(value: unknown): string | null {
  const has = typeof value === "object" && value !== null && "id" in value;
  return has && typeof value.id === "string" ? value.id : null;
}

function answer(context: Context, receipts: readonly PostReceipt[]): Response {
  const failed = receipts.filter((one) => one.status === "error");
  const body: PostAnswer = { receipts, durability: "fsync" };
  const later = failed.some(isWorthRetrying) ? { "retry-after": RETRY_AFTER_S } : {};
  if (failed.length < receipts.length)
    return context.json(body, failed.length === 0 ? 201 : 207, later);
  const errors = failed.map(({ error }) => ({
    path: error?.path ?? "",
    message: error?.message ?? "",
  }));
  // Refusals of one kind speak for the whole; of several kinds, what can be retried comes first.
  const code = (failed.find(isWorthRetrying) ?? failed[0])?.error?.code ?? "input_invalid";
  const status = isFailureCode(code) ? failureOf(code).status : 422;
  return problem(context, status, code, "no message was taken; errors say why", { errors });
}
