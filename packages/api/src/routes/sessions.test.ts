/** Sessions through the API: what is written is read, whoever is away; what is wrong is named. */
import { expect, test } from "bun:test";
import type {
  BreakthroughListing,
  ContextAnswer,
  EmotionListing,
  HistoryAnswer,
  RecordedAnswer,
  SaidAnswer,
  SessionView,
  StatsAnswer,
} from "../contract-sessions.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";
import { AT, aFullSession, aSession, resume, say, USER } from "../testing/session-world.ts";

test("what was said, felt and reached is there when the session is resumed", async () => {
  const world = await aFullSession();
  expect(await resume(world)).toMatchObject({
    session_metadata: { user_id: "ada/1", session_id: "s:1", last_model: "opus" },
    emotional_state: { current: "curious", intensity: 0.4, confidence: 0.7 },
    context_snapshot: { current_theme: "calls", working_hypotheses: ["a"] },
    recent_messages: [{ message_id: "m-1" }, { message_id: "m-2" }, { message_id: "m-3" }],
    recent_milestones: [{ description: "named it", emotion: "anxious" }],
    last_breakthrough: { insight: "less sure" },
    degraded: false,
  });
  const emotions = await jsonOf<EmotionListing>(world.app.request(`${AT}/emotion/history?limit=1`));
  expect(emotions).toMatchObject({
    data: [{ from: "neutral", emotion: "anxious" }],
    has_more: true,
  });
  const next = `${AT}/emotion/history?limit=1&cursor=${emotions.next_cursor}`;
  expect(await jsonOf<EmotionListing>(world.app.request(next))).toMatchObject({
    data: [{ from: "anxious", emotion: "curious" }],
    has_more: false,
  });
  const sure = `${AT}/breakthroughs?order=confidence`;
  const breakthroughs = await jsonOf<BreakthroughListing>(world.app.request(sure));
  expect(breakthroughs.data.map(({ insight }) => insight)).toEqual(["sure", "less sure"]);
  expect(await jsonOf<StatsAnswer>(world.app.request(`${AT}/stats`))).toMatchObject({
    message_count: 3,
    ttl_seconds: 604_800,
  });
});

test("null clears a field of the context, and what is not named stays", async () => {
  const world = await aFullSession();
  const patch = { ...post({ session_notes: null }), method: "PATCH" };
  expect((await world.app.request(`${AT}/context`, patch)).status).toBe(201);
  expect(await jsonOf<ContextAnswer>(world.app.request(`${AT}/context`))).toMatchObject({
    current_theme: "calls",
    session_notes: null,
  });
});

test("G5: a session that Redis lost, or that was read by a server that knows nothing, is the same", async () => {
  const world = await aFullSession();
  const { degraded: _, session_metadata, ...before } = await resume(world);
  world.sessions.hot.clear();
  const restarted = appOf(world.ports);
  const after = await resume(world, restarted);
  expect(after).toMatchObject({ ...before, counts: expect.anything(), degraded: false });
  expect(after.session_metadata.started_at).toBe(session_metadata.started_at);
  expect(world.sessions.hot.size).toBeGreaterThan(10);
});

test("G4: with Redis away and Postgres behind, who was answered reads what he wrote", async () => {
  const world = await aSession();
  world.away.redis = true;
  world.sessions.lag.entries = 3;
  for (const id of ["m-1", "m-2", "m-3"])
    expect(await jsonOf<RecordedAnswer>(say(world, id))).toMatchObject({
      stored: true,
      status: "created",
      degraded: true,
    });
  const page = await jsonOf<HistoryAnswer>(world.app.request(`${AT}/messages`));
  expect(page.data.map(({ message_id }) => message_id)).toEqual(["m-1", "m-2", "m-3"]);
  const view = await jsonOf<SessionView>(world.app.request(AT));
  expect([view.counts.messages, view.degraded]).toEqual([3, true]);
});

test("G4: a Redis that fell behind is not believed, by who was told and by a server begun since", async () => {
  const world = await aFullSession();
  await say(world, "m-4");
  // As after an older copy was put back: the newest word is missing, in Postgres too.
  const newest = [...world.sessions.hot.keys()].at(-1) ?? "";
  const before = world.handed.length - 1;
  const lose = (): void => {
    world.sessions.hot.delete(newest);
    world.sessions.applied.to = before;
    world.sessions.lag.entries = world.handed.length - before;
  };
  for (const app of [world.app, appOf(world.ports)]) {
    lose();
    const { counts } = await jsonOf<SessionView>(app.request(AT));
    expect(counts.messages).toBe(4);
    lose();
    expect((await resume(world, app)).recent_messages.at(-1)?.message_id).toBe("m-4");
  }
});

test("G4: with both away, a session that began here goes on", async () => {
  const world = await aSession();
  world.away.redis = true;
  world.away.library = true;
  expect((await say(world, "m-1")).status).toBe(201);
  expect(await resume(world)).toMatchObject({
    recent_messages: [{ message_id: "m-1" }],
    degraded: true,
  });
  const other = await world.app.request(`${USER}/sessions/other`);
  expect(other.status).toBe(503);
});

