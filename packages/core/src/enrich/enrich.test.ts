import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Message } from "../message/message.ts";
import { enrich } from "./enrich.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const said = (text: string): Message => ({
  id: "m",
  session_id: "s",
  source: "api",
  author: { name: "ada", role: "user" },
  said_at: "2026-01-01T00:00:00.000Z",
  heard_at: "2026-01-01T00:00:00.000Z",
  seq: 1,
  sub: 0,
  kind: "message",
  parts: [],
  text,
  meta: {},
});
const of = (text: string) => enrich(said(text), sha256);

test("a domain needs whole words, and says which", () => {
  expect(of("the unit tests and the benchmark assertions")).toMatchObject({
    chain_type: "testing_validation",
  });
  for (const text of ["I require a quick guide", "the latest contest", "hello there", ""]) {
    expect(of(text).chain_type).toBe("unclassified");
  }
  expect(of("migrate the postgres schema").explain.chain_type.matched.length).toBeGreaterThan(0);
});

test("each tier is found, and nothing is one too", () => {
  expect(of("architecture decision: we will adopt one writer, a long term strategy").ace_tier).toBe(
    "A",
  );
  expect(of("should we cache it? what do you think, alternatively we wait").ace_tier).toBe("C");
  expect(of("implement the parser and fix the test").ace_tier).toBe("E");
  expect(of("good morning").ace_tier).toBe("unclassified");
});

test("tags know no from yes", () => {
  expect(of("the migration is done").shl_tags).toContain("@Status-Ready");
  expect(of("it is not done").shl_tags).not.toContain("@Status-Ready");
  expect(of("no errors any more").shl_tags).not.toContain("@Status-Blocked");
  expect(of("which one is it?").shl_tags).toContain("@Question-Open");
  expect(of("hello").shl_tags).toEqual([]);
});

test("keywords are by importance and keep identifiers whole", () => {
  const { keywords } = of(
    "parseHeader fails; parseHeader in src/journal/entry.ts is wrong because of the header",
  );
  expect(keywords[0]).toBe("parseHeader");
  expect(keywords).toContain("src/journal/entry.ts");
  expect(keywords).not.toContain("the");
});

test("counts and the hash are of the exact text", () => {
  expect(of("two  words\n")).toMatchObject({
    word_count: 2,
    char_count: 11,
    content_hash: sha256("two  words\n"),
  });
  expect(of("").word_count).toBe(0);
});

test("inflections are one word, and different words stay two", () => {
  expect(of("the migration is completed").shl_tags).toContain("@Status-Ready");
  expect(of("we merged it into the trunk").ace_tier).toBe("E");
  expect(of("a show of unity among the unions").chain_type).toBe("unclassified");
  expect(of("the unit was dimmed").chain_type).toBe("unclassified");
});

test("paths and identifiers are evidence, whole and in pieces", () => {
  expect(of("look at src/ui/Button.tsx").explain.chain_type.matched).toContain("ui/");
  expect(of("GameObject is null").chain_type).toBe("unity_integration");
  expect(of("see tests/journal.test.ts").chain_type).toBe("testing_validation");
});

test("what is asked, or may be, is not said", () => {
  expect(of("is the migration done?").shl_tags).not.toContain("@Status-Ready");
  expect(of("when it is merged, tell me").shl_tags).not.toContain("@Status-Ready");
  expect(of("could you fix the parser?").shl_tags).toContain("@Action-Required");
  expect(of("could you fix the parser?").shl_tags).not.toContain("@Question-Open");
  expect(of("`done` is a word in code").shl_tags).not.toContain("@Status-Ready");
});

test("tags written by hand are kept", () => {
  const { shl_tags, explain } = of("@A-Tier:Design-Review please, @ada @scope/package");
  expect(shl_tags).toContain("@A-Tier:Design-Review");
  expect(shl_tags).not.toContain("@scope/package");
  expect(explain.shl_tags["@A-Tier:Design-Review"]).toEqual(["written by hand"]);
});

test("acts of a dialogue are told apart", () => {
  expect(of("I propose a queue").dialogue_acts).toEqual(["proposal"]);
  expect(of("I disagree, it is too risky").dialogue_acts).toEqual(["objection"]);
  expect(of("sounds good").dialogue_acts).toEqual(["agreement"]);
  expect(of("which lens was it?").dialogue_acts).toEqual(["question"]);
  expect(of("we decided to keep one writer").dialogue_acts).toEqual(["decision"]);
});

test("messages before it tell what a short one is about", () => {
  const before = ["Should we move the unit tests to vitest?"];
  expect(enrich(said("yes, agreed"), sha256, before)).toMatchObject({
    chain_type: "testing_validation",
    ace_tier: "C",
  });
});

test("an architect's word and a program's print weigh differently", () => {
  const spoken = { ...said("one storage strategy for ingest"), meta: { sender_role: "Architect" } };
  expect(enrich(spoken, sha256).ace_tier).toBe("A");
  const printed: Message = { ...said("57 passed, done"), author: { name: "x", role: "tool" } };
  expect(enrich(printed, sha256)).toMatchObject({ ace_tier: "unclassified" });
  expect(enrich(printed, sha256).shl_tags).not.toContain("@Status-Ready");
});

test("the language is the one whose small words are used", () => {
  expect(of("this is what we have").language).toBe("en");
  expect(of("das ist noch nicht fertig").language).toBe("de");
  expect(of("nous avons une idée pour la suite").language).toBe("fr");
  expect(of("no sé qué hacer con los datos").language).toBe("es");
  expect(of("これはテストです").language).toBe("ja");
  expect(of("0x1f 99").language).toBe("und");
});

test("near-duplicates share a hash that others do not", () => {
  const one = of("The *Tests* pass.\n");
  expect(of("the tests  pass").normal_hash).toBe(one.normal_hash);
  expect(of("the tests  pass").content_hash).not.toBe(one.content_hash);
  expect(of("the tests past").normal_hash).not.toBe(one.normal_hash);
  expect(of("Größe: ok").normal_hash).toBe(sha256("größe ok"));
  expect(one.normal_hash).toBe(sha256("the tests pass"));
});

test("what the source says of a message stands before what was worked out", () => {
  const given = { chain_type: "mine", ace_tier: "C", shl_tags: ["@Mine-Own"] };
  expect(enrich({ ...said("the unit tests are done"), meta: { given } }, sha256)).toMatchObject({
    chain_type: "mine",
    ace_tier: "C",
    shl_tags: ["@Chain-mine", "@Mine-Own", "@Status-Ready"],
  });
});
