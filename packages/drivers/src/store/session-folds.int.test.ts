/** Sessions kept folded in Postgres. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { makeSettle } from "@verbatim/core";
import {
  type EventFields,
  type EventName,
  type Happened,
  newLedger,
  type SessionName,
  type SessionState,
  stateOf,
  withEvents,
} from "@verbatim/core/sessions";
import { aHappened, anEventEntry } from "@verbatim/core/testing";
import { Client } from "pg";
import { testDatabaseUrl } from "../../test/services.ts";
import { openDeepStore } from "./deep.ts";
import { openSessionLibrary } from "./session-library.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const url = await testDatabaseUrl();
const deep = openDeepStore(url);
const library = openSessionLibrary(url);
const client = new Client({ connectionString: url });
await client.connect();
const ADA: SessionName = { user_id: "ada", session_id: "s-1" };

beforeEach(async () => {
  await deep.clear();
  await deep.claim("journal-1");
});
afterAll(async () => {
  await client.end();
  for (const one of [deep, library]) await one[Symbol.asyncDispose]();
});

/** Saves events in one stretch. */
const save = (events: readonly Happened[]): Promise<void> =>
  deep.save(events.map((one) => settle(anEventEntry(one))));
const heard = <Name extends EventName>(
  number: number,
  event: Name,
  fields: EventFields[Name],
): Happened => aHappened(number, event, fields);
const said = (number: number): Happened =>
  heard(number, "message_said", { message_id: `m-${number}`, role: "user", content: "oh" });

test("S16: the state of a session is read without its events, and added to as they come", async () => {
  const first = [heard(1, "session_started", { model: "opus" }), said(2), said(3), said(4)];
  const later = [
    heard(5, "message_deleted", { message_id: "m-3" }),
    heard(6, "message_deleted", { message_id: "of another session" }),
    heard(7, "message_said", { message_id: "m-2", role: "user", content: "again" }),
    heard(8, "note_written", { text: "a note" }),
    heard(9, "emotion_changed", { emotion: "anxious", intensity: 0.8, confidence: 0.7 }),
  ];
  for (const one of [...first, ...later]) await save([one]);
  const state = stateOf(withEvents(newLedger("ada", "s-1"), [...first, ...later]));
  expect(state.counts).toMatchObject({ messages: 2, deleted: 2, notes: 1, events: 9 });
  expect(await library.state(ADA)).toEqual(state);
  await client.query("TRUNCATE verbatim.session_events");
  expect(await library.state(ADA)).toEqual(state);
});

test("S16: of a message that was deleted no insight is left, whichever comes first", async () => {
  const words = { role: "user", content: "oh", insight: "Zanzibar" } as const;
  await save([
    heard(1, "message_said", { message_id: "m-1", ...words }),
    heard(2, "message_deleted", { message_id: "m-2" }),
  ]);
  await save([
    heard(3, "message_said", { message_id: "m-2", ...words }),
    heard(4, "message_deleted", { message_id: "m-1" }),
  ]);
  const found = await client.query("SELECT json::text FROM verbatim.session_members");
  expect(JSON.stringify(found.rows)).not.toContain("Zanzibar");
});

test("S16: a session that was saved before there were folds is folded when it is read, and for good when it goes on", async () => {
  const events = [heard(1, "session_started", { model: "opus" }), said(2), said(3)];
  await save(events);
  await client.query("UPDATE verbatim.session_heads SET kept = NULL, messages = 0, events = 0");
  await client.query("TRUNCATE verbatim.session_members");
  const folded = (all: readonly Happened[]): SessionState =>
    stateOf(withEvents(newLedger("ada", "s-1"), all));
  expect(await library.state(ADA)).toEqual(folded(events));
  const more = [said(4), heard(5, "message_deleted", { message_id: "m-2" })];
  await save(more);
  await client.query("TRUNCATE verbatim.session_events");
  expect(await library.state(ADA)).toEqual(folded([...events, ...more]));
});