test("history goes page by page in both orders, without a hole, while Postgres is behind", async () => {
  const world = await aSession();
  const ids = Array.from({ length: 23 }, (_, at) => `m-${at}`);
  for (const id of ids) await say(world, id);
  world.sessions.lag.entries = 9;
  for (const order of ["asc", "desc"]) {
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const more: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const path = `${AT}/messages?limit=5&order=${order}${more}`;
      const page: HistoryAnswer = await jsonOf<HistoryAnswer>(world.app.request(path));
      seen.push(...page.data.map(({ message_id }) => message_id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(order === "asc" ? ids : ids.toReversed());
  }
});

test("G3: a message said again is known, and said otherwise it is a conflict", async () => {
  const world = await aSession();
  const first = await jsonOf<RecordedAnswer>(say(world, "m-1", "hello"));
  const again = await say(world, "m-1", "hello");
  expect(again.status).toBe(200);
  expect(await jsonOf<RecordedAnswer>(again)).toMatchObject({ status: "known", seq: first.seq });
  expect((await say(world, "m-1", "other")).status).toBe(409);
  expect(world.handed.length).toBe(2);
});

test("G3: an Idempotency-Key records once, also by a server that was restarted", async () => {
  const world = await aSession();
  const once = post({ emotion: "happy" }, { "idempotency-key": "k" });
  const first = await jsonOf<RecordedAnswer>(world.app.request(`${AT}/emotion`, once));
  const again = await appOf(world.ports).request(`${AT}/emotion`, once);
  expect(await jsonOf<RecordedAnswer>(again)).toEqual(first);
});

test("G9: nothing begins by being written to, and another user's session is not there", async () => {
  const world = await aSession();
  for (const path of [`${USER}/sessions/none`, "/v1/users/bob/sessions/s%3A1"]) {
    expect((await world.app.request(path)).status).toBe(404);
    const message = post({ role: "user", content: "x" });
    expect((await world.app.request(`${path}/messages`, message)).status).toBe(404);
    expect((await world.app.request(`${path}/resume`, post({}))).status).toBe(404);
  }
  expect((await world.app.request(`${AT}/messages/none`, { method: "DELETE" })).status).toBe(404);
  expect(world.handed.length).toBe(1);
});

test("G10: off the record nothing is handed to anybody, and every answer says so", async () => {
  const world = await aSession();
  expect((await world.app.request(`${AT}/off-record`, post({ on: true }))).status).toBe(201);
  const before = world.handed.length;
  for (const [path, body] of [
    ["/messages", { role: "user", content: "secret" }],
    ["/emotion", { emotion: "happy" }],
    ["/notes", { text: "secret" }],
  ] as const) {
    const answer = await world.app.request(AT + path, post(body));
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { stored: false, off_record: true, degraded: false },
    ]);
  }
  await world.app.request(`${AT}/off-record`, post({ on: false }));
  const messages = [
    { role: "user", content: "secret", off_record: true },
    { role: "user", content: "said" },
  ];
  const mixed = await jsonOf<SaidAnswer>(world.app.request(`${AT}/messages`, post({ messages })));
  expect(mixed.receipts.map(({ stored }) => stored)).toEqual([false, true]);
  expect(world.handed.length).toBe(before + 2);
  expect(Buffer.concat(world.handed.map(({ raw }) => raw)).toString()).not.toContain("secret");
});

test("G10: whoever goes off the record is off it with the next word, however little time has passed", async () => {
  const world = await aSession();
  const app = appOf({ ...world.ports, now: () => new Date(0) });
  const send = async (path: string, body: object) =>
    (await app.request(AT + path, post(body))).status;
  const word = { role: "user", content: "secret" };
  expect(await send("/messages", word)).toBe(201);
  expect(await send("/off-record", { on: true })).toBe(201);
  expect(await send("/messages", word)).toBe(202);
  expect(await send("/off-record", { on: false })).toBe(201);
  expect(await send("/messages", word)).toBe(201);
});

test("G11: of writes on one condition one is made, the others are told where the session is", async () => {
  const world = await aSession();
  const etag = (await world.app.request(AT)).headers.get("etag") ?? "";
  const all = await Promise.all(
    Array.from({ length: 8 }, () =>
      world.app.request(`${AT}/emotion`, post({ emotion: "happy" }, { "if-match": etag })),
    ),
  );
  expect(all.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(412)]);
  const made = all.find(({ status }) => status === 201)?.headers.get("etag");
  expect((await world.app.request(AT)).headers.get("etag")).toBe(made ?? "");
});

for (const [path, body, says] of [
  ["/emotion", { emotion: "happy", intensity: 1.5 }, "emotion.intensity must be from 0 to 1"],
  ["/emotion", { emotion: "bored" }, "emotion.emotion must be one of neutral, happy"],
  ["/messages", { role: "user" }, "content is missing"],
  [
    "/messages",
    { role: "user", content: "", emotion: { emotion: "happy", intensity: -1 } },
    "emotion.intensity must be from 0 to 1",
  ],
  ["/messages", { messages: [{ role: "nobody", content: "" }] }, "messages.0.role must be one of"],
  ["/context", { theme: "x" }, "theme is not known here; there is current_theme"],
  ["/ttl", { ttl_days: 0 }, "ttl_days must be 1 or more"],
  ["/model", {}, "model is missing"],
] as const)
  test(`a wrong field is named: ${path} ${JSON.stringify(body)}`, async () => {
    const world = await aSession();
    const answer = await world.app.request(AT + path, post(body));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "input_invalid",
      detail: expect.stringContaining(says),
    });
  });

test("a message that says no more than the word messages is one message", async () => {
  const world = await aSession();
  const body = { content: "messages", role: "user", message_id: "messages" };
  expect((await world.app.request(`${AT}/messages`, post(body))).status).toBe(201);
  const many = { messages: [{ role: "user", content: "second" }] };
  expect((await world.app.request(`${AT}/messages`, post(many))).status).toBe(201);
});
