import { expect, test } from "bun:test";
import fc from "fast-check";
import { aHappened, anyHistory } from "../testing/session-samples.ts";
import { changesOf } from "./changes.ts";
import { EMOTIONS, type Happened } from "./event.ts";
import type { SessionChange } from "./kept.ts";
import { newLedger, stateOf, withChanges, withEvents } from "./ledger.ts";
import type { SessionState } from "./state.ts";

const EMPTY = newLedger("ada", "s-1");
const stateAfter = (history: readonly Happened[]): SessionState =>
  stateOf(withEvents(EMPTY, history));
const shuffled = <One>(all: readonly One[]): fc.Arbitrary<One[]> =>
  fc.shuffledSubarray([...all], { minLength: all.length });

test("K4: however a history is cut, the state is the same", () => {
  const cut = fc.tuple(anyHistory, fc.array(fc.nat(25), { maxLength: 4 }));
  fc.assert(
    fc.property(cut, ([history, cuts]) => {
      const at = [0, ...cuts.toSorted((one, other) => one - other), history.length];
      let ledger = EMPTY;
      for (const [place, from] of at.entries())
        ledger = withEvents(ledger, history.slice(from, at[place + 1] ?? history.length));
      expect(stateOf(ledger)).toEqual(stateAfter(history));
    }),
  );
});

test("K5: what is heard again, at its place or at a later one, changes nothing", () => {
  const repeats = anyHistory.chain((history) =>
    fc.tuple(fc.constant(history), fc.subarray([...history])),
  );
  fc.assert(
    fc.property(repeats, ([history, some]) => {
      const later = some.map(({ event, moment }) => ({
        event,
        moment: { ...moment, seq: moment.seq + 1000 },
      }));
      expect(stateAfter([...history, ...history, ...later])).toEqual(stateAfter(history));
    }),
  );
});

test("K5: changes made in any order, any number of times, come to the state of the history", () => {
  const changes = anyHistory.chain((history) => {
    const all = history.flatMap(({ event, moment }) => changesOf(event, moment));
    return fc.tuple(fc.constant(history), shuffled(all), fc.subarray([...all]));
  });
  fc.assert(
    fc.property(changes, ([history, mixed, again]) => {
      const kept = withChanges(EMPTY, [...mixed, ...again]);
      expect(stateOf(kept)).toEqual(stateAfter(history));
      expect(plain(mixed)).toEqual(stateAfter(history).emotion.current);
    }),
    { numRuns: 300 },
  );
});

test("K5: what was removed stays removed, whether its removal or itself comes first", () => {
  const said = aHappened(1, "message_said", { message_id: "m", role: "user", content: "oh" });
  const gone = aHappened(2, "message_deleted", { message_id: "m" });
  const changes = [gone, said].flatMap(({ event, moment }) => changesOf(event, moment));
  expect(stateOf(withChanges(EMPTY, changes))).toEqual(stateAfter([said, gone]));
  expect(stateAfter([said, gone]).counts).toMatchObject({ messages: 0, deleted: 1 });
});

/** The current emotion as Redis would show it, kept by the rules in kept.ts and nothing else. */
function plain(changes: readonly SessionChange[]): unknown {
  let newest = { seq: 0, value: "neutral" as unknown };
  let off: { seq: number; on: boolean }[] = [];
  const felt = new Map<number, unknown>();
  for (const change of changes) {
    if (change.op === "add" && change.key === "off_record")
      off = [...off, { seq: change.seq, on: change.json.on }];
    if (change.op === "set" && change.field === "current_emotion")
      felt.set(change.seq, change.value);
  }
  const isOff = (seq: number): boolean =>
    off
      .filter((one) => one.seq < seq)
      .toSorted((one, other) => other.seq - one.seq)
      .at(0)?.on === true;
  for (const [seq, value] of felt) if (seq > newest.seq && !isOff(seq)) newest = { seq, value };
  return newest.value;
}

test("K6: every event makes sense first, and any history leaves a state in order", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const state = stateAfter(history);
      const first = history[0];
      if (first !== undefined) expect(state.metadata.started_at).toBe(first.moment.at);
      expect(state.metadata.last_seq).toBe(history.at(-1)?.moment.seq ?? 0);
      expect(EMOTIONS).toContain(state.emotion.current);
      expect(state.metadata.milestone_count).toBe(state.milestones.length);
      const ids = history.flatMap(({ event }) =>
        event.event === "message_said" ? [event.message_id] : [],
      );
      const gone = history.flatMap(({ event }) =>
        event.event === "message_deleted" ? [event.message_id] : [],
      );
      const left = new Set(ids.filter((id) => !gone.includes(id)));
      expect(state.counts.messages).toBe(left.size);
      expect(state.counts.deleted).toBe(new Set(gone).size);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
  );
});

test("K6: a session nobody heard of has a state too, and others' events are not its own", () => {
  const other = aHappened(1, "model_switched", { model: "opus" }, { user_id: "bob" });
  const state = stateAfter([other]);
  expect(state).toEqual(stateOf(EMPTY));
  expect(state.metadata).toMatchObject({ user_id: "ada", started_at: null, ttl_days: 7 });
  expect(state.emotion).toEqual({
    current: "neutral",
    intensity: 0,
    confidence: 0.5,
    since: null,
    citation_id: null,
  });
});

