/** What is hidden, and folded: no word of it is left in what is kept of a session. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { deletes, event, hidingWorld, says } from "../../test/hiding-world.ts";
import { openSessionLibrary } from "./session-library.ts";

const world = await hidingWorld();
const { deep, tablesWith } = world;
const sessions = openSessionLibrary(world.url);
beforeEach(world.anew);
afterAll(async () => {
  for (const one of [sessions, world]) await one[Symbol.asyncDispose]();
});

const WORD = "zanzibar";
const found = (seq: number, message_id: string) =>
  event(seq, "message_said", {
    ...{ message_id, role: "user", content: WORD, insight: WORD, is_breakthrough: true },
  });

test("S7: of a breakthrough that was deleted no row holds the words, whichever came first", async () => {
  const [said, gone] = [found(1, "m-1"), deletes(2, "m-1")];
  await deep.save([said]);
  await deep.save([gone]);
  expect(await tablesWith(WORD)).toEqual([]);
  await world.anew();
  await deep.save([deletes(1, "m-1")]);
  await deep.save([found(2, "m-1")]);
  expect(await tablesWith(WORD)).toEqual([]);
  await world.anew();
  await deep.save([found(1, "m-1"), gone]);
  expect(await tablesWith(WORD)).toEqual([]);
});

test("S7: of what was said off the record no row holds the words", async () => {
  await deep.save([event(1, "session_started", {}), event(2, "off_record_set", { on: true })]);
  await deep.save([
    found(3, "m-1"),
    event(4, "milestone_reached", { description: WORD, emotion: "happy" }),
    event(5, "breakthrough_recorded", { insight: WORD, category: "insight", confidence: 1 }),
    event(6, "context_changed", { current_theme: WORD }),
    event(7, "note_written", { text: WORD }),
  ]);
  expect(await tablesWith(WORD)).toEqual([]);
});

test("S7: of a deleted message no row holds the words in a summary of ours, whichever came first", async () => {
  const opened = {
    conversation_id: "c",
    owner: "ada",
    generation: 2,
    reason: "compacted",
  } as const;
  const opening = (seq: number) =>
    event(
      seq,
      "conversation_opened",
      {
        ...opened,
        earlier_summary: `- user: ${WORD}\n- user: rivers`,
        summary: `What was said:\n- user: ${WORD}\n- user: boats`,
        summary_from: [
          ...([["s-1", "m-1"], ["s-1", "m-2"], null] as const),
          ...([null, ["s-1", "m-1"], ["s-1", "m-2"]] as const),
        ],
      },
      { session_id: "s-2" },
    );
  const shown = "- user: rivers\n\nWhat was said:\n- user: boats";
  const said = [says(1, "m-1", WORD), says(2, "m-2", "boats")];
  const orders = [
    [...said, opening(3), deletes(4, "m-1")],
    [...said, deletes(3, "m-1"), opening(4)],
  ];
  for (const order of orders) {
    for (const cut of [2, 3, 4]) {
      await world.anew();
      await deep.save(order.slice(0, cut));
      await deep.save(order.slice(cut));
      expect(await tablesWith(WORD)).toEqual([]);
      const state = await sessions.state({ user_id: "ada", session_id: "s-2" });
      expect(state?.opened?.summary).toBe(shown);
      expect((await sessions.conversation("ada", "c"))?.session_id).toBe("s-2");
    }
  }
});
