/** Conversations through the API: opened once, moved on whole, known while parts are away. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type {
  CompactAnswer,
  ConversationListing,
  ConversationView,
  MoveAnswer,
  ResolveAnswer,
} from "../contract-sessions.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

const ID = "telegram:1/2 %?#ä";
const PATH = `/v1/conversations/${encodeURIComponent(ID)}`;
/** Where nobody says whose it is, a conversation is its own. */
const OWN = `/v1/users/${encodeURIComponent(ID)}/sessions`;

function aWorld(): Fake & { app: ReturnType<typeof appOf> } {
  const fake = fakePorts();
  const ports = { ...fake.ports, newId: randomUUID };
  return { ...fake, ports, app: appOf(ports) };
}

const resolved = (world: { app: ReturnType<typeof appOf> }, body: object = {}) =>
  jsonOf<ResolveAnswer>(world.app.request(`${PATH}/resolve`, post(body)));

async function saying(world: ReturnType<typeof aWorld>, session: string, ...texts: string[]) {
  const messages = texts.map((content) => ({ role: "user", content }));
  const path = `${OWN}/${session}/messages`;
  const answer = await world.app.request(path, post({ messages }));
  expect(answer.status).toBe(201);
}

test("G6: of fifty first messages at once one opens the conversation, and all get one session", async () => {
  const world = aWorld();
  const all = await Promise.all(Array.from({ length: 50 }, () => resolved(world)));
  expect(new Set(all.map(({ session_id }) => session_id)).size).toBe(1);
  expect(all.filter(({ created }) => created).length).toBe(1);
  expect(world.handed.length).toBe(1);
});

test("G6: who comes by another channel at the same moment gets the same session", async () => {
  const world = aWorld();
  const channels = ["telegram", "slack", undefined];
  const all = await Promise.all(channels.map((channel) => resolved(world, { channel })));
  expect(new Set(all.map(({ session_id }) => session_id)).size).toBe(1);
});

test("a conversation is shown, listed, pointed elsewhere, let go of, and begun anew", async () => {
  const world = aWorld();
  expect((await world.app.request(PATH)).status).toBe(404);
  const { session_id } = await resolved(world);
  expect((await world.app.request(PATH, { method: "HEAD" })).status).toBe(200);
  expect(await jsonOf<ConversationView>(world.app.request(PATH))).toMatchObject({
    session_id,
    generation: 1,
    user_id: ID,
    degraded: false,
  });
  const put = (body: object) => world.app.request(PATH, { ...post(body), method: "PUT" });
  expect((await put({ session_id: "nobody" })).status).toBe(404);
  await world.app.request(OWN, post({ session_id: "s-9" }));
  expect(await jsonOf<ConversationView>(put({ session_id: "s-9" }))).toMatchObject({
    session_id: "s-9",
    generation: 2,
  });
  expect(await jsonOf<ConversationView>(put({ session_id: "s-9" }))).toMatchObject({
    generation: 2,
  });
  const list = await jsonOf<ConversationListing>(
    world.app.request(`/v1/conversations?user=${encodeURIComponent(ID)}`),
  );
  expect(list.data.map((one) => one.session_id)).toEqual(["s-9"]);
  expect((await world.app.request(PATH, { method: "DELETE" })).status).toBe(204);
  expect((await world.app.request(PATH)).status).toBe(404);
  expect((await world.app.request(PATH, { method: "DELETE" })).status).toBe(404);
  expect(await resolved(world)).toMatchObject({ created: true, generation: 3 });
});

test("G7: of those who clear at once one opens the next session, which all are told of", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  const clears = Array.from({ length: 9 }, (_, at) =>
    jsonOf<MoveAnswer>(
      world.app.request(`${PATH}/clear`, post({ summary: at % 2 === 0 ? "even" : "odd" })),
    ),
  );
  const moved = await Promise.all(clears);
  expect(new Set(moved.map((one) => one.session_id)).size).toBe(1);
  expect(new Set(moved.map((one) => one.summary)).size).toBe(1);
  expect(moved[0]).toMatchObject({ previous_session_id: session_id, generation: 2 });
  expect((await resolved(world)).session_id).toBe(moved[0]?.session_id ?? "");
  expect((await world.app.request(`${OWN}/${session_id}`)).status).toBe(200);
});

