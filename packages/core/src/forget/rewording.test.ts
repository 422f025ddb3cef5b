/** Summaries without what is forgotten: made here line by line, handed in, and carried on. */
import { expect, test } from "bun:test";
import type { Entry } from "../message/heard.ts";
import { readEvent } from "../sessions/event-schema.ts";
import { aHappened, anEventEntry } from "../testing/session-samples.ts";
import { openRewording } from "./rewording.ts";

type Fields = Parameters<typeof aHappened<"conversation_opened">>[2];

function opening(seq: number, more: Partial<Fields>): Entry {
  const head = {
    conversation_id: "c",
    owner: "ada",
    generation: seq,
    reason: "compacted",
  } as const;
  return anEventEntry(
    aHappened(seq, "conversation_opened", { ...head, ...more }, { session_id: `s-${seq}` }),
  );
}

/** What of s-1 is forgotten: all of it, or one message. */
function left(entries: readonly Entry[], message: string | null) {
  const rewording = openRewording({
    session: (owner, session) => message === null && owner === "ada" && session === "s-1",
    message: (owner, session, id) =>
      owner === "ada" && session === "s-1" && (message === null || id === message),
  });
  for (const entry of entries) rewording.see(entry);
  const found = new Map(rewording.all().map(({ seq, text }) => [seq, text]));
  return entries.map(({ seq, raw }) => {
    const text = found.get(seq);
    if (text === undefined) return null;
    expect(new TextEncoder().encode(text).length).toBe(raw.length);
    const read = readEvent(new TextEncoder().encode(text));
    if (!read.ok || read.value.event !== "conversation_opened") throw new Error(text);
    const { summary = null, earlier_summary = null, session_id, generation } = read.value;
    expect([session_id, generation]).toEqual([`s-${seq}`, seq]);
    return { summary, earlier_summary };
  });
}

const MADE: Partial<Fields> = {
  previous_session_id: "s-1",
  summary: "Decisions:\nTo Zanzibar.\nWhat was said:\nThe boats are fine.",
  summary_from: [null, ["s-1", "m-1"], null, ["s-1", "m-2"]],
};

test("Y20: of a summary made here the lines of one message go, with the heading over nothing", () => {
  const entries = [opening(2, MADE)];
  expect(left(entries, "m-1")).toEqual([
    { summary: "What was said:\nThe boats are fine.", earlier_summary: null },
  ]);
  expect(left(entries, "m-9")).toEqual([null]);
});

test("Y20: of a forgotten session nothing is left, also where it was carried on", () => {
  const carried = opening(3, {
    previous_session_id: "s-2",
    earlier_summary: String(MADE.summary),
    summary: "What was said:\nGood night.",
    summary_from: [...(MADE.summary_from ?? []), null, null, ["s-2", "m-3"]],
  });
  expect(left([opening(2, MADE), carried], null)).toEqual([
    { summary: null, earlier_summary: null },
    { summary: "What was said:\nGood night.", earlier_summary: null },
  ]);
});

test("Y20: what was handed in of a forgotten session goes, as far as it was carried, and what was handed in of another stays", () => {
  const entries = [
    opening(2, { previous_session_id: "s-1", summary: "She longs for Zanzibar ünd ☀." }),
    opening(3, {
      previous_session_id: "s-2",
      earlier_summary: "She longs for Zanzibar ünd ☀.",
      summary: "She slept well.",
    }),
    opening(4, { previous_session_id: "s-3", summary: "She slept well." }),
    opening(5, { previous_session_id: "s-9", summary: "Nothing of it." }),
  ];
  expect(left(entries, null)).toEqual([
    { summary: null, earlier_summary: null },
    { summary: "She slept well.", earlier_summary: null },
    null,
    null,
  ]);
  expect(left(entries, "m-1")).toEqual([null, null, null, null]);
});
