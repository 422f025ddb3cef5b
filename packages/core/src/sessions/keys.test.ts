import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { KEY_BYTES_MAX } from "../limits.ts";
import { encodeEvent, eventFrom } from "./event-schema.ts";
import {
  conversationKey,
  keyOfEvent,
  offeredEvent,
  openingOf,
  requestIdFor,
  sessionIdFor,
  sessionKey,
  sisterId,
} from "./keys.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const id = fc.oneof(
  fc.constantFrom('a","b', "a", 'a"', "\\", '\\"', ",", "telegram:123", "a\nb", "s-1"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ask = {
  owner: "bot",
  conversation_id: "telegram:123",
  generation: 1,
  reason: "first",
  user_id: "ada",
} as const;

test("K2: names are equal only when their ids are", () => {
  fc.assert(
    fc.property(fc.tuple(id, id, id), fc.tuple(id, id, id), (one, other) => {
      const isSame = one.every((part, at) => part === other[at]);
      expect(sessionKey(...one) === sessionKey(...other)).toBe(isSame);
      expect(sessionKey(...one)).not.toBe(conversationKey(other[0], other[1], 1));
    }),
    { numRuns: 2000 },
  );
  expect(sessionKey('a","b', "c", "d")).not.toBe(sessionKey("a", 'b","c', "d"));
  expect(conversationKey("bot", "c", 1)).not.toBe(conversationKey("bot", "c", 11));
});

test("K2: the longest ids fit, whatever characters they hold", () => {
  for (const unit of ["a", '"', "\\", "\u0001", "\u{4e2d}", "\uffff", "\u{1f600}"]) {
    const longest = unit.repeat(512 / unit.length);
    const uuid = "00000000-0000-4000-8000-000000000000";
    for (const key of [
      sessionKey(longest, longest, uuid),
      conversationKey(longest, longest, Number.MAX_SAFE_INTEGER),
    ])
      expect(new TextEncoder().encode(key).length).toBeLessThanOrEqual(KEY_BYTES_MAX);
  }
});

test("K3: who opens the same generation says the same bytes and gets the same session", () => {
  const one = openingOf({ ...ask }, sha256);
  const other = openingOf({ ...ask, channel: undefined }, sha256);
  expect(encodeEvent(one)).toEqual(encodeEvent(other));
  expect(one.session_id).toMatch(UUID);
  expect(one.event_id).toMatch(UUID);
  expect(one.session_id).toBe(sessionIdFor(ask, sha256));
  expect(eventFrom(one).ok).toBe(true);
});

test("K3: another generation, owner or conversation is another session", () => {
  const ids = [
    ask,
    { ...ask, generation: 2 },
    { ...ask, owner: "other" },
    { ...ask, conversation_id: "telegram:124" },
  ].map((one) => sessionIdFor(one, sha256));
  expect(new Set(ids).size).toBe(4);
});

test("an event is offered once, under the name of what it does", () => {
  const opening = openingOf({ ...ask, session_id: "s-9" }, sha256);
  expect(opening.session_id).toBe("s-9");
  const offered = offeredEvent(opening);
  expect(offered).toMatchObject({ source: "session", once: true });
  expect(offered.key).toBe('["conversation","bot","telegram:123","1"]');
  const closed = { ...opening, event: "session_closed", v: 1 } as const;
  expect(keyOfEvent(closed)).toBe(`["session","ada","s-9","${opening.event_id}"]`);
});

test("the second citation of an event has an id of its own, and leads back", () => {
  const event = "0fffffff-0000-4000-8000-000000000000";
  expect(sisterId(event)).toBe("8fffffff-0000-4000-8000-000000000000");
  expect(sisterId(sisterId(event))).toBe(event);
});

test("K3: a request with a name of its own opens one session, whichever generation it opens", () => {
  const request = requestIdFor(sha256, "key");
  const one = sessionIdFor({ ...ask, request }, sha256);
  expect(sessionIdFor({ ...ask, generation: 7, request }, sha256)).toBe(one);
  expect(sessionIdFor({ ...ask, request: requestIdFor(sha256, "other") }, sha256)).not.toBe(one);
  expect(sessionIdFor({ ...ask, owner: "other", request }, sha256)).not.toBe(one);
  expect(sessionIdFor(ask, sha256)).not.toBe(one);
  expect(eventFrom(openingOf({ ...ask, request }, sha256)).ok).toBe(true);
});
