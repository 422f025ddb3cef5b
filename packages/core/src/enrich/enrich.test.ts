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
