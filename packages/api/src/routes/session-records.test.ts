/** Forks, documents, citations and lists of sessions. */
import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { offeredEvent } from "@verbatim/core/sessions";
import type {
  CitationAnswer,
  CitationListing,
  HistoryAnswer,
  RecordedAnswer,
  ResumeAnswer,
  StartedAnswer,
  UserSessionListing,
} from "../contract-sessions.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";
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

test("URIs begin with the scheme that was set, and only such are found", async () => {
  const world = await aSession();
  const app = appOf(world.ports, null, { uriScheme: "acme" });
  const felt = post({ emotion: "happy" });
  const made = await jsonOf<RecordedAnswer>(app.request(`${AT}/emotion`, felt));
  expect(made.tracking_id).toBe(`acme://citation/${made.citation_id}`);
  const found = async (uri: string) =>
    (await app.request(`/v1/citations/${encodeURIComponent(uri)}`)).status;
  expect(await found(`acme://citation/${made.citation_id}`)).toBe(200);
  expect(await found(`if://citation/${made.citation_id}`)).toBe(404);
  const markdown = await (await app.request(`${AT}/export?audience=therapist`)).text();
  expect(markdown).toContain("acme://conversation/s%3A1");
  expect(markdown).not.toContain("if://");
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

test("a short export shows the words of the newest messages and of what triggered a breakthrough, and counts all", async () => {
  const world = await aSession();
  for (let one = 1; one <= 60; one += 1) await say(world, `m-${one}`, `word ${one}.`);
  const body = { insight: "sure", trigger_message_id: "m-2" };
  expect((await world.app.request(`${AT}/breakthroughs`, post(body))).status).toBe(201);
  const text = await (await world.app.request(`${AT}/export?format=md`)).text();
  for (const shown of ["word 2.", "word 11.", "word 60.", "60 user"]) expect(text).toContain(shown);
  for (const cut of ["word 3.", "word 10."]) expect(text).not.toContain(cut);
  const whole = await world.app.request(`${AT}/export?transcript=all`);
  expect(whole.headers.get("content-type")).toStartWith("text/markdown");
  for (const all of ["word 1.", "word 3.", "word 60.", "**Audience:** client"])
    expect(await whole.clone().text()).toContain(all);
});

test("a note that another server took while the record was switched off is shown to nobody", async () => {
  const world = await aFullSession();
  const off = await world.app.request(`${AT}/off-record`, post({ on: true }));
  expect(off.status).toBe(201);
  const head = { v: 1, event_id: randomUUID(), user_id: "ada/1", session_id: "s:1" } as const;
  const note = { ...head, by: null, event: "note_written", text: "zanzibar" } as const;
  await world.ports.intake.hand([offeredEvent(note)]);
  for (const path of [
    "/notes",
    "/export?audience=therapist",
    "/export?audience=therapist&format=json",
  ]) {
    const text = await (await world.app.request(AT + path)).text();
    expect(text).toContain("for the therapist");
    expect(text).not.toContain("zanzibar");
  }
});
