import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { count, openCounter, rowKeyOf } from "../analytics/counting.ts";
import type { EnrichedMessage } from "../message/message.ts";
import { makeSettle } from "../settle/settle.ts";
import { aHappened, anEventEntry } from "../testing/session-samples.ts";
import { HIDDEN, tallyWithout, withoutWords } from "./wordless.ts";

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });

function said(seq: number, content: string, user_id = "ada"): EnrichedMessage {
  const fields = { message_id: `m-${seq}`, role: "user", content, tokens: 3 } as const;
  const [message] = settle(
    anEventEntry(aHappened(seq, "message_said", fields, { user_id })),
  ).messages;
  if (message === undefined) throw new Error("an event without a message");
  return message;
}

const sentence = fc.constantFrom(
  "Should we move the unit tests to vitest?",
  "I propose a new shader for the prefab @Status-Blocked",
  "It is ready now @Status-Ready @Deploy-Zanzibar",
  "{}",
  "",
  "password=Xk39vQ7zLm21pR",
  "Zanzibar, again and again",
);

test("N9: a message counts the same, hidden before it is counted or after", () => {
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 12 }), fc.nat(), (sentences, at) => {
      const messages = sentences.map((one, place) => said(place + 1, one, "ada"));
      const place = at % messages.length;
      const told = messages.map((message) => ({ message, isFirst: true }));
      const before = openCounter();
      before.add(
        told.map((one, own) =>
          own === place ? { ...one, message: withoutWords(one.message) } : one,
        ),
      );
      const after = openCounter();
      after.add(told);
      const hidden = messages[place];
      if (hidden === undefined) return;
      const own = count([{ message: hidden, isFirst: true }], new Map()).rows.map(rowKeyOf);
      const isCounted = hidden.parts.some(
        (part) => part.type === "text" && /\w/.test(part.content),
      );
      const rows = after.rows().map((row) => ({
        ...row,
        tally:
          own.includes(rowKeyOf(row)) && isCounted ? tallyWithout(row.tally, hidden) : row.tally,
      }));
      expect(JSON.parse(JSON.stringify(rows))).toEqual(JSON.parse(JSON.stringify(before.rows())));
      expect(Object.fromEntries(after.threads)).toEqual(Object.fromEntries(before.threads));
    }),
  );
});

test("N9: of a hidden message no word is left", () => {
  const message = said(1, "Zanzibar is what @Deploy-Zanzibar and @Chain-Zanzibar say about vitest");
  const left = withoutWords({
    ...message,
    meta: { ...message.meta, title: "Zanzibar" },
  });
  expect(JSON.stringify(left)).not.toMatch(/zanzibar|vitest/i);
  expect(left).toMatchObject({ text: HIDDEN, meta: { user_id: "ada" }, id: message.id });
});
