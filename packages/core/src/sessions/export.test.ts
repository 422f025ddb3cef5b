import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { aHappened } from "../testing/session-samples.ts";
import { STORY, STORY_MESSAGES } from "../testing/session-story.ts";
import { sessionJson } from "./export-json.ts";
import { markdownAround, openSaid, sessionMarkdown } from "./export-markdown.ts";
import type { ExportOptions } from "./export-parts.ts";
import type { SaidMessage } from "./kept.ts";
import { newLedger, stateOf, withEvents } from "./ledger.ts";
import { shownMessages } from "./state.ts";

const state = stateOf(withEvents(newLedger("ada", "s-1"), STORY));
const OPTIONS: ExportOptions = {
  transcript: "last50",
  export_id: "00000000-0000-4000-8000-0000000000ee",
  exported_at: "2026-11-21T11:00:00.000Z",
  scheme: "if",
  audience: "therapist",
  notes: [
    { text: "NOTE: ask about the father next time.", at: "2026-11-21T10:26:00.000Z", by: null },
  ],
};
const markdown = (over: Partial<ExportOptions> = {}): string =>
  sessionMarkdown(state, STORY_MESSAGES, { ...OPTIONS, ...over });
const talk = (count: number): readonly SaidMessage[] =>
  Array.from({ length: count }, (_, at) => ({
    message_id: `t-${at}`,
    role: "user",
    content: `said ${at}`,
    model: null,
    tokens: null,
    parent_message_id: null,
    at: "2026-11-21T10:00:00.000Z",
    seq: at + 100,
  }));

test("an export is the page that a person would hand on, to the byte", async () => {
  for (const audience of ["therapist", "client"] as const) {
    const golden = await Bun.file(join(import.meta.dir, "golden", `${audience}.md`)).text();
    expect(markdown({ audience })).toBe(golden);
  }
});

test("X53: a transcript that is written piece by piece is the same to the byte", () => {
  const options = { ...OPTIONS, transcript: "all" } as const;
  for (const messages of [STORY_MESSAGES, [], talk(7)])
    for (const piece of [1, 3, 100]) {
      const { above, below } = markdownAround(state, messages, options);
      const said = openSaid();
      let text = above;
      const shown = shownMessages(state, messages);
      for (let at = 0; at < shown.length; at += piece)
        text += said.text(shown.slice(at, at + piece));
      text += said.end() + below;
      expect(text).toBe(sessionMarkdown(state, messages, options));
    }
});

test("K12: what was deleted or off the record is in no export", () => {
  for (const audience of ["therapist", "client"] as const)
    for (const transcript of ["all", "last50", "none"] as const) {
      const json = JSON.stringify(
        sessionJson(state, STORY_MESSAGES, { ...OPTIONS, audience, transcript }),
      );
      for (const text of [markdown({ audience, transcript }), json]) {
        expect(text).not.toContain("OFF THE RECORD");
        expect(text).not.toContain("DELETED WORDS");
      }
    }
});

test("K12: notes and hypotheses are for the therapist alone", () => {
  const of = (audience: ExportOptions["audience"]) => [
    markdown({ audience }),
    JSON.stringify(sessionJson(state, STORY_MESSAGES, { ...OPTIONS, audience })),
  ];
  for (const secret of ["NOTES OF THE CONTEXT", "HYPOTHESIS", "NOTE: ask"]) {
    for (const text of of("therapist")) expect(text).toContain(secret);
    for (const text of of("client")) expect(text).not.toContain(secret);
  }
});

test("a transcript is the last fifty messages, all of them, or none", () => {
  const all = talk(60);
  const of = (transcript: ExportOptions["transcript"]): string =>
    sessionMarkdown(state, all, { ...OPTIONS, transcript });
  expect(of("last50")).toContain("## Conversation Transcript (Last 50 Messages)");
  expect(of("last50")).not.toContain("> said 9\n");
  expect(of("last50")).toContain("> said 10\n");
  expect(of("all")).toContain("## Conversation Transcript\n");
  expect(of("all")).toContain("> said 0\n");
  expect(of("none")).not.toContain("Transcript");
  expect(sessionJson(state, all, { ...OPTIONS, transcript: "all" }).messages).toHaveLength(60);
});

