/** Moving on, and asking again, while servers are killed, Redis is emptied and Postgres is behind. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type {
  CitationListing,
  CompactAnswer,
  ConversationView,
  HistoryAnswer,
  MoveAnswer,
  ResolveAnswer,
  SessionView,
} from "../contract-sessions.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

const PATH = "/v1/conversations/c%3A1";
const USER = "/v1/users/ada/sessions";
const ADA = { user_id: "ada" };

type World = Fake & { app: ReturnType<typeof appOf> };

function aWorld(): World {
  const fake = fakePorts();
  let seconds = 0;
  const now = (): Date => {
    seconds += 1;
    return new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
  };
  const ports = { ...fake.ports, newId: randomUUID, now };
  return { ...fake, ports, app: appOf(ports) };
}

/** The server killed, Redis emptied, Postgres without anything that was heard since `settled`. */
function killed(world: World, settled: number): void {
  world.app = appOf(world.ports);
  world.sessions.hot.clear();
  world.sessions.lag.entries = world.handed.length - settled;
}

const ask = (world: World, path: string, body: object = {}, headers = {}) =>
  Promise.resolve(world.app.request(path, post({ ...ADA, ...body }, headers)));
const resolved = (world: World) => jsonOf<ResolveAnswer>(ask(world, `${PATH}/resolve`));
const cleared = (world: World) => jsonOf<MoveAnswer>(ask(world, `${PATH}/clear`));

async function say(world: World, session: string, ...ids: string[]): Promise<void> {
  const messages = ids.map((message_id) => ({ message_id, role: "user", content: message_id }));
  const path = `${USER}/${session}/messages`;
  expect((await world.app.request(path, post({ messages }))).status).toBe(201);
}

test("G21: who clears after a kill gets past what was acknowledged before it", async () => {
  const world = aWorld();
  await resolved(world);
  const settled = world.handed.length;
  for (const generation of [2, 3, 4]) {
    expect(await cleared(world)).toMatchObject({ generation });
    killed(world, settled);
  }
  expect(await jsonOf<ConversationView>(world.app.request(`${PATH}?user=ada`))).toMatchObject({
    generation: 4,
    degraded: false,
  });
});

test("G21: a server that heard nothing of what another moved gets past it all the same", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  await say(world, session_id, "a", "b", "c");
  const settled = world.handed.length;
  const other = appOf(world.ports);
  for (const _ of [1, 2, 3]) await other.request(`${PATH}/clear`, post(ADA));
  world.sessions.hot.clear();
  world.sessions.lag.entries = world.handed.length - settled;
  const [one, two] = await Promise.all([cleared(world), cleared(world)]);
  expect(one.generation).toBe(5);
  expect(two.session_id).toBe(one.session_id);
  const compacted = await jsonOf<CompactAnswer>(ask(world, `${PATH}/compact`));
  expect(compacted).toMatchObject({ compacted: false, session_id: one.session_id });
});

test("G20: what was acknowledged before a kill is shown after it, also where both stores lack it", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  const at = `${USER}/${session_id}`;
  await say(world, session_id, "a");
  const settled = world.handed.length;
  await say(world, session_id, "b", "c");
  await world.app.request(`${at}/emotion`, post({ emotion: "happy" }));
  killed(world, settled);
  const history = await jsonOf<HistoryAnswer>(world.app.request(`${at}/messages`));
  expect(history.data.map(({ message_id }) => message_id)).toEqual(["a", "b", "c"]);
  expect(history.degraded).toBe(false);
  const view = await jsonOf<SessionView>(world.app.request(at));
  expect(view).toMatchObject({ emotional_state: { current: "happy" }, degraded: false });
  const cited = await jsonOf<CitationListing>(
    world.app.request("/v1/citations?user=ada&type=emotion_state_update"),
  );
  expect(cited.data).toMatchObject([{ event: "emotion_changed_from_neutral_to_happy" }]);
  expect(cited.degraded).toBe(false);
});

test("G20: where the journal cannot be read, what may be missing is said", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  killed(world, world.handed.length);
  world.away.journal = true;
  // Nobody can know what one session lacks; which session holds is known, as far as anybody knows.
  expect((await world.app.request(`${USER}/${session_id}`)).status).toBe(503);
  const talk = await jsonOf<ConversationView>(world.app.request(`${PATH}?user=ada`));
  expect([talk.session_id, talk.degraded]).toEqual([session_id, true]);
});

/** Every write there is, by a key of its own. */
async function writes(world: World): Promise<readonly (readonly [string, string, object])[]> {
  const { session_id } = await resolved(world);
  await say(world, session_id, "a", "b", "c");
  const at = `${USER}/${session_id}`;
  return [
    ["POST", "/v1/conversations/new/resolve", ADA],
    ["POST", USER, { model: "haiku" }],
    ["POST", USER, { session_id: "own", ttl_days: 3 }],
    ["POST", `${at}/fork`, { at: "b", session_id: "forked" }],
    ["POST", `${at}/fork`, { at: "a" }],
    ["POST", `${at}/messages`, { message_id: "d", role: "user", content: "d" }],
    ["POST", `${at}/messages`, { role: "user", content: "no id" }],
    ["POST", `${at}/messages`, { messages: [{ role: "user", content: "e", message_id: "e" }] }],
    ["POST", `${at}/emotion`, { emotion: "happy" }],
    ["POST", `${at}/milestones`, { description: "reached" }],
    ["POST", `${at}/emotion`, { emotion: "anxious" }],
    ["POST", `${at}/breakthroughs`, { insight: "understood" }],
    ["PATCH", `${at}/context`, { current_theme: "calls" }],
    ["POST", `${at}/model`, { model: "opus" }],
    ["POST", `${at}/ttl`, { ttl_days: 9 }],
    ["POST", `${at}/notes`, { text: "noted" }],
    ["DELETE", `${at}/messages/a`, {}],
    ["POST", `${at}/close`, {}],
    ["POST", `${PATH}/compact`, ADA],
    ["POST", `${PATH}/clear`, { ...ADA, summary: "so far" }],
    ["DELETE", "/v1/conversations/new?user=ada", {}],
  ];
}

test("G22: every write asked again by its key is answered the same, whatever was killed and emptied", async () => {
  const world = aWorld();
  const all = await writes(world);
  const settled = world.handed.length;
  const answerOf = async ([method, path, body]: (typeof all)[number], key: number) => {
    const headers = { "idempotency-key": `key-${key}` };
    const answer = await world.app.request(path, { ...post(body, headers), method });
    return [method, path, answer.status, await answer.text()];
  };
  const first: unknown[] = [];
  for (const [key, one] of all.entries()) first.push(await answerOf(one, key));
  for (const [, path, status] of first as [string, string, number][])
    expect([path, [200, 201, 204].includes(status)]).toEqual([path, true]);
  const handed = world.handed.length;
  killed(world, settled);
  const again: unknown[] = [];
  for (const [key, one] of all.entries()) again.push(await answerOf(one, key));
  expect(again).toEqual(first);
  expect(world.handed.length).toBe(handed);
});

test("G22: another request under a known key is not taken for a retry", async () => {
  const world = aWorld();
  const { session_id } = await resolved(world);
  const path = `${USER}/${session_id}/emotion`;
  const headers = { "idempotency-key": "k" };
  await world.app.request(path, post({ emotion: "happy" }, headers));
  expect((await world.app.request(path, post({ emotion: "anxious" }, headers))).status).toBe(422);
  killed(world, 0);
  expect((await world.app.request(path, post({ emotion: "anxious" }, headers))).status).toBe(409);
});
