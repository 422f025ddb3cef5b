/** Summaries that were made here, of messages that are deleted after. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { CompactAnswer, ResolveAnswer, ResumeAnswer } from "../contract-sessions.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

const PATH = "/v1/conversations/c";
const USER = "/v1/users/ada/sessions";
const ADA = { user_id: "ada" };
type App = ReturnType<typeof appOf>;
type World = Fake & { readonly app: App };

function aWorld(): World {
  const fake = fakePorts();
  const ports = { ...fake.ports, newId: randomUUID };
  return { ...fake, ports, app: appOf(ports) };
}

async function say(app: App, session: string, ...texts: readonly string[]): Promise<void> {
  const messages = texts.map((content) => ({
    role: "user",
    content,
    message_id: content.split(" ")[0],
  }));
  expect((await app.request(`${USER}/${session}/messages`, post({ messages }))).status).toBe(201);
}

const compact = (app: App, key: string): Promise<CompactAnswer> =>
  jsonOf<CompactAnswer>(app.request(`${PATH}/compact`, post(ADA, { "idempotency-key": key })));

/** All that is told of a session. */
async function toldOf(app: App, session: string): Promise<string> {
  const paths = ["", "/export?format=md", "/export?format=json&transcript=all", "/journey"];
  const given = paths.map(async (path) => (await app.request(`${USER}/${session}${path}`)).text());
  const resumed = await jsonOf<ResumeAnswer>(app.request(`${USER}/${session}/resume`, post({})));
  return [...(await Promise.all(given)), JSON.stringify(resumed)].join("\n");
}

/** A conversation compacted twice, its first session forked from another one. */
async function aCompacted(world: World) {
  const { app } = world;
  const { session_id: parent } = await jsonOf<ResolveAnswer>(
    app.request("/v1/conversations/before/resolve", post(ADA)),
  );
  await say(app, parent, "m-old We decided on quartz.");
  const forked = await jsonOf<{ session_id: string }>(
    app.request(`${USER}/${parent}/fork`, post({ at: "m-old" })),
  );
  const put = { ...post({ ...ADA, session_id: forked.session_id }), method: "PUT" };
  expect((await app.request(PATH, put)).status).toBe(200);
  await say(
    app,
    forked.session_id,
    "m-1 We decided on zanzibar.",
    "m-2 Boats are fine.",
    "m-3 Ok.",
  );
  const two = await compact(app, "first");
  await say(app, two.session_id, "m-4 We decided on pears.", "m-5 Plums are fine.", "m-6 Ok.");
  const three = await compact(app, "second");
  return { parent, forked: forked.session_id, two, three };
}

const deleted = async ({ app }: World, session: string, id: string): Promise<void> =>
  void expect(
    (await app.request(`${USER}/${session}/messages/${id}`, { method: "DELETE" })).status,
  ).toBeLessThan(300);

test("G30: what was deleted is in no summary made before, of whichever session it was", async () => {
  const world = aWorld();
  const { parent, forked, two, three } = await aCompacted(world);
  const before = await toldOf(world.app, three.session_id);
  for (const word of ["quartz", "zanzibar", "pears", "Boats"]) expect(before).toContain(word);
  expect(before).not.toContain("summary_from");
  await deleted(world, forked, "m-1");
  await deleted(world, parent, "m-old");
  for (const app of [world.app, appOf(world.ports)]) {
    for (const session of [two.session_id, three.session_id]) {
      const told = await toldOf(app, session);
      expect(told).not.toMatch(/quartz|zanzibar/);
      expect(told).toContain("Boats");
    }
  }
  expect(await toldOf(world.app, three.session_id)).toContain("pears");
});

test("G30: a compaction that is asked for again tells nothing that was deleted since, and goes on without it", async () => {
  const world = aWorld();
  const { forked, two, three } = await aCompacted(world);
  await deleted(world, forked, "m-1");
  // Another process, as after a restart: this one answers a retry with what it answered.
  const app = appOf(world.ports);
  for (const [key, session] of [
    ["first", two],
    ["second", three],
  ] as const) {
    const again = await compact(app, key);
    expect(again.session_id).toBe(session.session_id);
    expect(JSON.stringify(again)).not.toContain("zanzibar");
    expect(JSON.stringify(again)).toContain("Boats");
  }
  await say(app, three.session_id, "m-7 One.", "m-8 Two.", "m-9 Three.");
  const four = await compact(app, "third");
  expect(JSON.stringify(four)).not.toContain("zanzibar");
  await deleted(world, two.session_id, "m-4");
  expect(await toldOf(app, four.session_id)).not.toMatch(/zanzibar|pears/);
});

test("G30: where nobody can know whether it was deleted it is left out, and the answer says so", async () => {
  const world = aWorld();
  const { three } = await aCompacted(world);
  const ports = world.ports;
  const state: typeof ports.sessionStore.state = async (name, floor) =>
    name.session_id === three.session_id ? await ports.sessionStore.state(name, floor) : null;
  const app = appOf({ ...ports, sessionStore: { ...ports.sessionStore, state } });
  await app.request(`${USER}/${three.session_id}`);
  world.away.library = true;
  const { opened, degraded } = await jsonOf<ResumeAnswer>(
    app.request(`${USER}/${three.session_id}/resume`, post({})),
  );
  expect([opened?.summary, degraded]).toEqual([null, true]);
});
