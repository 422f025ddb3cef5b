/**
 * POST /v1/messages: the acknowledgement.
 *
 * Each item is checked on its own; those that are fine go to the journal as the
 * exact bytes the client sent, and the answer waits for fdatasync. An item with
 * an id is recorded once: the same bytes again are `known`, other bytes a
 * conflict. Ids older than ingest remembers are asked of the deep store.
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import {
  type Item,
  itemSchema,
  type Offered,
  POST_MESSAGES_MAX,
  type Receipt,
  sliceItems,
  VerbatimError,
} from "@verbatim/core";
import type { Context } from "hono";
import type { PostAnswer, PostReceipt } from "../contract.ts";
import { problem } from "../http/problem.ts";
import type { ApiPorts } from "../ports.ts";

/** A thousand messages of sixteen kilobytes, or one with an image. */
const BODY_BYTES_MAX: number = 32 * 1024 * 1024;

const route = createRoute({
  method: "post",
  path: "/v1/messages",
  summary: "Record messages; answered after fsync",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({ messages: z.array(z.looseObject({})).min(1).max(POST_MESSAGES_MAX) }),
        },
      },
    },
  },
  responses: {
    201: { description: "All are on disk: one receipt each" },
    207: { description: "Some are on disk; each receipt says which" },
    409: { description: "An id is known with another body" },
    413: { description: "The body is too large" },
    422: { description: "No message could be taken; errors name each" },
    503: { description: "The recorder is away: nothing was taken, send it again" },
    507: { description: "The disk is full: nothing was taken" },
  },
});

/** Adds the route. */
export function postMessages(app: OpenAPIHono, ports: ApiPorts): void {
  app.openAPIRegistry.registerPath(route);
  app.post("/v1/messages", (context) => post(context, ports));
}

async function post(context: Context, ports: ApiPorts): Promise<Response> {
  if (!/^application\/json\b/.test(context.req.header("content-type") ?? "")) {
    return problem(context, 415, "input_invalid", "send JSON, with content-type application/json");
  }
  const body = new Uint8Array(await context.req.arrayBuffer());
  if (body.length > BODY_BYTES_MAX) {
    return problem(
      context,
      413,
      "too_large",
      `the body has ${body.length} bytes; ${BODY_BYTES_MAX} is the most; send fewer messages at once`,
    );
  }
  const given = itemsIn(body);
  if (typeof given === "string") return problem(context, 400, "input_invalid", given);
  const checked = given.map((raw) => checkedItem(raw));
  const idempotency = context.req.header("idempotency-key");
  const receipts = await record(checked, ports, idempotency ?? null);
  return answer(context, receipts);
}