test("emotions are a history: what was before, since when, on what it rests", () => {
  const feel = { emotion: "anxious", intensity: 0.8, confidence: 0.7 } as const;
  const state = stateAfter([
    aHappened(1, "session_started", {}),
    aHappened(2, "message_said", { message_id: "m", role: "user", content: "hm", emotion: feel }),
    aHappened(3, "emotion_changed", { ...feel, intensity: 0.4, evidence: ["m"] }),
    aHappened(4, "emotion_changed", { ...feel, emotion: "curious" }),
    aHappened(5, "emotion_changed", { ...feel, emotion: "curious", intensity: 1 }),
  ]);
  expect(state.emotions.map(({ from, emotion, intensity }) => [from, emotion, intensity])).toEqual([
    ["neutral", "anxious", 0.8],
    ["anxious", "anxious", 0.4],
    ["anxious", "curious", 0.8],
    ["curious", "curious", 1],
  ]);
  expect(state.emotions.map(({ evidence }) => evidence)).toEqual([["m"], ["m"], [], []]);
  expect(state.emotion).toMatchObject({ current: "curious", intensity: 1 });
  expect(state.emotion.since).toBe(state.emotions[2]?.at ?? null);
});

test("fields of the context are set, left and cleared", () => {
  const context = { current_theme: "grief", session_notes: "n", working_hypotheses: ["a", "b"] };
  const state = stateAfter([
    aHappened(1, "context_changed", context),
    aHappened(2, "context_changed", { session_notes: null, working_hypotheses: null }),
  ]);
  expect(state.context).toMatchObject({
    current_theme: "grief",
    session_notes: null,
    working_hypotheses: [],
    last_summarized: "2026-11-21T10:00:02.000Z",
  });
});

test("the model follows messages and switches; switches are kept", () => {
  const state = stateAfter([
    aHappened(1, "session_started", { model: "haiku", ttl_days: 30 }),
    aHappened(2, "model_switched", { model: "opus" }),
    aHappened(3, "message_said", {
      message_id: "m",
      role: "assistant",
      content: "",
      model: "sonnet",
    }),
  ]);
  expect(state.metadata).toMatchObject({ last_model: "sonnet", ttl_days: 30 });
  expect(state.models.map(({ from, to }) => [from, to])).toEqual([
    [null, "haiku"],
    ["haiku", "opus"],
  ]);
});

test("closed is closed until it goes on; work on the record is not going on", () => {
  const closing = [
    aHappened(1, "session_started", {}),
    aHappened(2, "session_closed", {}),
    aHappened(60, "note_written", { text: "later" }),
  ];
  const closed = stateAfter(closing).metadata;
  expect(closed.closed_at).toBe("2026-11-21T10:00:02.000Z");
  expect(closed.last_updated).toBe("2026-11-21T10:00:01.000Z");
  const again = stateAfter([...closing, aHappened(61, "session_resumed", {})]).metadata;
  expect(again).toMatchObject({ closed_at: null, last_resumed: "2026-11-21T10:01:01.000Z" });
});

test("a breakthrough that came with a message goes with it; one that was recorded stays", () => {
  const said = { message_id: "m", role: "user", is_breakthrough: true } as const;
  const events = [
    aHappened(1, "message_said", { ...said, content: `${"word ".repeat(60)}end` }),
    aHappened(2, "breakthrough_recorded", {
      insight: "mine",
      category: "reframe",
      confidence: 0.9,
      trigger_message_id: "m",
    }),
  ];
  const [marked] = stateAfter(events).breakthroughs;
  expect(marked).toMatchObject({ category: "insight", confidence: 0.85, trigger_message_id: "m" });
  expect(marked?.insight.length).toBeLessThanOrEqual(200);
  const left = stateAfter([...events, aHappened(3, "message_deleted", { message_id: "m" })]);
  expect(left.breakthroughs.map(({ insight }) => insight)).toEqual(["mine"]);
});

test("what a store was handed off the record is not in the state", () => {
  const feel = { emotion: "anxious", intensity: 0.8, confidence: 0.7 } as const;
  const state = stateAfter([
    aHappened(1, "off_record_set", { on: true }),
    aHappened(2, "emotion_changed", feel),
    aHappened(3, "milestone_reached", { description: "said too much", emotion: "neutral" }),
    aHappened(4, "off_record_set", { on: false }),
    aHappened(5, "emotion_changed", { ...feel, emotion: "happy" }),
    aHappened(6, "off_record_set", { on: true }),
  ]);
  expect(state.emotions.map(({ from, emotion }) => [from, emotion])).toEqual([
    ["neutral", "happy"],
  ]);
  expect(state.milestones).toEqual([]);
  expect(state.off_record).toEqual({
    on: true,
    spans: [
      { from_seq: 1, to_seq: 4 },
      { from_seq: 6, to_seq: null },
    ],
  });
});
