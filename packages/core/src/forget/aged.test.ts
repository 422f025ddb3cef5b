/** Old files as a forget takes them: whole, by their newest message, and nothing else. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Entry, fileKey } from "../message/heard.ts";
import { parse } from "../sources/parse.ts";
import { anEntry } from "../testing/samples.ts";
import { openAged, openFiles } from "./aged.ts";
import { fileDigest, inParts } from "./index.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const BEFORE = "2026-02-01T00:00:00.000Z";

function said(seq: number, path: string, at: string | null, session = "s-1"): Entry {
  const line = { type: "user", sessionId: session, uuid: `u-${seq}`, timestamp: at };
  const text =
    at === null
      ? "no JSON"
      : JSON.stringify({ ...line, message: { role: "user", content: `number ${seq}` } });
  const key = fileKey({ path, generation: "1", offset: seq * 500 });
  return anEntry(seq, { source: "claude-code", key, raw: new TextEncoder().encode(text) });
}

const ENTRIES = [
  said(1, "-a/old.jsonl", "2026-01-01T00:00:00.000Z"),
  said(2, "-a/new.jsonl", "2026-01-01T00:00:00.000Z", "s-2"),
  said(3, "-a/old.jsonl", null),
  said(4, "-a/new.jsonl", "2026-03-01T00:00:00.000Z", "s-2"),
  said(5, "-a/old.jsonl", "2026-01-31T23:59:59.999Z"),
  said(6, "-b/other.jsonl", "2026-01-01T00:00:00.000Z", "s-3"),
  { ...said(7, "-a/old.jsonl", "2026-03-01T00:00:00.000Z"), erased: true as const },
];

const nameOf = (path: string): string => fileDigest({ source: "claude-code", path }, sha256);

function planOf(entries: readonly Entry[], paths: readonly string[]) {
  const aged = openAged({ files_sha256: paths.map(nameOf), before: BEFORE }, sha256);
  for (const entry of entries) aged.learn({ entry, messages: parse(entry, sha256).messages });
  const plan = aged.plan("5a3b1c9e-0000-4000-8000-000000000001");
  return { ...plan, seqs: [...inParts(plan.ranges, 100)].flat() };
}

test("V31: a file goes whole, with what nobody understood; what is younger or was not named stays", () => {
  const plan = planOf(ENTRIES, ["-a/old.jsonl", "-a/new.jsonl"]);
  expect(plan.seqs).toEqual([1, 3, 5]);
  expect(plan.sessions).toEqual([{ user_id: null, session_id: "s-1" }]);
  expect(plan.files).toEqual([{ source: "claude-code", path: "-a/old.jsonl", whole: true }]);
});

test("V31: a file that got something new since it was listed stays whole", () => {
  const more = said(8, "-a/old.jsonl", "2026-02-01T00:00:00.000Z");
  expect(planOf([...ENTRIES, more], ["-a/old.jsonl"]).seqs).toEqual([]);
});

test("a session that goes on in a file that stays keeps its name in Redis", () => {
  const more = said(8, "-c/again.jsonl", "2026-03-02T00:00:00.000Z", "s-1");
  const plan = planOf([...ENTRIES, more], ["-a/old.jsonl"]);
  expect(plan.seqs).toEqual([1, 3, 5]);
  expect(plan.sessions).toEqual([]);
});

test("files are listed with their newest message, or when they were heard where nothing was said", () => {
  const files = openFiles();
  const silent = said(9, "-d/odd.jsonl", null);
  for (const entry of [...ENTRIES, silent])
    files.see({ entry, messages: parse(entry, sha256).messages });
  expect(files.all().map(({ path, newest_at, entries }) => [path, newest_at, entries])).toEqual([
    ["-a/old.jsonl", "2026-01-31T23:59:59.999Z", 3],
    ["-a/new.jsonl", "2026-03-01T00:00:00.000Z", 2],
    ["-b/other.jsonl", "2026-01-01T00:00:00.000Z", 1],
    ["-d/odd.jsonl", silent.at, 1],
  ]);
});
