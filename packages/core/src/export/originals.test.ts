import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Entry } from "../message/heard.ts";
import { exportSource } from "../testing/export-story.ts";
import type { ExportAsk } from "./ask.ts";
import { makeOriginals, type OriginalsPlace } from "./originals.ts";

const ASK: ExportAsk = { format: "original", redact: false, all: true, filter: {} };
const sha256 = (bytes: string): string => createHash("sha256").update(bytes).digest("hex");

/** A line of Claude Code's; the session is what begins its file's name. */
const line = (session: string, at: number): string =>
  `${JSON.stringify({ type: "user", sessionId: session, uuid: `${session}-${at}`, timestamp: `2026-03-04T05:06:0${at}.250Z`, message: { role: "user", content: `word ${at}` } })}\n`;

/** Entries from lines of files, each with the key's path and offset. */
function entriesOf(
  lines: readonly { path: string; at: number; text: string; erased?: true }[],
): readonly Entry[] {
  return lines.map(({ path, at, text, erased }, place) => ({
    ...{ seq: place + 1, source: "claude-code", key: `${path}@${at}` },
    at: "2026-03-05T00:00:00.000Z",
    raw: new TextEncoder().encode(text),
    ...(erased === undefined ? {} : { erased }),
  }));
}

type File = { readonly name: string; readonly at: string; readonly bytes: number; text: string };

function openPlace(): OriginalsPlace & { readonly files: File[] } {
  const files: File[] = [];
  return {
    files,
    file: async (about) => {
      const file: File = { ...about, text: "" };
      return {
        write: async (bytes) => {
          file.text += Buffer.from(bytes).toString("latin1");
        },
        finish: async () => {
          expect(file.text.length).toBe(file.bytes);
          files.push(file);
          return { sha256: sha256(file.text) };
        },
      };
    },
  };
}

async function made(entries: readonly Entry[], ask: Partial<ExportAsk> = {}) {
  const place = openPlace();
  const signal = new AbortController().signal;
  const making = { ...exportSource(entries), place, onProgress: () => {}, signal };
  const told = await makeOriginals({ ...ASK, ...ask }, making);
  return { told, files: place.files };
}

/** Two sessions that come at once, one of them torn and heard again, and an agent's stream. */
const [A, B, C] = [line("a-1", 1), line("a-1", 2), line("b-1", 3)];
const TOLD = entriesOf([
  { path: "-p/a-1.jsonl#g", at: 0, text: A },
  { path: "-p/b-1.jsonl#g", at: 0, text: C },
  { path: "-p/a-1.jsonl#g", at: A.length, text: B.slice(0, 20) },
  { path: "-p/agent-7.jsonl#g", at: 0, text: line("a-1", 4) },
  { path: "-p/a-1.jsonl#g", at: A.length, text: B },
]);

test("X60: files come back as they were heard, at their paths, with the time their last record says", async () => {
  const { told, files } = await made(TOLD);
  expect(files.slice(0, 3).map(({ name, at, text }) => [name, at, text])).toEqual([
    ["claude-code/-p/a-1.jsonl", "2026-03-04T05:06:02.250Z", A + B],
    ["claude-code/-p/b-1.jsonl", "2026-03-04T05:06:03.250Z", C],
    ["claude-code/-p/agent-7.jsonl", "2026-03-04T05:06:04.250Z", line("a-1", 4)],
  ]);
  expect(told).toMatchObject({ files: 3, records: 4, not_whole: 0, forgotten: 0 });
  expect(told.told[0]).toMatchObject({ file: files[0]?.name, sha256: sha256(A + B) });
  const sums = files[3];
  expect(sums?.name).toBe("SHA256SUMS");
  expect(sums?.text).toContain(`${sha256(A + B)}  claude-code/-p/a-1.jsonl\n`);
  expect(told.sha256).toBe(sha256(sums?.text ?? ""));
});

