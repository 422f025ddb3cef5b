import { expect, test } from "bun:test";
import fc from "fast-check";
import { aHappened, anyHistory } from "../testing/session-samples.ts";
import { changesOf } from "./changes.ts";
import type { Happened } from "./event.ts";
import type { FieldChange, ListKey, SessionChange } from "./kept.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";
import { type Kept, type Member, type SessionState, stateFrom } from "./state.ts";

/** A store that knows the four rules of kept.ts and nothing else, and holds everything as text, as Redis does. */
function openLittleRedis() {
  const fields = new Map<string, { readonly seq: number; readonly json: string }>();
  const members = new Map<string, { readonly seq: number; readonly json: string }>();
  const removed = new Set<string>();
  const remove = (name: string): void => {
    removed.add(name);
    members.delete(name);
  };
  const add = (name: string, seq: number, json: unknown): void => {
    const known = members.get(name);
    if (removed.has(name) || (known !== undefined && known.seq <= seq)) return;
    members.set(name, { seq, json: JSON.stringify(json) });
  };
  const set = (name: string, { op, seq, value }: FieldChange): void => {
    const known = fields.get(name)?.seq ?? (op === "set" ? -1 : Number.POSITIVE_INFINITY);
    if (op === "set" ? seq > known : seq < known)
      fields.set(name, { seq, json: JSON.stringify(value) });
  };
  const make = (change: SessionChange): void => {
    if (change.op === "remove") remove(`${change.key} ${change.id}`);
    else if (change.op === "add") add(`${change.key} ${change.id}`, change.seq, change.json);
    else set(`${change.key} ${change.field}`, change);
  };
  const hash = (key: string): Record<string, unknown> =>
    Object.fromEntries(
      [...fields]
        .filter(([name]) => name.startsWith(`${key} `))
        .map(([name, { json }]) => [name.slice(key.length + 1), JSON.parse(json)]),
    );
  const list = <Key extends ListKey>(key: Key): Member<Key>[] =>
    [...members]
      .filter(([name]) => name.startsWith(`${key} `))
      .map(([name, { seq, json }]) => ({
        id: name.slice(key.length + 1),
        seq,
        json: JSON.parse(json),
      }));
  const kept = (): Kept => ({
    user_id: "ada",
    session_id: "s-1",
    fields: { metadata: hash("metadata"), context_snapshot: hash("context_snapshot") },
    lists: {
      emotions: list("emotions"),
      milestones: list("milestones"),
      breakthroughs: list("breakthroughs"),
      models: list("models"),
      off_record: list("off_record"),
      judgements: list("judgements"),
    },
    deleted: [...removed].filter((name) => name.startsWith("said ")).map((name) => name.slice(5)),
    counts: {
      messages: list("said").length,
      notes: list("notes").length,
      events: list("events").length,
    },
  });
  return { make, kept, hash };
}

const fold = (history: readonly Happened[]): SessionState =>
  stateOf(withEvents(newLedger("ada", "s-1"), history));

test("K5: a store that makes the changes in any order, some of them again, shows the state of the history", () => {
  const drawn = anyHistory.chain((history) => {
    const all = history.flatMap(({ event, moment }) => changesOf(event, moment));
    const mixed = fc.shuffledSubarray([...all], { minLength: all.length });
    return fc.tuple(fc.constant(history), mixed, fc.shuffledSubarray([...all]));
  });
  fc.assert(
    fc.property(drawn, ([history, mixed, again]) => {
      const store = openLittleRedis();
      for (const change of [...mixed, ...again]) store.make(change);
      expect(stateFrom(store.kept())).toEqual(fold(history));
    }),
    { numRuns: 400 },
  );
});

test("whoever looks into the hash of the emotion sees the newest", () => {
  const store = openLittleRedis();
  const feel = { intensity: 0.8, confidence: 0.7 };
  const felt = [
    aHappened(2, "emotion_changed", { ...feel, emotion: "curious" }),
    aHappened(1, "emotion_changed", { ...feel, emotion: "anxious" }),
  ];
  for (const { event, moment } of felt) changesOf(event, moment).forEach(store.make);
  expect(store.hash("emotion")).toEqual({
    current_emotion: "curious",
    emotion_intensity: 0.8,
    emotion_confidence: 0.7,
    last_emotion_change: "2026-11-21T10:00:02.000Z",
    emotion_tracking_id: felt[0]?.event.event_id,
  });
});

test("a store may hold rubbish: the state is still a state", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom("started_at", "ttl_days", "opened", "snapshot", "forked_from", "last_seq"),
        fc.jsonValue(),
      ),
      (metadata) => {
        const { kept } = openLittleRedis();
        const state = stateFrom({ ...kept(), fields: { metadata, context_snapshot: metadata } });
        expect(state.emotion.current).toBe("neutral");
        expect(state.metadata.ttl_days).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test("K21: pointing a conversation at a session changes nothing of how it began", () => {
  const began = aHappened(1, "conversation_opened", {
    conversation_id: "c-1",
    owner: "ada",
    generation: 2,
    reason: "compacted",
    summary: "what was said",
  });
  const pointed = aHappened(2, "conversation_opened", {
    conversation_id: "c-2",
    owner: "ada",
    generation: 5,
    reason: "set",
  });
  const of = (...events: Happened[]): SessionState =>
    stateOf(withEvents(newLedger("ada", "s-1"), events));
  const before = of(began);
  for (const state of [of(began, pointed), of(pointed, began)]) {
    expect(state.opened).toEqual(before.opened);
    expect(state.metadata.conversation_id).toBe("c-1");
  }
  const plain = of(aHappened(1, "session_started", {}), pointed);
  expect(plain.metadata.conversation_id).toBe("c-2");
  expect(plain.opened).toMatchObject({ reason: "set", summary: null });
});
