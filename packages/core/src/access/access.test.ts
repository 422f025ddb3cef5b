/** Whose a message is, and what a line of the log of looks is. */

import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Message } from "../message/message.ts";
import { openRecent } from "../settle/recent.ts";
import { parse } from "../sources/parse.ts";
import { auditEntryOf } from "./audit.ts";
import { apiSourceOf, isApiSource, isOf } from "./whose.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

test("D2: a message is a user's where its source is one that says so, and nowhere else", () => {
  const meta = { user_id: "ada" };
  for (const source of ["api", "session", apiSourceOf("ada", sha256)])
    expect([source, isOf({ source, meta }, "ada")]).toEqual([source, true]);
  for (const source of ["bus", "claude-code", "api-", "api-ada", "xapi", "sessions", "verbatim"])
    expect([source, isOf({ source, meta }, "ada")]).toEqual([source, false]);
  for (const other of [{}, { user_id: ["ada"] }, { user_id: "adam" }, { user_id: null }])
    expect(isOf({ source: "api", meta: other }, "ada")).toBe(false);
});

test("D2: what a user's key sent is read like every posted message, and two users' are two sources", () => {
  const [ada, bob] = [apiSourceOf("ada", sha256), apiSourceOf("bob", sha256)];
  expect(ada).not.toBe(bob);
  expect(apiSourceOf(null, sha256)).toBe("api");
  expect([ada, bob, "api", "session"].map(isApiSource)).toEqual([true, true, true, false]);
  const item = { session_id: "s", author: { name: "a", role: "user" }, text: "hello" };
  const raw = new TextEncoder().encode(JSON.stringify(item));
  const entry = { seq: 1, at: "2026-01-01T00:00:00.000Z", source: ada, key: "k", raw };
  expect(parse(entry, sha256).messages[0]).toMatchObject({ source: ada, id: "k", text: "hello" });
});

test("D2: what one user said is no context of what another says in a session of the same name", () => {
  const recent = openRecent();
  const [ada, bob] = [apiSourceOf("ada", sha256), apiSourceOf("bob", sha256)];
  const said = (seq: number, source: string, user: string): Message => {
    const item = {
      session_id: "s",
      author: { name: "a", role: "user" },
      text: `words of ${user}`,
      meta: { user_id: user },
    };
    const raw = new TextEncoder().encode(JSON.stringify(item));
    const entry = { seq, at: "2026-01-01T00:00:00.000Z", source: "api", key: `k-${seq}`, raw };
    const [message] = parse(entry, sha256).messages;
    if (message === undefined) throw new Error("a message was expected");
    return { ...message, source };
  };
  const all = [
    said(1, ada, "ada"),
    said(2, "session", "ada"),
    said(3, "session", "bob"),
    said(4, "api", "ada"),
    said(5, "bus", "bob"),
  ];
  for (const one of all) recent.remember(one.seq, [one]);
  expect(recent.before(said(6, ada, "ada"))).toEqual(["words of ada"]);
  expect(recent.before(said(6, bob, "bob"))).toEqual([]);
  expect(recent.before(said(6, "session", "bob"))).toEqual(["words of bob"]);
  expect(recent.before(said(6, "api", "bob"))).toEqual(["words of ada", "words of bob"]);
});

test("a line that is none is nobody's look", () => {
  for (const line of ["", "{", "null", "[]", "{}", '{"at":"x"}'])
    expect(auditEntryOf(line)).toBeNull();
});
