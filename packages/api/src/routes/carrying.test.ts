/** What goes on when a conversation does: summaries, the model, how a session began. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type {
  CompactAnswer,
  ResolveAnswer,
  ResumeAnswer,
  SaidAnswer,
} from "../contract-sessions.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

const PATH = "/v1/conversations/c";
const USER = "/v1/users/ada/sessions";
const FORKS = 24;
const ADA = { user_id: "ada" };

function aWorld() {
  const fake = fakePorts();
  return { ...fake, app: appOf({ ...fake.ports, newId: randomUUID }) };
}
type App = ReturnType<typeof aWorld>["app"];

async function compacted(app: App, session: string, body: object): Promise<CompactAnswer> {
  const messages = [1, 2, 3].map(() => ({ role: "user", content: "We decided on Tuesday." }));
  await app.request(`${USER}/${session}/messages`, post({ messages }));
  return await jsonOf<CompactAnswer>(app.request(`${PATH}/compact`, post({ ...ADA, ...body })));
}

const resumed = (app: App, session: string) =>
  jsonOf<ResumeAnswer>(app.request(`${USER}/${session}/resume`, post({})));

test("K20: compacted again and again, nothing that was summed up is lost, and the model goes on", async () => {
  const { app } = aWorld();
  const first = await jsonOf<ResolveAnswer>(app.request(`${PATH}/resolve`, post(ADA)));
  await app.request(`${USER}/${first.session_id}/model`, post({ model: "opus" }));
  const two = await compacted(app, first.session_id, { summary: "It began in May." });
  const three = await compacted(app, two.session_id, { summary: "Then came June." });
  expect(three).toMatchObject({ summary: "Then came June.", earlier_summary: "It began in May." });
  const four = await compacted(app, three.session_id, {});
  const { opened, session_metadata } = await resumed(app, four.session_id);
  for (const words of ["It began in May.", "Then came June.", "We decided on Tuesday."])
    expect(opened?.summary).toContain(words);
  expect(session_metadata.last_model).toBe("opus");
});

test("K21: a conversation pointed back at a compacted session finds it as it was", async () => {
  const { app } = aWorld();
  const first = await jsonOf<ResolveAnswer>(app.request(`${PATH}/resolve`, post(ADA)));
  const two = await compacted(app, first.session_id, { summary: "so far" });
  const before = await resumed(app, two.session_id);
  await app.request(`${PATH}/clear`, post(ADA));
  for (const id of ["c", "other"]) {
    const put = { ...post({ ...ADA, session_id: two.session_id }), method: "PUT" };
    expect((await app.request(`/v1/conversations/${id}`, put)).status).toBe(200);
    const { opened, session_metadata } = await resumed(app, two.session_id);
    expect(opened).toEqual(before.opened);
    expect(session_metadata.conversation_id).toBe("c");
  }
});

test("A3: of several messages each has its own answer, and one that is known otherwise takes no other with it", async () => {
  const { app, handed } = aWorld();
  await app.request(USER, post({ session_id: "s" }));
  const at = `${USER}/s/messages`;
  const said = (message_id: string, content = message_id) => ({
    message_id,
    role: "user",
    content,
  });
  await app.request(at, post(said("b")));
  const before = handed.length;
  const mixed = await app.request(
    at,
    post({ messages: [said("a"), said("b", "other"), said("c")] }),
  );
  expect(mixed.status).toBe(207);
  const { receipts } = await jsonOf<SaidAnswer>(mixed);
  expect(receipts).toMatchObject([
    { stored: true, status: "created", message_id: "a" },
    {
      stored: false,
      status: "conflict",
      message_id: "b",
      error: { code: "conflict", path: "messages.1" },
    },
    { stored: true, status: "created", message_id: "c" },
  ]);
  expect(handed.length).toBe(before + 2);
  expect((await app.request(at, post({ messages: [said("b", "x"), said("c", "x")] }))).status).toBe(
    409,
  );
  expect((await app.request(at, post(said("b", "x")))).status).toBe(409);
});

test("a fork of a fork, two dozen times over, has the whole history", async () => {
  const { app } = aWorld();
  await app.request(USER, post({ session_id: "f-0" }));
  for (let at = 0; at < FORKS; at += 1) {
    const said = { message_id: `m-${at}`, role: "user", content: "x" };
    const { seq } = await jsonOf<{ seq: number }>(
      app.request(`${USER}/f-${at}/messages`, post(said)),
    );
    const fork = { at: seq, session_id: `f-${at + 1}` };
    expect((await app.request(`${USER}/f-${at}/fork`, post(fork))).status).toBe(201);
  }
  const page = await jsonOf<{ data: { message_id: string }[] }>(
    app.request(`${USER}/f-${FORKS}/messages?limit=500`),
  );
  expect(page.data.map(({ message_id }) => message_id)).toEqual(
    Array.from({ length: FORKS }, (_, at) => `m-${at}`),
  );
});
