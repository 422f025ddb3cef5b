import { expect, test } from "bun:test";
import type { Log } from "@verbatim/core";
import type { Happened, SessionName, SessionParts } from "@verbatim/core/sessions";
import { aHappened } from "@verbatim/core/testing";
import { openBreaker } from "./breaker.ts";
import { openRestoring, type RestoringPorts } from "./restoring.ts";

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const ADA: SessionName = { user_id: "ada", session_id: "s-1" };
const SETTLED = 3000;
const said = (seq: number): Happened =>
  aHappened(seq, "message_said", { message_id: `m-${seq}`, role: "user", content: "oh" });
const EVENTS = Array.from({ length: SETTLED }, (_, at) => said(at + 1));

type Given = { readonly seqs: number[]; readonly outlined: number; readonly upTo: number };

/** A long session in Postgres, and a Redis that refuses it as often as `refusals` says. */
function world(refusals = 0) {
  const given: Given[] = [];
  const now = { heard: SETTLED, longest: 0 };
  const pageOf = ({ limit, after_seq = 0 }: { limit: number; after_seq?: number }) => {
    const rows = EVENTS.slice(after_seq, after_seq + limit);
    const last = after_seq + rows.length;
    return { rows, next_seq: last < SETTLED ? last : null };
  };
  const restore = async ({ parts, upTo }: SessionParts): Promise<boolean> => {
    const seqs: number[] = [];
    let outlined = 0;
    for await (const { events, isOutline } of parts) {
      now.longest = Math.max(now.longest, events.length);
      seqs.push(...events.map(({ moment }) => moment.seq));
      outlined += isOutline ? events.length : 0;
    }
    given.push({ seqs, outlined, upTo: upTo() });
    now.heard += 1;
    return given.length > refusals;
  };
  const ports: RestoringPorts = {
    store: { restore },
    library: {
      settledTo: async () => SETTLED,
      heardAt: async () => "2026-01-01T00:00:00.000Z",
      messages: async (_, { limit }) => ({
        rows: EVENTS.slice(-limit)
          .toReversed()
          .map(({ moment }) => ({ ...MESSAGE, message_id: `m-${moment.seq}`, seq: moment.seq })),
        next_seq: null,
      }),
      events: async (_, ask) => pageOf(ask),
      outline: async (_, ask) => pageOf(ask),
    },
    redis: openBreaker({ part: "redis", ms: 50, pauseMs: 1000, now: () => 0, log }),
    tail: {
      heard: async () => ({ seq: now.heard, sure: true }),
      after: async () => ({ events: [said(now.heard)], up_to: now.heard, sure: true }),
    },
    log,
  };
  return { given, now, restoring: openRestoring(ports) };
}

const MESSAGE = {
  role: "user",
  content: "oh",
  model: null,
  tokens: null,
  parent_message_id: null,
  at: "2026-01-01T00:00:00.000Z",
} as const;

test("G15: whoever asks at once waits for one and the same, in pieces, the newest with their words", async () => {
  const { given, now, restoring } = world();
  await Promise.all(Array.from({ length: 50 }, () => restoring.soon(ADA)));
  expect(given.length).toBe(1);
  const [one] = given;
  expect(one?.seqs.slice(0, SETTLED)).toEqual(EVENTS.map(({ moment }) => moment.seq));
  expect(one?.outlined).toBe(SETTLED - 100);
  expect(one?.upTo).toBe(SETTLED);
  expect(now.longest).toBeLessThanOrEqual(1000);
  await restoring.soon(ADA);
  expect(given.length).toBe(2);
});

test("G15: when others went on meanwhile only what came since is given again", async () => {
  const { given, restoring } = world(2);
  await restoring.soon(ADA);
  expect(given.map(({ seqs }) => seqs.length)).toEqual([SETTLED + 1, 1, 1]);
  expect(given.map(({ upTo }) => upTo)).toEqual([SETTLED, SETTLED + 1, SETTLED + 2]);
});
