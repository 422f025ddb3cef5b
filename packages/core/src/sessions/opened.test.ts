import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { makeSettle } from "../settle/settle.ts";
import { aHappened, anEventEntry } from "../testing/session-samples.ts";
import { compactPlan } from "./compact.ts";
import { type SessionEvent, SPEAKERS } from "./event.ts";
import { happenedIn } from "./happened.ts";
import type { SaidMessage } from "./kept.ts";
import { openedBy, openedShown, openedWith, openingWith, type SessionOpened } from "./opened.ts";
import { makeSnapshot } from "./snapshot.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const AT = "2026-11-21T10:00:00.000Z";
type Turn = readonly [SaidMessage["role"], string];

const said = ([role, content]: Turn, at: number, by: string): SaidMessage => ({
  ...{ message_id: `${by}-${at}`, role, content, seq: at },
  ...{ model: null, tokens: null, parent_message_id: null, at: AT },
});

/** The opening that compacts a session in which this was said. */
function compacted(
  turns: readonly Turn[],
  generation: number,
  earlier: SessionOpened | null,
): SessionEvent<"conversation_opened"> {
  const session_id = `s-${generation}`;
  const conversation = { owner: "ada", conversation_id: "c", session_id, generation, history: [] };
  const messages = turns.map((turn, at) => said(turn, at, session_id));
  const plan = compactPlan({ conversation, user_id: "ada", messages, earlier, sha256 });
  if (plan.kind !== "open") throw new Error(plan.why);
  return plan.event;
}

const TALK: readonly Turn[] = [
  ["user", "We decided on zanzibar. Which boat goes there?"],
  ["assistant", "I know two boats."],
  ["user", "The red boat is fine."],
];

test("K30: a line goes with its message, and a heading with its last line", () => {
  const opened = openedBy(compacted(TALK, 1, null));
  expect(openedWith(opened, () => true)).toEqual(opened);
  expect(openedShown(openedWith(opened, (_, id) => id !== "s-1-0"))?.summary).toBe(
    "What was said:\n- assistant: I know two boats.\n- user: The red boat is fine.",
  );
  expect(openedWith(opened, () => false).summary).toBeNull();
  expect(openedWith({ ...opened, summary: "mine:" }, () => false).summary).not.toBeNull();
});

test("K30: of whatever was said, summed up again and again, no word of a hidden message is left", () => {
  const words = fc.array(fc.constantFrom("boats sail.", "We decided.", "Why?", "\n", "ok", ""), {
    maxLength: 5,
  });
  const turn = fc.tuple(fc.constantFrom(...SPEAKERS), words, fc.boolean());
  const talks = fc.array(fc.array(turn, { minLength: 3, maxLength: 8 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(talks, (all) => {
      const gone = new Set<string>();
      let opened: SessionOpened | null = null;
      let event: SessionEvent<"conversation_opened"> | null = null;
      for (const [at, talk] of all.entries()) {
        const turns = talk.map(([role, parts, isGone], place): Turn => {
          if (isGone) gone.add(`s-${at + 1}-${place}`);
          return [role, parts.map((one) => `${isGone ? "gone" : "kept"} ${one}`).join(" ")];
        });
        event = compacted(turns, at + 1, opened);
        opened = openedBy(event);
      }
      if (opened === null || event === null) throw new Error("nothing was said");
      const isShown = (_: string, id: string): boolean => !gone.has(id);
      const shown = openedWith(opened, isShown);
      const lines = (text: string | null): readonly string[] =>
        (text ?? "").split("\n").filter((line) => line.startsWith("- "));
      const left = lines(opened.summary).filter((line) => !line.includes("gone"));
      expect(shown.summary ?? "").not.toContain("gone");
      expect(lines(shown.summary)).toEqual(left);
      const opening = openingWith(event, isShown);
      const { summary = null, earlier_summary = null } = opening;
      expect([...lines(earlier_summary), ...lines(summary)]).toEqual(left);
      expect(openedBy(opening).summary).toBe(shown.summary);
      expect(openedWith(openedBy(opening), () => false)).toEqual(openedWith(shown, () => false));
      // What is left is known as it was, and may be carried on.
      expect(openedWith(shown, isShown)).toEqual(shown);
      expect(openedWith(shown, () => false).summary ?? "").not.toContain("kept");
    }),
  );
});

test("K30: what somebody wrote himself stays, whatever it looks like", () => {
  const first = openedBy(compacted(TALK, 1, null));
  const event = { ...compacted(TALK.toReversed(), 2, first), summary: "Decisions:\n- user: mine" };
  const { summary_from = [] } = event;
  const carried = { ...event, summary_from: summary_from.slice(0, 5) };
  expect(openedWith(openedBy(carried), () => true).summary).toContain("zanzibar");
  expect(openedWith(openedBy(carried), () => false).summary).toContain("- user: mine");
});

test("K30: records and snapshots hold no words of others; what is worked out from events has them", () => {
  const event = compacted(TALK, 1, null);
  const happened = { event, moment: { seq: 1, at: AT } };
  const settled = makeSettle({ sha256 })(anEventEntry(happened));
  expect(JSON.stringify(settled.messages)).not.toContain("zanzibar");
  expect(settled.messages[0]?.text).toBe("conversation c opened (compacted, after session s-1)");
  expect(happenedIn([settled])).toEqual([happened]);
  const name = { user_id: event.user_id, session_id: event.session_id };
  const made = makeSnapshot(name, [happened, heardIn(event.session_id)], sha256);
  expect(made?.snapshot.content).not.toContain("zanzibar");
  expect(made?.snapshot.content).not.toContain("summary_from");
});

const heardIn = (session_id: string) => aHappened(2, "session_closed", {}, { session_id });
