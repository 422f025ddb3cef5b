/** Conditions (If-Match) and names of requests (Idempotency-Key): heard wherever the description says so, and told wherever they are heard. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { MoveAnswer, ResolveAnswer } from "../contract-sessions.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
};
type Described = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const USER = "/v1/users/ada/sessions";
const PATH = "/v1/conversations/c";

async function operations() {
  const { paths } = await jsonOf<Described>(appOf().request("/openapi.json"));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method,
      path,
      headers: (one.parameters ?? []).flatMap((each) => (each.in === "header" ? [each.name] : [])),
    })),
  );
}

test("every write in the description takes an Idempotency-Key, and what changes a session or a conversation If-Match", async () => {
  const all = await operations();
  const writes = all.filter(({ method }) => method !== "get");
  expect(writes.length).toBeGreaterThan(20);
  expect(writes.filter(({ headers }) => !headers.includes("Idempotency-Key"))).toEqual([]);
  // What begins something changes nothing that is there; what is forgotten is so whatever was said last.
  const begins = [
    "POST /v1/users/{user}/sessions",
    "POST /v1/conversations/{id}/resolve",
    "DELETE /v1/users/{user}",
    "DELETE /v1/users/{user}/sessions/{session}",
  ];
  const changing = writes.filter(
    ({ path, name }) =>
      /^\/v1\/(users|conversations|citations)\//.test(path) && !begins.includes(name),
  );
  expect(changing.length).toBeGreaterThan(15);
  expect(changing.filter(({ headers }) => !headers.includes("If-Match"))).toEqual([]);
});

/** A conversation in a session with three messages and a citation. */
async function aTalk() {
  const fake = fakePorts();
  const app = appOf({ ...fake.ports, newId: randomUUID });
  const ada = { user_id: "ada" };
  const { session_id } = await jsonOf<ResolveAnswer>(app.request(`${PATH}/resolve`, post(ada)));
  const at = `${USER}/${session_id}`;
  const said = ["a", "b", "c"].map((message_id) => ({ message_id, role: "user", content: "x" }));
  await app.request(`${at}/messages`, post({ messages: said }));
  const felt = await jsonOf<{ citation_id: string }>(
    app.request(`${at}/emotion`, post({ emotion: "happy" })),
  );
  const asked = async (method: string, path: string, body: object, tag: string) =>
    await app.request(path, { ...post(body, { "if-match": tag }), method });
  return { ...fake, app, ada, at, asked, judge: `/v1/citations/${felt.citation_id}/judge` };
}

const BODIES: Readonly<Record<string, object>> = {
  "/resume": {},
  "/close": {},
  "/messages": { role: "user", content: "late" },
  "/emotion": { emotion: "anxious" },
  "/milestones": { description: "d" },
  "/breakthroughs": { insight: "i" },
  "/context": { current_theme: "t" },
  "/model": { model: "opus" },
  "/ttl": { ttl_days: 3 },
  "/off-record": { on: true },
  "/notes": { text: "n" },
  "/fork": { at: "b" },
};

test("G11: whatever would change a session or a conversation is 412 when it has changed, with the ETag it has", async () => {
  const { asked, at, judge, handed, app } = await aTalk();
  const before = handed.length;
  const session = (await app.request(at)).headers.get("etag");
  const talk = (await app.request(`${PATH}?user=ada`)).headers.get("etag");
  const writes = [
    ...Object.entries(BODIES).map(([path, body]) => ["POST", at + path, body, session] as const),
    ["PATCH", `${at}/context`, { current_theme: "t" }, session],
    ["DELETE", `${at}/messages/a`, {}, session],
    ["POST", judge, { status: "verified" }, session],
    ["POST", `${PATH}/clear`, { user_id: "ada" }, talk],
    ["POST", `${PATH}/compact`, { user_id: "ada" }, talk],
    ["PUT", PATH, { user_id: "ada", session_id: at.slice(USER.length + 1) }, talk],
    ["DELETE", `${PATH}?user=ada`, {}, talk],
  ] as const;
  for (const [method, path, body, etag] of writes) {
    const answer = await asked(method, path, body, '"1"');
    expect([method, path, answer.status, answer.headers.get("etag")]).toEqual([
      method,
      path,
      412,
      etag,
    ]);
  }
  expect(handed.length).toBe(before);
});

test("every route that the description gives If-Match has been asked on one here", async () => {
  const told = (await operations()).filter(({ headers }) => headers.includes("If-Match"));
  const tails = told.map(({ name }) => name.replace(/^.*\{session\}/, ""));
  const asked = new Set([
    ...Object.keys(BODIES),
    "/messages/{message}",
    "POST /v1/citations/{id}/judge",
    ...["clear", "compact"].map((verb) => `POST /v1/conversations/{id}/${verb}`),
    ...["PUT", "DELETE"].map((method) => `${method} /v1/conversations/{id}`),
    // A32, in settings.test.ts.
    ...["PUT", "DELETE"].map((method) => `${method} /v1/taxonomy`),
  ]);
  expect(tails.filter((one) => !asked.has(one))).toEqual([]);
});

test("G11: a conversation moves on while it, or its session, is as it was read, and not a second time", async () => {
  const { asked, at, app, ada } = await aTalk();
  const session = (await app.request(at)).headers.get("etag") ?? "";
  const moved = await asked("POST", `${PATH}/clear`, ada, session);
  expect([moved.status, moved.headers.get("etag")]).toEqual([201, '"g2"']);
  expect((await asked("POST", `${PATH}/clear`, ada, session)).status).toBe(412);
  const both = await Promise.all([1, 2].map(() => asked("POST", `${PATH}/clear`, ada, '"g2"')));
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 412]);
  const { session_id } = await jsonOf<MoveAnswer>(app.request(`${PATH}?user=ada`));
  expect((await app.request(`${USER}/${session_id}`)).status).toBe(200);
  expect((await asked("DELETE", `${PATH}?user=ada`, {}, '"g3"')).status).toBe(204);
});
