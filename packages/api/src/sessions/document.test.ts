import { expect, test } from "bun:test";
import { newLedger, type SaidMessage, stateOf } from "@verbatim/core/sessions";
import { sha256 } from "../testing/ports.ts";
import { type Documenting, sessionDocument } from "./document.ts";

const COUNT = 1234;
const said: readonly SaidMessage[] = Array.from({ length: COUNT }, (_, at) => ({
  message_id: `m-${at + 1}`,
  role: "user",
  content: `word ${at + 1}.`,
  model: null,
  tokens: null,
  parent_message_id: null,
  at: "2026-11-21T10:00:00.000Z",
  seq: at + 1,
}));
const made = stateOf(newLedger("ada", "s"));
const view = {
  state: { ...made, metadata: { ...made.metadata, last_seq: COUNT } },
  degraded: false,
} as const;

/** Pages of what was said; `late` comes after the moment that the document is of. */
function sessions(late: readonly SaidMessage[] = []): Documenting {
  const all = [...said, ...late];
  return {
    scheme: "if",
    ports: { now: () => new Date("2026-11-21T11:00:00.000Z"), sha256 },
    transcript: {
      page: async (_, { limit, order, from }) => {
        if (order === "desc")
          return { messages: said.slice(-limit).toReversed(), next: null, degraded: false };
        const left = all.filter(({ seq }) => seq > (from ?? 0));
        const messages = left.slice(0, limit);
        const next = left.length > limit ? (messages.at(-1)?.seq ?? null) : null;
        return { messages, next, degraded: false };
      },
      message: async () => null,
      facts: async () => ({
        messages: said.map((one) => ({ ...one, content: "" })),
        degraded: false,
      }),
      whole: async () => ({ messages: said, degraded: false }),
    },
  };
}

const ask = { format: "md", transcript: "all", audience: "therapist" } as const;

test("X54: a document with everything that was said has all of it, once and in order, over many pages", async () => {
  const late = { ...said[0], message_id: "late", content: "LATE", seq: COUNT + 1 };
  const answer = await sessionDocument(sessions([late as SaidMessage]), view, { ask, noted: null });
  expect(answer.headers.get("x-verbatim-degraded")).toBe("false");
  const text = await answer.text();
  const words = [...text.matchAll(/^> word (\d+)\.$/gm)].map(([, number]) => Number(number));
  expect(words).toEqual(said.map(({ seq }) => seq));
  expect(text.match(/^## Conversation Transcript$/gm)?.length).toBe(1);
  for (const shown of ["**Audience:** therapist", "1234 user"]) expect(text).toContain(shown);
  expect(text).not.toContain("LATE");
  expect(text).toEndWith("*Exported by Verbatim. All times are UTC.*\n");
});
