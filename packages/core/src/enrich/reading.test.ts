import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Message, Part } from "../message/message.ts";
import { readable } from "../sources/claude-code-parts.ts";
import { automatonOf } from "./automaton.ts";
import { enricherOf } from "./enricher.ts";
import { STANDARD_TAXONOMY } from "./taxonomy.ts";
import { termOf } from "./terms.ts";

const enrich = enricherOf(STANDARD_TAXONOMY);
const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const said = (text: string, role: Message["author"]["role"] = "user"): Message => ({
  id: "m",
  session_id: "s",
  source: "api",
  author: { name: "ada", role },
  said_at: "2026-01-01T00:00:00.000Z",
  heard_at: "2026-01-01T00:00:00.000Z",
  seq: 1,
  sub: 0,
  kind: "message",
  parts: [],
  text,
  meta: {},
});
const WORDS =
  "the a not no if test tests done unit photo camera is ready error ? . , ` ``` @Status-Ready @a src/ui/Button.tsx parseHeader http://x \n - should we agreed unity 3d model".split(
    " ",
  );
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(" ")),
);

test("E1: one pass finds what looking for each term at each word would find", () => {
  const stem = fc.constantFrom("a", "b", "c", "d");
  fc.assert(
    fc.property(
      fc.array(fc.array(stem, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
      fc.array(fc.constantFrom("a", "b", "c", "d", "x"), { maxLength: 40 }),
      (phrases, text) => {
        const terms = phrases.map((stems) => ({ ...termOf("chain", "l", "t", 1), stems }));
        const machine = automatonOf(terms);
        let state = 0;
        for (const [at, word] of text.entries()) {
          state = machine.step(state, machine.symbolOf(word));
          const here = text.slice(0, at + 1).join("");
          const right = phrases.flatMap((stems, place) =>
            here.endsWith(stems.join("")) ? [place] : [],
          );
          expect([...(machine.endings[state] ?? [])].toSorted()).toEqual(right.toSorted());
        }
      },
    ),
  );
});

test("E3: the chain tag is there exactly when there is a domain, and names it", () => {
  fc.assert(
    fc.property(
      anyText,
      fc.option(fc.constantFrom("ui_ux", "mine", "unclassified")),
      (text, given) => {
        const meta =
          given === null ? {} : { given: { chain_type: given, shl_tags: ["@Chain-other"] } };
        const { chain_type, shl_tags } = enrich({ ...said(text), meta }, sha256);
        const chains = shl_tags.filter((tag) => tag.startsWith("@Chain-"));
        expect(chains).toEqual(chain_type === "unclassified" ? [] : [`@Chain-${chain_type}`]);
      },
    ),
  );
  expect(enrich(said("@Chain-ui_ux the postgres schema"), sha256).shl_tags).toEqual([
    "@Chain-data_management",
  ]);
});

test("E4: any text has an answer, and the same one after anything else", () => {
  fc.assert(
    fc.property(anyText, anyText, fc.array(anyText, { maxLength: 4 }), (text, other, before) => {
      const first = enrich(said(text), sha256, before);
      enrich(said(other), sha256, [text]);
      expect(enrich(said(text), sha256, before)).toEqual(first);
      expect(enricherOf(STANDARD_TAXONOMY)(said(text), sha256, before)).toEqual(first);
      for (const { confidence } of [first.explain.chain_type, first.explain.ace_tier]) {
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 30 },
  );
});

test("E7: tier, tags and acts are those of what was said, whatever was called beside it", () => {
  const call = (args: unknown): Part => ({
    type: "tool_call",
    id: "t",
    name: "Write",
    arguments: args,
  });
  const judgement = (message: Message) => {
    const { ace_tier, shl_tags, dialogue_acts } = enrich(message, sha256);
    return { ace_tier, dialogue_acts, tags: shl_tags.filter((tag) => !tag.startsWith("@Chain-")) };
  };
  const calls = fc.constantFrom<Part>(
    call({ text: "Please fix it. It is done. We decided that. Which one?" }),
    call({ todo: "must be deployed" }),
    { type: "reasoning", content: "I agree. Should we? The tests pass now." },
  );
  const words = fc.array(fc.constantFrom("please", "fix", "it", "is", "done", "?", "agreed", "."));
  fc.assert(
    fc.property(words, fc.array(calls, { maxLength: 3 }), (some, beside) => {
      const text: Part = { type: "text", content: some.join(" ") };
      const alone = judgement({ ...said(readable([text])), parts: [text] });
      const parts = [text, ...beside];
      expect(judgement({ ...said(readable(parts)), parts })).toEqual(alone);
    }),
  );
  const parts = [call({ file_path: "src/ui/Button.tsx", text: "please fix the tests" })];
  const only = enrich({ ...said(readable(parts), "assistant"), parts }, sha256);
  expect(only).toMatchObject({ ace_tier: "unclassified", dialogue_acts: [] });
  expect(only.shl_tags).toEqual([`@Chain-${only.chain_type}`]);
  expect(only.keywords).toContain("src/ui/Button.tsx");
  const sent = enrich({ ...said("Please deploy it."), parts }, sha256);
  expect(sent.shl_tags).toContain("@Action-Required");
  expect(enrich(said("?! …"), sha256)).toMatchObject({ ace_tier: "unclassified", shl_tags: [] });
});

test("E4: forgetting words changes no answer", () => {
  const text = "the unit tests for parseHeader in src/journal/entry.ts are done";
  const first = enrich(said(text), sha256);
  for (let at = 0; at < 70_000; at += 7000) {
    const fresh = Array.from({ length: 7000 }, (_, word) => `w${(at + word).toString(36)}x`);
    enrich(said(fresh.join(" ")), sha256);
  }
  expect(enrich(said(text), sha256)).toEqual(first);
});

test("E4: a memory full of words takes none for another", () => {
  const many = Array.from(
    { length: 40_000 },
    (_, word) => `w${(word + 1296).toString(36).padStart(4, "0")}x`,
  );
  const full = enricherOf(STANDARD_TAXONOMY);
  for (let at = 0; at < many.length; at += 5000)
    full(said(many.slice(at, at + 5000).join(" ")), sha256);
  const text =
    "camera prefab shader button tokens agents schema splats backup banana orange cherry papaya";
  expect(full(said(text), sha256)).toEqual(enricherOf(STANDARD_TAXONOMY)(said(text), sha256));
});