test("X60: of one session come the files that are of it, by their names or what they say first", async () => {
  const { files } = await made(TOLD, { all: false, filter: { session: "a" } });
  expect(files.map(({ name }) => name)).toEqual([
    "claude-code/-p/a-1.jsonl",
    "claude-code/-p/agent-7.jsonl",
    "SHA256SUMS",
  ]);
  const many = entriesOf([
    { path: "x.jsonl#g", at: 0, text: A },
    { path: "y.jsonl#g", at: 0, text: line("a-12", 1) },
  ]);
  const one = (session: string) => made(many, { all: false, filter: { session } });
  expect((await one("a-1")).told.told.map(({ file }) => file)).toEqual(["claude-code/x.jsonl"]);
  await expect(one("a-")).rejects.toThrow("2 sessions begin with a-");
  await expect(one("z")).rejects.toMatchObject({ code: "not_found" });
});

test("X60: nothing is taken out of an original, and only the newest writing of a file is it", async () => {
  for (const ask of [{ redact: true }, { records: true }, { filter: { tier: "A" } }])
    await expect(made(TOLD, ask)).rejects.toMatchObject({ code: "usage" });
  const anew = entriesOf([
    { path: "a.jsonl#1", at: 0, text: A },
    { path: "a.jsonl#2", at: 0, text: C },
  ]);
  expect((await made(anew)).files[0]?.text).toBe(C);
});

test("X61: what was forgotten is named and not given, also while it is made; what lacks bytes says so", async () => {
  const gone = TOLD.map((entry): Entry => (entry.seq === 2 ? { ...entry, erased: true } : entry));
  const { told, files } = await made(gone);
  expect([told.files, told.told_forgotten]).toEqual([2, ["claude-code/-p/b-1.jsonl"]]);
  expect(files.at(-1)?.text).toContain("# forgotten, wholly or in part, and not here: claude-code");
  const place = openPlace();
  const source = exportSource(TOLD);
  let looks = 0;
  const read: typeof source.journal.read = async (stretch) => {
    if (stretch.from === 1) looks += 1;
    const entries = await source.journal.read(stretch);
    return looks > 1 ? entries.map((one) => gone[one.seq - 1] ?? one) : entries;
  };
  const making = {
    ...{ ...source, journal: { ...source.journal, read }, place },
    ...{ onProgress: () => {}, signal: new AbortController().signal },
  };
  const later = await makeOriginals(ASK, making);
  expect(later.told_forgotten).toEqual(["claude-code/-p/b-1.jsonl"]);
  const torn = entriesOf([
    { path: "a.jsonl#1", at: 0, text: "abc" },
    { path: "a.jsonl#1", at: 5, text: "fg" },
  ]);
  const holed = await made(torn);
  expect([holed.files[0]?.text, holed.told.not_whole]).toEqual(["abc\0\0fg", 1]);
  expect(holed.files[1]?.text).toContain("lacks 2 bytes from 3");
});

test("X61: records that go away while a file is written give no file", async () => {
  const source = exportSource(TOLD);
  let looks = 0;
  const read: typeof source.journal.read = async (stretch) => {
    if (stretch.from === 1) looks += 1;
    const entries = await source.journal.read(stretch);
    // The third look at the first entry is for its bytes: they are a tombstone's by now.
    return looks < 3 ? entries : entries.map((one): Entry => ({ ...one, erased: true }));
  };
  const making = {
    ...{ ...source, journal: { ...source.journal, read }, place: openPlace() },
    ...{ onProgress: () => {}, signal: new AbortController().signal },
  };
  await expect(makeOriginals(ASK, making)).rejects.toMatchObject({ code: "source_unreadable" });
});

test("X62: the same journal gives the same bytes, however its records are read", async () => {
  const reversed = entriesOf([
    { path: "a.jsonl#1", at: 6, text: "third\n" },
    { path: "a.jsonl#1", at: 3, text: "two" },
    { path: "a.jsonl#1", at: 0, text: "one" },
  ]);
  const [one, other] = [await made(reversed), await made(reversed)];
  expect(one.files[0]?.text).toBe("onetwothird\n");
  expect(other).toEqual(one);
});
