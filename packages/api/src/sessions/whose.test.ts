/** Sessions and conversations of one user, asked for with the key of another. */
import { expect, test } from "bun:test";
import type { Scope } from "@verbatim/core";
import type {
  CitationListing,
  ContextAnswer,
  ConversationListing,
  RecordedAnswer,
  ResumeAnswer,
} from "../contract-sessions.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

function aKey(name: string, owner: string | null, scopes: readonly Scope[] = ["read", "ingest"]) {
  const never = { expires_at: null, revoked_at: null };
  return { name, sha256: "", tenant: "default", owner, scopes, created_at: "", ...never };
}

async function aServer() {
  const fake = fakePorts();
  for (const [token, owner] of [
    ["ada", "ada"],
    ["bob", "bob"],
    ["all", null],
  ] as const)
    fake.keys.set(token, aKey(token, owner));
  fake.keys.set("recording", aKey("recording", "ada", ["ingest"]));
  const app = appOf(fake.ports);
  const ask = (token: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}` };
    return app.request(path, body === undefined ? { headers } : post(body, headers));
  };
  await ask("ada", "/v1/users/ada/sessions", { session_id: "s" });
  const felt = await ask("ada", "/v1/users/ada/sessions/s/emotion", { emotion: "happy" });
  await ask("ada", "/v1/conversations/c/resolve", {});
  return { ...fake, ask, felt: await jsonOf<RecordedAnswer>(felt) };
}

test("G9: another user's session, conversation and citation are not there, whatever is asked of them", async () => {
  const { ask, felt, handed } = await aServer();
  const before = handed.length;
  const citation = `/v1/citations/${felt.citation_id}`;
  for (const path of [
    "/v1/users/ada/sessions",
    "/v1/users/ada/sessions/s",
    "/v1/users/ada/sessions/s/messages",
    "/v1/users/ada/sessions/s/export",
    "/v1/users/bob/sessions/s",
    "/v1/conversations/c",
    "/v1/conversations/c?user=ada",
    "/v1/conversations?user=ada",
    citation,
    "/v1/citations?user=ada",
  ])
    expect([path, (await ask("bob", path)).status]).toEqual([path, 404]);
  for (const [path, body] of [
    ["/v1/users/ada/sessions", {}],
    ["/v1/users/ada/sessions/s/messages", { role: "user", content: "x" }],
    ["/v1/conversations/c/resolve", { user_id: "ada" }],
    ["/v1/conversations/c/clear", {}],
    ["/v1/conversations/c/compact", { user_id: "ada" }],
  ] as const)
    expect([path, (await ask("bob", path, body)).status]).toEqual([path, 404]);
  expect((await ask("bob", `${citation}/judge`, { status: "revoked" })).status).toBe(403);
  expect(handed.length).toBe(before);
});

test("who names nobody gets his own, and one handle of two users is two conversations", async () => {
  const { ask } = await aServer();
  const own = await jsonOf<ConversationListing>(ask("bob", "/v1/conversations"));
  expect(own.data).toEqual([]);
  expect((await ask("bob", "/v1/conversations/c/resolve", {})).status).toBe(201);
  expect((await ask("ada", "/v1/conversations/c/resolve", {})).status).toBe(200);
  const cited = await jsonOf<CitationListing>(ask("ada", "/v1/citations"));
  expect(cited.data.every(({ user_id }) => user_id === "ada")).toBe(true);
  const all = await jsonOf<CitationListing>(ask("all", "/v1/citations"));
  expect(new Set(all.data.map(({ user_id }) => user_id))).toEqual(new Set(["ada", "bob"]));
});

test("what a therapist wrote of somebody is not opened by that one's key", async () => {
  const { ask } = await aServer();
  const at = "/v1/users/ada/sessions/s";
  expect((await ask("ada", `${at}/notes`)).status).toBe(403);
  expect((await ask("ada", `${at}/export?audience=therapist`)).status).toBe(403);
  expect((await ask("ada", `${at}/export`)).status).toBe(200);
  expect((await ask("all", `${at}/notes`, { text: "n" })).status).toBe(201);
  expect((await ask("all", `${at}/export?audience=therapist`)).status).toBe(200);
});

test("G12: a key of one user is shown its context without a therapist's notes and hypotheses", async () => {
  const { ask } = await aServer();
  const at = "/v1/users/ada/sessions/s";
  const context = { current_theme: "calls", session_notes: "n", working_hypotheses: ["h"] };
  expect((await ask("all", `${at}/context`, context)).status).toBe(201);
  const hidden = { current_theme: "calls", session_notes: null, working_hypotheses: [] };
  const views = async (token: string) => [
    await jsonOf<ContextAnswer>(ask(token, `${at}/context`)),
    (await jsonOf<ResumeAnswer>(ask(token, at))).context_snapshot,
    (await jsonOf<ResumeAnswer>(ask(token, `${at}/resume`, {}))).context_snapshot,
  ];
  for (const view of await views("ada")) expect(view).toMatchObject(hidden);
  for (const view of await views("all")) expect(view).toMatchObject(context);
});

test("G12: a key of one user writes none of a therapist's fields, and judges nothing", async () => {
  const { ask, felt, handed } = await aServer();
  const at = "/v1/users/ada/sessions/s/context";
  const before = handed.length;
  for (const body of [
    { session_notes: "mine" },
    { working_hypotheses: null, current_theme: "x" },
  ]) {
    const refused = await ask("ada", at, body);
    expect(refused.status).toBe(403);
    expect(await jsonOf<object>(refused)).toMatchObject({ code: "unauthorized" });
  }
  const judge = `/v1/citations/${felt.citation_id}/judge`;
  expect((await ask("ada", judge, { status: "revoked" })).status).toBe(403);
  expect(handed.length).toBe(before);
  expect((await ask("ada", at, { current_theme: "calls" })).status).toBe(201);
  expect((await ask("all", at, { session_notes: "n" })).status).toBe(201);
  expect((await ask("all", judge, { status: "disputed" })).status).toBe(201);
});

test("G12: a key that may only record is told nothing of what was said by what it writes", async () => {
  const { ask, handed } = await aServer();
  const at = "/v1/users/ada/sessions/s";
  expect((await ask("recording", `${at}/messages`, { role: "user", content: "x" })).status).toBe(
    201,
  );
  const before = handed.length;
  expect((await ask("recording", `${at}/resume`, {})).status).toBe(403);
  expect((await ask("recording", "/v1/conversations/c/compact", {})).status).toBe(403);
  expect(handed.length).toBe(before);
  expect((await ask("recording", "/v1/conversations/c/compact", { summary: "s" })).status).toBe(
    200,
  );
});
