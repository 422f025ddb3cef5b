/** Forks, documents, citations and lists of sessions. */
import { expect, test } from "bun:test";
import type {
  CitationAnswer,
  CitationListing,
  HistoryAnswer,
  RecordedAnswer,
  ResumeAnswer,
  StartedAnswer,
  UserSessionListing,
} from "../contract-sessions.ts";
import { jsonOf, post } from "../testing/requests.ts";
import { AT, aFullSession, aSession, say, USER } from "../testing/session-world.ts";

test("a fork goes on from a message, with what was said before it", async () => {
  const world = await aFullSession();
  const ask = post({ at: "m-2", session_id: "fork" });
  const fork = await jsonOf<StartedAnswer>(world.app.request(`${AT}/fork`, ask));
  expect(fork).toMatchObject({ forked_from: { session_id: "s:1" }, model: "opus" });
  const path = `${USER}/sessions/fork`;
  const more = post({ role: "user", content: "x", message_id: "m-9" });
  await world.app.request(`${path}/messages`, more);
  const history = await jsonOf<HistoryAnswer>(world.app.request(`${path}/messages`));
  expect(history.data.map(({ message_id }) => message_id)).toEqual(["m-1", "m-2", "m-9"]);
  const resumed = await jsonOf<ResumeAnswer>(world.app.request(`${path}/resume`, post({})));
  expect(resumed.recent_messages.length).toBe(3);
});

test("documents show what may be shown: the client's without notes, neither with what was deleted", async () => {
  const world = await aFullSession();
  await say(world, "m-gone", "DELETED WORDS");
  expect((await world.app.request(`${AT}/messages/m-gone`, { method: "DELETE" })).status).toBe(201);
  const client = await (await world.app.request(`${AT}/export?transcript=all`)).text();
  expect(client).toContain("# ");
  expect(client).not.toContain("for the therapist");
  expect(client).not.toContain("DELETED");
  const therapist = await world.app.request(`${AT}/export?audience=therapist&format=json`);
  expect(await therapist.json()).toMatchObject({ notes: [{ text: "for the therapist" }] });
});

test("a citation is resolved by id and URI, judged with a trail, and revoked for good", async () => {
  const world = await aFullSession();
  const felt = post({ emotion: "happy" });
  const made = await jsonOf<RecordedAnswer>(world.app.request(`${AT}/emotion`, felt));
  world.sessions.lag.entries = 1;
  const path = `/v1/citations/${encodeURIComponent(made.tracking_id ?? "")}`;
  expect(await jsonOf<CitationAnswer>(world.app.request(path))).toMatchObject({
    citation_id: made.citation_id,
    event: "emotion_changed_from_curious_to_happy",
    status: "unverified",
  });
  const judge = (status: string) =>
    world.app.request(`/v1/citations/${made.citation_id}/judge`, post({ status, why: "so" }));
  expect((await judge("disputed")).status).toBe(201);
  expect((await judge("revoked")).status).toBe(201);
  expect((await judge("verified")).status).toBe(409);
  const citation = await jsonOf<CitationAnswer>(world.app.request(path));
  expect(citation.trail.map(({ status }) => status)).toEqual(["disputed", "revoked"]);
  const query = "/v1/citations?user=ada%2F1&type=milestone_recorded";
  const list = await jsonOf<CitationListing>(world.app.request(query));
  expect(list.data.map(({ event }) => event)).toEqual(["milestone_reached"]);
  expect((await world.app.request("/v1/citations/none")).status).toBe(404);
});

test("a user's sessions are listed, those Postgres has not heard of yet too", async () => {
  const world = await aSession();
  await world.app.request(`${USER}/sessions`, post({ session_id: "s:2" }));
  world.sessions.lag.entries = 1;
  const ids = async () => {
    const list = await jsonOf<UserSessionListing>(world.app.request(`${USER}/sessions`));
    return list.data.map(({ session_id }) => session_id);
  };
  expect(await ids()).toEqual(["s:2", "s:1"]);
  world.away.library = true;
  expect(await ids()).toEqual(["s:2", "s:1"]);
});
