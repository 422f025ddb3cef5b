/** The description of sessions and conversations against what is answered. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { SHAPES } from "../schemas/answers.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;
type Operation = { readonly responses: Readonly<Record<string, { readonly content?: Content }>> };
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const shapes: ReadonlyMap<string, (typeof SHAPES)[keyof typeof SHAPES]> = new Map(
  Object.entries(SHAPES),
);
const SESSION = "/v1/users/{user}/sessions/{session}";
const S = "/v1/users/ada/sessions/s";
const TALK = "/v1/conversations/{id}";
const put = (body: unknown): RequestInit => ({ ...post(body), method: "PUT" });
const patch = (body: unknown): RequestInit => ({ ...post(body), method: "PATCH" });
const gone: RequestInit = { method: "DELETE" };
const said = { role: "user", content: "hello" };
const stale = { "if-match": '"1"' };

const { paths }: Document = await jsonOf(appOf().request("/openapi.json"));

async function aWorld() {
  const fake = fakePorts();
  const app = appOf({ ...fake.ports, newId: randomUUID });
  await app.request("/v1/users/ada/sessions", post({ session_id: "s", model: "m" }));
  await app.request(
    `${S}/messages`,
    post({ ...said, message_id: "m-1", emotion: { emotion: "happy" } }),
  );
  await app.request(`${S}/milestones`, post({ description: "d" }));
  await app.request(`${S}/breakthroughs`, post({ insight: "i" }));
  await app.request(`${S}/notes`, post({ text: "n" }));
  await app.request("/v1/users/ada/sessions", post({ session_id: "off" }));
  await app.request("/v1/users/ada/sessions/off/off-record", post({ on: true }));
  await app.request("/v1/conversations/c/resolve", post({ user_id: "ada", channel: "x" }));
  const citation = await app.request(`${S}/emotion`, post({ emotion: "happy" }));
  const { citation_id } = await jsonOf<{ citation_id: string }>(citation);
  return { app, citation_id };
}

const OFF = "/v1/users/ada/sessions/off";

for (const [path, asked, status, init] of [
  ["/v1/users/{user}/sessions", "/v1/users/ada/sessions", 200, {}],
  ["/v1/users/{user}/sessions", "/v1/users/ada/sessions?limit=0", 400, {}],
  ["/v1/users/{user}/sessions", "/v1/users/ada/sessions", 201, post({})],
  [
    "/v1/users/{user}/sessions",
    "/v1/users/ada/sessions",
    200,
    post({ session_id: "s", model: "m" }),
  ],
  ["/v1/users/{user}/sessions", "/v1/users/ada/sessions", 409, post({ session_id: "s" })],
  ["/v1/users/{user}/sessions", "/v1/users/ada/sessions", 400, post({ ttl_days: "x" })],
  [SESSION, S, 200, {}],
  [SESSION, `${S}x`, 404, {}],
  [`${SESSION}/resume`, `${S}/resume`, 200, post({})],
  [`${SESSION}/resume`, `${S}/resume`, 412, post({}, stale)],
  [`${SESSION}/close`, `${S}/close`, 201, post({})],
  [`${SESSION}/ttl`, `${S}/ttl`, 201, post({ ttl_days: 3 })],
  [`${SESSION}/off-record`, `${S}/off-record`, 201, post({ on: true })],
  [`${SESSION}/messages`, `${S}/messages`, 200, {}],
  [`${SESSION}/messages`, `${S}/messages?cursor=x`, 400, {}],
  [`${SESSION}/messages`, `${S}/messages`, 201, post(said)],
  [`${SESSION}/messages`, `${S}/messages`, 201, post({ messages: [said, said] })],
  [`${SESSION}/messages`, `${S}/messages`, 409, post({ ...said, message_id: "m-1" })],
  [`${SESSION}/messages`, `${S}/messages`, 400, post({})],
  [`${SESSION}/messages`, `${S}/messages`, 412, post(said, stale)],
  [`${SESSION}/messages`, `${OFF}/messages`, 202, post(said)],
  [`${SESSION}/messages/{message}`, `${S}/messages/m-1`, 201, gone],
  [`${SESSION}/messages/{message}`, `${S}/messages/m-x`, 404, gone],
  [`${SESSION}/emotion`, `${S}/emotion`, 200, {}],
  [`${SESSION}/emotion`, `${S}/emotion`, 201, post({ emotion: "happy" })],
  [`${SESSION}/emotion`, `${S}/emotion`, 400, post({ emotion: "bored" })],
  [`${SESSION}/emotion`, `${OFF}/emotion`, 202, post({ emotion: "happy" })],
  [`${SESSION}/emotion/history`, `${S}/emotion/history`, 200, {}],
  [`${SESSION}/milestones`, `${S}/milestones`, 200, {}],
  [`${SESSION}/milestones`, `${S}/milestones`, 201, post({ description: "d" })],
  [`${SESSION}/breakthroughs`, `${S}/breakthroughs?order=confidence`, 200, {}],
  [`${SESSION}/breakthroughs`, `${S}/breakthroughs?order=x`, 400, {}],
  [`${SESSION}/breakthroughs`, `${S}/breakthroughs`, 201, post({ insight: "i" })],
  [`${SESSION}/context`, `${S}/context`, 200, {}],
  [`${SESSION}/context`, `${S}/context`, 201, post({ current_theme: "t" })],
  [`${SESSION}/context`, `${S}/context`, 201, patch({ current_theme: null })],
  [`${SESSION}/model`, `${S}/model`, 201, post({ model: "m" })],
  [`${SESSION}/stats`, `${S}/stats`, 200, {}],
  [`${SESSION}/journey`, `${S}/journey`, 200, {}],
  [`${SESSION}/fork`, `${S}/fork`, 201, post({ at: "m-1" })],
  [`${SESSION}/fork`, `${S}/fork`, 404, post({ at: "m-x" })],
  [`${SESSION}/fork`, `${S}/fork`, 409, post({ at: 1, session_id: "off" })],
  [`${SESSION}/fork`, `${S}/fork`, 400, post({ at: null })],
  [`${SESSION}/notes`, `${S}/notes`, 200, {}],
  [`${SESSION}/notes`, `${S}/notes`, 201, post({ text: "n" })],
  [`${SESSION}/export`, `${S}/export`, 200, {}],
  [`${SESSION}/export`, `${S}/export?format=pdf`, 400, {}],
  ["/v1/conversations", "/v1/conversations?user=ada", 200, {}],
  [TALK, "/v1/conversations/c?user=ada", 200, {}],
  [TALK, "/v1/conversations/x?user=ada", 404, {}],
  [TALK, "/v1/conversations/c", 200, put({ user_id: "ada", session_id: "s" })],
  [TALK, "/v1/conversations/c", 404, put({ user_id: "ada", session_id: "x" })],
  [TALK, "/v1/conversations/c", 400, put({})],
  [TALK, "/v1/conversations/c?user=ada", 204, gone],
  [`${TALK}/resolve`, "/v1/conversations/c/resolve", 200, post({ user_id: "ada" })],
  [`${TALK}/resolve`, "/v1/conversations/d/resolve", 201, { method: "POST" }],
  [`${TALK}/resolve`, "/v1/conversations/d/resolve", 400, post({ user: "ada" })],
  [`${TALK}/clear`, "/v1/conversations/c/clear", 201, post({ user_id: "ada" })],
  [`${TALK}/clear`, "/v1/conversations/x/clear", 404, post({ user_id: "ada" })],
  [`${TALK}/compact`, "/v1/conversations/c/compact", 200, post({ user_id: "ada", summary: "s" })],
  ["/v1/citations", "/v1/citations?user=ada", 200, {}],
  ["/v1/citations", "/v1/citations?type=x", 400, {}],
  ["/v1/citations/{id}", "/v1/citations/CITED", 200, {}],
  ["/v1/citations/{id}", "/v1/citations/x", 404, {}],
  ["/v1/citations/{id}/judge", "/v1/citations/CITED/judge", 201, post({ status: "verified" })],
  ["/v1/citations/{id}/judge", "/v1/citations/CITED/judge", 400, post({ status: "x" })],
] as const) {
  const method = "method" in init ? String(init.method) : "GET";
  const body = "body" in init ? String(init.body) : "";
  const headed =
    "headers" in init && JSON.stringify(init.headers).includes("if-match") ? " stale" : "";
  test(`A10: ${method} ${asked} ${body}${headed} answers ${status} as it is described`, async () => {
    const { app, citation_id } = await aWorld();
    const responses = paths[path]?.[method.toLowerCase()]?.responses ?? {};
    const answer = await app.request(asked.replace("CITED", citation_id), init);
    expect(answer.status).toBe(status);
    expect(Object.keys(responses)).toContain(String(status));
    const [[type, content] = []] = Object.entries(responses[String(status)]?.content ?? {});
    expect(answer.headers.get("content-type")?.split(";")[0]).toBe(type);
    const name = content?.schema.$ref?.split("/").at(-1);
    if (name === undefined) return;
    const shown = await answer.json();
    expect(shapes.get(name)?.parse(shown)).toEqual(shown);
  });
}