/** The items' bytes, or what is wrong with the whole. */
function itemsIn(body: Uint8Array): readonly Uint8Array[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    return `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const list =
    typeof parsed === "object" && parsed !== null && "messages" in parsed
      ? parsed.messages
      : undefined;
  if (!Array.isArray(list) || list.length === 0)
    return 'send {"messages": [ … ]} with 1 to 1000 messages';
  if (list.length > POST_MESSAGES_MAX)
    return `there are ${list.length} messages; ${POST_MESSAGES_MAX} is the most at once`;
  return sliceItems(body, "messages");
}

type Checked =
  | { readonly ok: true; readonly raw: Uint8Array; readonly item: Item }
  | {
      readonly ok: false;
      readonly id: string | null;
      readonly path: string;
      readonly message: string;
    };

function checkedItem(raw: Uint8Array): Checked {
  const value: unknown = JSON.parse(new TextDecoder().decode(raw));
  const read = itemSchema.safeParse(value);
  if (read.success) return { ok: true, raw, item: read.data };
  const issue = read.error.issues[0];
  const id =
    typeof value === "object" && value !== null && "id" in value && typeof value.id === "string"
      ? value.id
      : null;
  return {
    ok: false,
    id,
    path: issue?.path.join(".") ?? "",
    message: issue?.message ?? "is not a message",
  };
}

async function record(
  checked: readonly Checked[],
  ports: ApiPorts,
  idempotency: string | null,
): Promise<readonly PostReceipt[]> {
  const keys = checked.map((one, place) =>
    one.ok ? (one.item.id ?? nameOf(place, idempotency, ports)) : "",
  );
  const older = await knownBefore(checked, keys, idempotency, ports);
  const offered: Offered[] = [];
  for (const [place, one] of checked.entries()) {
    const key = keys[place] ?? "";
    if (!one.ok || older.has(key)) continue;
    offered.push({
      source: "api",
      key,
      raw: one.raw,
      once: one.item.id !== undefined || idempotency !== null,
    });
  }
  const given = offered.length === 0 ? [] : await ports.intake.hand(offered);
  const receipts = new Map(offered.map((one, place) => [one, given[place]]));
  const byItem = offered.values();
  return checked.map((one, place) => {
    if (!one.ok)
      return {
        id: one.id,
        seq: null,
        status: "error",
        error: {
          code: "input_invalid",
          message: one.message,
          path: `messages.${place}.${one.path}`,
        },
      };
    const key = keys[place] ?? "";
    const before = older.get(key);
    if (before !== undefined) return knownReceipt(key, before, ports.sha256(one.raw));
    const next = byItem.next().value;
    return receiptOf(key, next === undefined ? undefined : receipts.get(next));
  });
}

/** A retry under the same Idempotency-Key names its messages the same, also after a restart. */
function nameOf(place: number, idempotency: string | null, ports: ApiPorts): string {
  return idempotency === null
    ? ports.newId()
    : `idem-${ports.sha256(`${idempotency}\0${place}`).slice(0, 32)}`;
}

type Before = { readonly seq: number; readonly sha256: string };

/** What the deep store knows of these ids; nothing while it is away, and then the settling finds the repeat. */
async function knownBefore(
  checked: readonly Checked[],
  keys: readonly string[],
  idempotency: string | null,
  ports: ApiPorts,
): Promise<ReadonlyMap<string, Before>> {
  const ids = keys.filter((_, place) => {
    const one = checked[place];
    return one?.ok === true && (one.item.id !== undefined || idempotency !== null);
  });
  if (ids.length === 0) return new Map();
  try {
    return await ports.library.known("api", ids);
  } catch {
    return new Map();
  }
}

function knownReceipt(id: string, before: Before, sha256: string): PostReceipt {
  if (before.sha256 === sha256) return { id, seq: before.seq, status: "known" };
  return conflict(id, before.seq);
}

function conflict(id: string, seq: number): PostReceipt {
  return {
    id,
    seq: null,
    status: "error",
    error: {
      code: "conflict",
      message: `this id is known with another body (seq ${seq}); choose a new id for a new message`,
    },
  };
}

function receiptOf(id: string, receipt: Receipt | undefined): PostReceipt {
  if (receipt === undefined)
    throw new VerbatimError(
      "ingest_unreachable",
      "the recorder did not answer for every message; send them again, with their ids",
    );
  if (receipt.status === "conflict") return conflict(id, receipt.seq);
  if (receipt.status === "refused")
    return {
      id,
      seq: null,
      status: "error",
      error: { code: receipt.code, message: receipt.message },
    };
  return { id, seq: receipt.seq, status: receipt.status };
}

function answer(context: Context, receipts: readonly PostReceipt[]): Response {
  const failed = receipts.filter((one) => one.status === "error");
  const body: PostAnswer = { receipts, durability: "fsync" };
  if (failed.length === 0) return context.json(body, 201);
  if (failed.length < receipts.length) return context.json(body, 207);
  const [first] = failed;
  const errors = failed.map((one) => ({
    path: one.error?.path ?? one.id ?? "",
    message: one.error?.message ?? "",
  }));
  const code = first?.error?.code ?? "input_invalid";
  return problem(context, STATUS[code] ?? 422, code, "no message was taken; errors say why", {
    errors,
  });
}

const STATUS: Readonly<Record<string, number>> = {
  conflict: 409,
  journal_full: 507,
  journal_failed: 503,
  too_large: 413,
};