test("G31: nobody is moved on from a session that is off the record", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  await saying(world, session_id, "one", "two", "three", "four", "five", "six");
  const switched = (on: boolean) =>
    world.app.request(`${OWN}/${session_id}/off-record`, post({ on }));
  expect((await switched(true)).status).toBe(201);
  for (const move of ["clear", "compact"] as const) {
    const answer = await world.app.request(`${PATH}/${move}`, post({ summary: "not to be kept" }));
    expect([move, answer.status]).toEqual([move, 409]);
    expect(await answer.text()).toContain("off the record");
  }
  expect(await resolved(world)).toMatchObject({ session_id, generation: 1 });
  expect((await switched(false)).status).toBe(201);
  expect((await world.app.request(`${PATH}/clear`, post({}))).status).toBe(201);
});

test("compaction says what was said, links back, and leaves short sessions alone", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  await saying(world, session_id, "We decided on Tuesday.", "Who brings the cake?");
  const few = await jsonOf<CompactAnswer>(world.app.request(`${PATH}/compact`, post({})));
  expect(few).toEqual({
    compacted: false,
    reason: "Session has too few messages to compact.",
    session_id,
    message_count: 2,
    degraded: false,
  });
  await saying(world, session_id, "I will bring it.");
  const done = await jsonOf<CompactAnswer>(world.app.request(`${PATH}/compact`, post({})));
  expect(done).toMatchObject({
    compacted: true,
    previous_session_id: session_id,
    message_count: 3,
  });
  expect("summary" in done ? done.summary : "").toContain("We decided on Tuesday.");
  await saying(world, done.session_id, "a", "b", "c");
  const given = await jsonOf<CompactAnswer>(
    world.app.request(`${PATH}/compact`, post({ summary: "mine" })),
  );
  expect(given).toMatchObject({ compacted: true, summary: "mine", generation: 3 });
});

test("G8: both stores away: a known conversation is answered, an unknown one is not guessed at", async () => {
  const world = aWorld();
  const before = await resolved(world);
  world.away.redis = true;
  world.away.library = true;
  expect(await resolved(world)).toEqual({ ...before, created: false, degraded: true });
  const other = await world.app.request("/v1/conversations/other/resolve", post({}));
  expect([other.status, other.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(world.handed.length).toBe(1);
});

test("G8: Postgres away: a new conversation is opened, one that Redis let go of long ago is not begun anew", async () => {
  const world = aWorld();
  world.away.library = true;
  expect(await resolved(world)).toMatchObject({ created: true });
  world.sessions.hot.clear();
  world.away.journal = true;
  const later = new Date("2026-03-01T00:00:00.000Z");
  const restarted = appOf({ ...world.ports, now: () => later });
  expect((await restarted.request(`${PATH}/resolve`, post({}))).status).toBe(503);
});

test("Redis away: what Postgres knows holds, and the answer says so", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  await world.app.request(`${PATH}/clear`, post({}));
  world.away.redis = true;
  const again = appOf(world.ports);
  const answer = await jsonOf<ResolveAnswer>(again.request(`${PATH}/resolve`, post({})));
  expect(answer).toMatchObject({ created: false, degraded: true, generation: 2 });
  expect(answer.session_id).not.toBe(session_id);
});

test("two servers, one conversation: what one moves on the other knows", async () => {
  const world = aWorld();
  const other = appOf(world.ports);
  await resolved(world);
  await jsonOf(other.request(`${PATH}/resolve`, post({})));
  const moved = await jsonOf<MoveAnswer>(other.request(`${PATH}/clear`, post({})));
  expect((await resolved(world)).session_id).toBe(moved.session_id);
});
