/**
 * Keys: made, listed and revoked by who may everything.
 *
 *   A31  A token is in the answer that makes its key and in nothing else: no
 *        list, no memory of answers, no log.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type AccessKey, HOME_TENANT, type KeyShown, shownKey } from "@verbatim/core";
import type { Context } from "hono";
import type { KeyListing, KeyMade } from "../contract-settings.ts";
import { tell } from "../http/describe.ts";
import { problem } from "../http/problem.ts";
import { errorsOf, inWords } from "../http/query.ts";
import { jsonIn, type Writing } from "../http/writing.ts";
import type { ApiPorts } from "../ports.ts";
import { keyAsk } from "../schemas/settings.ts";

/** Adds the routes and their description. */
export function keyRoutes(app: OpenAPIHono, ports: ApiPorts, writing: Writing): void {
  describe(app);
  app.get("/v1/keys", async (context) => context.json(await listed(ports)));
  app.post("/v1/keys", (context) => writing.post(context, (body) => made(context, ports, body)));
  app.delete("/v1/keys/:name", (context) =>
    writing.post(
      context,
      async () => {
        const key = await ports.settings.revokeKey(context.req.param("name") ?? "");
        return context.json(await shown(ports, key));
      },
      "empty is fine",
    ),
  );
}

async function listed({ settings, now }: ApiPorts): Promise<KeyListing> {
  const used = await settings.keysUsed();
  const at = now().toISOString();
  const keys = await settings.keys();
  return { data: keys.map((key) => shownKey(key, used.get(key.name) ?? null, at)) };
}

async function shown({ settings, now }: ApiPorts, key: AccessKey): Promise<KeyShown> {
  const used = await settings.keysUsed();
  return shownKey(key, used.get(key.name) ?? null, now().toISOString());
}

async function made(context: Context, ports: ApiPorts, body: Uint8Array): Promise<Response> {
  const sent = jsonIn(body);
  const read = keyAsk.safeParse(sent.ok ? sent.value : undefined, { error: inWords });
  if (!read.success)
    return problem(context, 422, "input_invalid", 'send {"name": "phone", "scopes": ["read"]}', {
      errors: errorsOf(read.error, ["name", "scopes", "owner", "tenant", "expires_at"]),
    });
  const { name, scopes, owner = null, tenant = HOME_TENANT, expires_at = null } = read.data;
  const { key, token } = await ports.settings.addKey({ name, scopes, owner, tenant, expires_at });
  const answer: KeyMade = { key: await shown(ports, key), token };
  return context.json(answer, 201, { "cache-control": "no-store" });
}

function describe(app: OpenAPIHono): void {
  const usual = { tag: "Operating", personal: false, scope: "admin" } as const;
  tell(app, {
    ...usual,
    method: "get",
    path: "/v1/keys",
    summary: "The keys there are, and when each was last used",
    answers: { 200: { says: "In the order they were made", shape: "KeyListing" } },
  });
  tell(app, {
    ...usual,
    method: "post",
    path: "/v1/keys",
    summary: "Makes a key; its token is in this answer and kept nowhere",
    more: "With the first key everybody needs one, on this machine too. An answer that was lost is not given again, whatever the Idempotency-Key: revoke that key and make another.",
    body: "KeyAsk",
    answers: { 201: { says: "The key and its token", shape: "KeyMade" } },
    problems: {
      400: "these cannot be said of one key together; detail says why",
      409: "there is a key of this name, or there was",
      422: "errors name what is wrong",
    },
  });
  tell(app, {
    ...usual,
    method: "delete",
    path: "/v1/keys/{name}",
    summary:
      "Revokes a key: it opens nothing any more, and to other programs of this home within a second",
    params: { name: "of the key" },
    answers: { 200: { says: "The key as it stands now", shape: "Key" } },
    problems: { 404: "There is no such key" },
  });
}
