/** Sessions that go on from others, and never from themselves. */
import { expect, test } from "bun:test";
import type { HistoryAnswer, ResolveAnswer } from "../contract-sessions.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

test("a session that a conversation opened is not begun again, and no history goes round in a circle", async () => {
  const { ports } = fakePorts();
  const app = appOf(ports);
  const users = "/v1/users/c/sessions";
  const { session_id } = await jsonOf<ResolveAnswer>(
    app.request("/v1/conversations/c/resolve", post({})),
  );
  const said = post({ role: "user", content: "one", message_id: "m-1" });
  expect((await app.request(`${users}/${session_id}/messages`, said)).status).toBe(201);
  const fork = post({ at: "m-1", session_id: "child" });
  expect((await app.request(`${users}/${session_id}/fork`, fork)).status).toBe(201);
  const back = post({ at: "m-1", session_id });
  expect((await app.request(`${users}/child/fork`, back)).status).toBe(409);
  expect((await app.request(users, post({ session_id }))).status).toBe(409);
  const history = await jsonOf<HistoryAnswer>(app.request(`${users}/child/messages`));
  expect(history.data.map(({ message_id }) => message_id)).toEqual(["m-1"]);
});

test("a fork goes on from an entry that is there, and G31: from no session off the record", async () => {
  const { ports } = fakePorts();
  const app = appOf(ports);
  const own = "/v1/users/ada/sessions";
  expect((await app.request(own, post({ session_id: "s" }))).status).toBe(201);
  const said = post({ role: "user", content: "one", message_id: "m-1" });
  expect((await app.request(`${own}/s/messages`, said)).status).toBe(201);
  const beyond = await app.request(`${own}/s/fork`, post({ at: 999_999 }));
  expect([beyond.status, await beyond.text()]).toEqual([
    404,
    expect.stringContaining("its last is 2"),
  ]);
  const fork = post({ at: 2, session_id: "child" });
  expect((await app.request(`${own}/s/fork`, fork)).status).toBe(201);
  expect((await app.request(`${own}/s/off-record`, post({ on: true }))).status).toBe(201);
  const other = await app.request(`${own}/s/fork`, post({ at: 2, session_id: "other" }));
  expect([other.status, await other.text()]).toEqual([
    409,
    expect.stringContaining("off the record"),
  ]);
  expect((await app.request(`${own}/s/fork`, fork)).status).toBe(200);
});
