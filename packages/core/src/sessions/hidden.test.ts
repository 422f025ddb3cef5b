import { expect, test } from "bun:test";
import fc from "fast-check";
import { anyHistory } from "../testing/index.ts";
import { aHappened } from "../testing/session-samples.ts";
import type { Happened } from "./event.ts";
import { isOfWords, openHidden } from "./hidden.ts";

/** Places of what is hidden by these events, told in this order. */
function hiddenBy(told: readonly Happened[], of: readonly Happened[] = told): readonly number[] {
  const hidden = openHidden();
  for (const one of told) hidden.take(one);
  const gone = of.filter(({ event, moment }) => hidden.has(event, moment.seq));
  return gone.map(({ moment }) => moment.seq);
}

const says = (seq: number, message_id: string, over = {}): Happened =>
  aHappened(seq, "message_said", { message_id, role: "user", content: "x" }, over);
const deletes = (seq: number, message_id: string, over = {}): Happened =>
  aHappened(seq, "message_deleted", { message_id }, over);

test("K13: in whatever order events are heard, the same is hidden", () => {
  fc.assert(
    fc.property(anyHistory, fc.infiniteStream(fc.nat()), (history, keys) => {
      const shuffled = history
        .map((one) => [keys.next().value ?? 0, one] as const)
        .toSorted(([one], [other]) => one - other)
        .map(([, one]) => one);
      expect(hiddenBy(shuffled, history)).toEqual(hiddenBy(history));
    }),
  );
});

test("K13: a deletion hides its message before and after it, in its own session of its own user", () => {
  const mine = [says(1, "m-1"), deletes(2, "m-1"), says(3, "m-1"), says(4, "m-2")];
  const others = [
    says(5, "m-1", { user_id: "eve" }),
    says(6, "m-1", { session_id: "s-2" }),
    deletes(7, "m-2", { user_id: "eve" }),
    deletes(8, "m-2", { session_id: "s-2" }),
  ];
  expect(hiddenBy([...mine, ...others])).toEqual([1, 3]);
});

test("K13: what comes while its session is off the record is hidden, and its life is not", () => {
  const off = (seq: number, on: boolean): Happened => aHappened(seq, "off_record_set", { on });
  const felt = aHappened(4, "emotion_changed", {
    emotion: "happy",
    intensity: 1,
    confidence: 1,
  });
  const closed = aHappened(5, "session_closed", {});
  const events = [says(1, "a"), off(2, true), says(3, "b"), felt, closed, off(6, false)];
  const all = [...events, says(7, "c")];
  expect([hiddenBy(all), hiddenBy(all.toReversed(), all)]).toEqual([
    [3, 4],
    [3, 4],
  ]);
  expect(isOfWords(closed.event)).toBe(false);
});
