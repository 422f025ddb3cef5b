/** Whose a conversation is where nobody says so; and ids that are none. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type {
  ConversationListing,
  ConversationView,
  MoveAnswer,
  ResolveAnswer,
} from "../contract-sessions.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

function aWorld() {
  const fake = fakePorts();
  const ports = { ...fake.ports, newId: randomUUID };
  return { ...fake, ports, app: appOf(ports) };
}

test("where nobody says whose it is, a conversation is its own: two chats are not one user", async () => {
  const { app } = aWorld();
  const resolve = (id: string) =>
    jsonOf<ResolveAnswer>(app.request(`/v1/conversations/${id}/resolve`, post({})));
  const [one, other] = [await resolve("tg:1"), await resolve("tg:2")];
  expect([one.user_id, other.user_id]).toEqual(["tg:1", "tg:2"]);
  expect((await app.request(`/v1/users/tg%3A1/sessions/${one.session_id}`)).status).toBe(200);
  expect((await app.request(`/v1/users/tg%3A1/sessions/${other.session_id}`)).status).toBe(404);
});

test("who may name any user and names none is given the conversation of the one who has it", async () => {
  const { app } = aWorld();
  const path = "/v1/conversations/tg%3A1";
  const ada = await jsonOf<ResolveAnswer>(app.request(`${path}/resolve`, post({ user_id: "ada" })));
  expect(await jsonOf<ConversationView>(app.request(path))).toMatchObject({
    user_id: "ada",
    session_id: ada.session_id,
  });
  expect(await jsonOf<MoveAnswer>(app.request(`${path}/clear`, post({})))).toMatchObject({
    previous_session_id: ada.session_id,
  });
  await app.request(`${path}/resolve`, post({ user_id: "bob" }));
  const unsaid = await app.request(path);
  expect([unsaid.status, JSON.stringify(await unsaid.json())]).toEqual([
    400,
    expect.stringContaining("?user="),
  ]);
  expect((await app.request(`${path}?user=bob`)).status).toBe(200);
  const all = await jsonOf<ConversationListing>(app.request("/v1/conversations"));
  expect(all.data.map(({ user_id }) => user_id).toSorted()).toEqual(["ada", "bob"]);
});

test("a conversation that was nobody's before goes on as it was", async () => {
  const world = aWorld();
  const path = "/v1/conversations/tg%3A1";
  const before = await jsonOf<ResolveAnswer>(
    world.app.request(`${path}/resolve`, post({ user_id: "local" })),
  );
  world.sessions.hot.clear();
  const again = await jsonOf<ResolveAnswer>(
    appOf(world.ports).request(`${path}/resolve`, post({})),
  );
  expect(again).toMatchObject({ user_id: "local", session_id: before.session_id, created: false });
});

test("A20: an id that is not UTF-8, or none, is refused and says why", async () => {
  const { app, handed } = aWorld();
  for (const path of [
    "/v1/conversations/%ff/resolve",
    "/v1/conversations/a%zz/resolve",
    "/v1/users/%c3/sessions",
    "/v1/conversations//resolve",
    "/v1/users//sessions",
    "/v1/conversations/%2E%2E/resolve",
    "/v1/conversations/%2E/clear",
  ]) {
    const answer = await app.request(path, post({}));
    expect([path, answer.status]).toEqual([path, 400]);
    expect(await jsonOf<object>(answer)).toMatchObject({ code: "input_invalid" });
  }
  const dotted = await app.request("/v1/users/ada/sessions", post({ session_id: ".." }));
  expect(dotted.status).toBe(400);
  expect(handed).toEqual([]);
  expect((await app.request("/v1/conversations/...%2F/resolve", post({}))).status).toBe(201);
});

test("A20: what no store can keep as it was sent is refused, and never changed", async () => {
  const { app, handed } = aWorld();
  const at = "/v1/users/ada/sessions";
  await app.request(at, post({ session_id: "s" }));
  const before = handed.length;
  for (const content of ["nul \u0000", "half \ud800"]) {
    const one = await app.request(`${at}/s/messages`, post({ role: "user", content }));
    const many = await app.request(
      `${at}/s/messages`,
      post({
        messages: [
          { role: "user", content: "fine" },
          { role: "user", content },
        ],
      }),
    );
    expect([one.status, many.status]).toEqual([400, 400]);
    expect(JSON.stringify(await many.json())).toContain("messages.1.content must not hold NUL");
  }
  expect(handed.length).toBe(before);
});