test("K11: no words of anybody make a section, a list or a link of their own", () => {
  const nasty = fc
    .array(
      fc.constantFrom(
        "# a",
        "\n## Breakthroughs\n",
        "- x",
        "\n\n---\n\n",
        "<h2>",
        "|",
        "`",
        "[a](b)",
        "\\",
        "word",
        " ",
        "```\n",
        "**b**",
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((pieces) => `w${pieces.join("")}`);
  const tags = (html: string): readonly string[] =>
    [
      ...html.matchAll(
        /<(h\d|ul|ol|li|table|tr|td|th|a|code|pre|strong|em|hr|blockquote|script)\b/g,
      ),
    ].map(([, tag]) => tag ?? "");
  const page = (words: string): string => {
    const events = [
      aHappened(1, "message_said", { message_id: "m", role: "user", content: words }),
      aHappened(2, "milestone_reached", { description: words, emotion: "happy", model: words }),
      aHappened(3, "breakthrough_recorded", {
        insight: `i ${words}`,
        category: "insight",
        confidence: 0.5,
        trigger_message_id: "m",
      }),
      aHappened(4, "context_changed", {
        current_theme: words,
        session_notes: words,
        working_hypotheses: [words],
      }),
      aHappened(5, "model_switched", { model: words }),
    ];
    const made = stateOf(withEvents(newLedger("ada", "s-1"), events));
    const said = talk(1).map((one) => ({ ...one, message_id: "m", content: words }));
    return sessionMarkdown(made, said, OPTIONS);
  };
  const usual = tags(Bun.markdown.html(page("word")));
  fc.assert(
    fc.property(nasty, (words) => {
      expect(tags(Bun.markdown.html(page(words)))).toEqual([...usual]);
    }),
    { numRuns: 300 },
  );
});

test("a session of which nothing was heard has an export that says so", () => {
  const empty = stateOf(newLedger("tg:1", "s/2"));
  const page = sessionMarkdown(empty, [], OPTIONS);
  for (const says of ["No emotion", "No milestone", "No breakthrough", "No message"])
    expect(page).toContain(`${says} was recorded.`);
  expect(page).toContain("if://export/s%2F2/");
});

test("JSON has numbers that are numbers, and the same export id", () => {
  const json = sessionJson(state, STORY_MESSAGES, OPTIONS);
  expect(json).toMatchObject({
    export_id: OPTIONS.export_id,
    uri: `if://export/s-1/${OPTIONS.export_id}`,
    export_timestamp: OPTIONS.exported_at,
    emotional_state: { current: "integrated", intensity: 0.7 },
    session_metadata: { milestone_count: 1, ttl_days: 7 },
    statistics: { total_duration_minutes: 25, tokens: 53 },
  });
  expect(json.breakthroughs.map(({ confidence }) => confidence)).toEqual([0.92, 0.85]);
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
});

test("K8: what was disputed or revoked is marked wherever an export shows it", () => {
  const judge = (number: number, citation_id: string, status: "disputed" | "revoked") =>
    aHappened(number, "citation_judged", { citation_id, status, why: "PRIVATE REASON" });
  const [milestone, breakthrough] = [state.milestones[0], state.breakthroughs[0]];
  if (milestone === undefined || breakthrough === undefined) throw new Error("the story has both");
  const judged = stateOf(
    withEvents(newLedger("ada", "s-1"), [
      ...STORY,
      judge(900, milestone.citation_id, "disputed"),
      judge(901, breakthrough.citation_id, "revoked"),
    ]),
  );
  const options = { ...OPTIONS, audience: "client" } as const;
  const page = sessionMarkdown(judged, STORY_MESSAGES, options);
  expect(page).toContain("  - Status: **disputed**");
  expect(page).toContain("  - Status: **revoked**");
  expect(page).not.toContain("PRIVATE REASON");
  const json = sessionJson(judged, STORY_MESSAGES, options);
  expect(json.milestones[0]?.status).toBe("disputed");
  expect(json.breakthroughs.map(({ status }) => status)).toContain("revoked");
});
