import { expect, test } from "bun:test";
import fc from "fast-check";
import { aHappened, anyHistory } from "../testing/session-samples.ts";
import { conversationFrom, joinedConversations } from "./conversation.ts";
import type { EventFields, Happened } from "./event.ts";

const NAMED = { owner: "bot", conversation_id: "telegram:1" };
const opened = (
  number: number,
  over: Partial<EventFields["conversation_opened"]> = {},
  session_id = `s-${number}`,
): Happened =>
  aHappened(
    number,
    "conversation_opened",
    { ...NAMED, generation: number, reason: "first", ...over },
    { session_id },
  );
const deleted = (number: number, generation: number): Happened =>
  aHappened(number, "conversation_deleted", { ...NAMED, generation });

test("K9: the highest generation holds, whatever came in which order", () => {
  fc.assert(
    fc.property(
      anyHistory.chain((history) =>
        fc.tuple(
          fc.constant(history),
          fc.shuffledSubarray([...history], { minLength: history.length }),
        ),
      ),
      ([history, mixed]) => {
        const conversation = conversationFrom(NAMED, history);
        expect(conversationFrom(NAMED, [...mixed, ...mixed])).toEqual(conversation);
        const generations = conversation.history.map(({ generation }) => generation);
        expect(generations).toEqual(
          [...new Set(generations)].toSorted((one, other) => one - other),
        );
      },
    ),
  );
});

test("K9: a conversation keeps its sessions and how each came to be", () => {
  const compacted = { reason: "compacted", previous_session_id: "s-1", summary: "short" } as const;
  const conversation = conversationFrom(NAMED, [
    opened(2, compacted),
    opened(1, { channel: "telegram" }),
  ]);
  expect(conversation).toEqual({
    ...NAMED,
    session_id: "s-2",
    generation: 2,
    history: [
      {
        generation: 1,
        session_id: "s-1",
        reason: "first",
        previous_session_id: null,
        channel: "telegram",
        at_seq: 1,
      },
      {
        generation: 2,
        session_id: "s-2",
        reason: "compacted",
        previous_session_id: "s-1",
        channel: null,
        at_seq: 2,
      },
    ],
  });
});

test("K9: a deleted conversation has no session until it is opened again", () => {
  const none = conversationFrom(NAMED, [opened(1), deleted(2, 1)]);
  expect(none).toMatchObject({ session_id: null, generation: 1 });
  expect(none.history).toHaveLength(1);
  const again = conversationFrom(NAMED, [opened(1), opened(2), deleted(3, 1)]);
  expect(again).toMatchObject({ session_id: "s-2", generation: 2 });
  expect(conversationFrom(NAMED, [])).toMatchObject({ session_id: null, generation: 0 });
});

test("K9: another owner's conversation of the same name is another one", () => {
  const theirs = opened(1, { owner: "other" });
  expect(conversationFrom(NAMED, [theirs])).toMatchObject({ session_id: null, generation: 0 });
});

test("K9: what two places know of one conversation is one conversation", () => {
  const all = [opened(1), opened(2), deleted(3, 2), opened(4, { generation: 3 }), opened(5)];
  const whole = conversationFrom(NAMED, all);
  for (let cut = 0; cut <= all.length; cut += 1) {
    const [one, other] = [all.slice(0, cut), all.slice(cut)].map((some) => {
      const known = conversationFrom(NAMED, some);
      return known.generation === 0 ? null : known;
    });
    for (const joined of [
      joinedConversations(one ?? null, other ?? null),
      joinedConversations(other ?? null, one ?? null),
    ])
      expect(joined).toEqual(whole);
  }
  const gone = conversationFrom(NAMED, [opened(1), deleted(2, 1)]);
  const there = conversationFrom(NAMED, [opened(1)]);
  expect(joinedConversations(there, gone)?.session_id).toBeNull();
});
