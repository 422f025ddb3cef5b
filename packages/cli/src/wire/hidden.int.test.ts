/** What is hidden, read out of a journal with nothing running: the log, its pages, exports. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { JournalReader, Stretch } from "@verbatim/core";
import { offeredEvent } from "@verbatim/core/sessions";
import { aHappened, anEntry } from "@verbatim/core/testing";
import { openJournal, openJournalReader } from "@verbatim/drivers/journal";
import { between, openReading } from "./fitting.ts";
import { hiddenIn } from "./hidden.ts";

const MAIN = join(import.meta.dir, "../main.ts");
/** Longer than what is looked at around a message. */
const BETWEEN = 3000;
let home: string;

function heard(...[seq, name, fields, over]: Parameters<typeof aHappened>) {
  const one = aHappened(seq, name, fields, over);
  return { ...offeredEvent(one.event), at: one.moment.at };
}
const says = (seq: number, message_id: string, content: string, over = {}) =>
  heard(seq, "message_said", { message_id, role: "user", content }, over);
const deletes = (seq: number, message_id: string, over = {}) =>
  heard(seq, "message_deleted", { message_id }, over);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "vb-hidden-"));
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  await journal.append([
    says(1, "m-1", "zanzibar one"),
    says(2, "m-2", "pemba two"),
    heard(3, "off_record_set", { on: true }, { session_id: "s-2" }),
    says(4, "m-1", "zanzibar three", { session_id: "s-2" }),
  ]);
  await journal.rotate();
  await journal.append(
    Array.from({ length: BETWEEN }, (_, at) => ({ ...anEntry(at + 5), key: `k-${at}` })),
  );
  await journal.append([
    deletes(5, "m-1"),
    deletes(6, "m-2", { user_id: "eve" }),
    says(7, "m-9", "pemba last"),
  ]);
  await journal.close();
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const ran = Bun.spawn([process.execPath, MAIN, "--home", home, ...args], {
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [out, err] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  return out + err;
}

const textsOf = (jsonl: string): readonly string[] =>
  jsonl
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).text);

test("L3: the log, its archives, its filters and its numbers know what was deleted", async () => {
  const all = textsOf(await run("log", "--format", "jsonl", "--limit", "100000"));
  expect(all.filter((text) => /zanzibar|pemba/.test(text))).toEqual(["pemba two", "pemba last"]);
  expect(textsOf(await run("log", "--format", "jsonl", "--limit", "1"))).toEqual(["pemba last"]);
  expect(
    textsOf(await run("log", "--format", "jsonl", "--source", "session", "--limit", "9")),
  ).toEqual(["pemba two", "pemba last"]);
  const archives = JSON.parse(await run("log", "--list-archives", "--json"));
  const [first] = archives;
  const archived = await run("log", "--format", "jsonl", "--archive", first.file ?? first.name);
  expect(textsOf(archived)).toEqual(["pemba two"]);
  expect(await run("log", "--reverse", "--limit", "100000")).not.toContain("zanzibar");
  expect(JSON.parse(await run("log", "--stats", "--source", "session", "--json"))).toMatchObject({
    messages: 2,
  });
}, 60_000);

test("L3: a table has neither what was deleted nor what was said off the record", async () => {
  const file = join(home, "all.parquet");
  await run("export", "--all", "--out", file);
  const duck = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = await duck.runAndReadAll(
    `SELECT text FROM '${file}' WHERE source = 'session' AND kind = 'message' ORDER BY seq`,
  );
  expect(rows.getRows().flat()).toEqual(["pemba two", "pemba last"]);
}, 60_000);

/** A journal that says what was read of it. */
function watched(journal: JournalReader) {
  const asked: Stretch[] = [];
  const read = (stretch: Stretch) => {
    asked.push(stretch);
    return journal.read(stretch);
  };
  return { asked, journal: { ...journal, read } };
}

test("L3: a page without chats looks at nothing more, and one with a chat not at what lies far before it", async () => {
  const { journal, ...read } = await openReading(home);
  const looking = watched(openJournalReader(join(home, "journal")));
  const hidden = hiddenIn(looking.journal);
  const signal = new AbortController().signal;
  const reading = { journal, ...read, hidden, filters: {}, records: false, signal };
  const last = await journal.last();
  await Array.fromAsync(between(reading, { from: last - 200, to: last - 3 }));
  expect(looking.asked).toEqual([]);
  await Array.fromAsync(between(reading, { from: last, to: last }));
  expect(Math.min(...looking.asked.map(({ from }) => from))).toBe(last - 1000);
  const asked = looking.asked.length;
  await Array.fromAsync(between(reading, { from: last, to: last }));
  expect(looking.asked).toHaveLength(asked);
});
