/** Checkpoints that become a journal again, in a home of their own. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Entry, type Heard, makeSettle } from "@verbatim/core";
import { openJournal, openJournalReader, verifyJournal } from "@verbatim/drivers/journal";
import { silentSurface } from "../../../../tests/world/proof.ts";
import { checkpointHere } from "./checkpoint.ts";
import { importFiles } from "./import.ts";

let folder: string;
let home: string;
const text = new TextEncoder();

const posted = (id: string): Heard => ({
  ...{ source: "api", key: id, at: "2026-11-22T00:00:00.000Z" },
  raw: text.encode(
    JSON.stringify({
      id,
      session_id: "s",
      author: { name: "ada", role: "user" },
      text: `word ${id}`,
    }),
  ),
});
const ODD: readonly Heard[] = [
  { ...posted("odd"), source: "bus", raw: new Uint8Array([0xff, 0, 10, 13, 0x7b]) },
  { ...posted('-p/a "b".jsonl#1@0'), source: "claude-code", raw: new Uint8Array(0) },
];

async function checkpointed(heard: readonly Heard[]): Promise<void> {
  const journal = await openJournal({ dir: join(home, "journal"), program: "test" });
  await journal.append(heard);
  await journal.close();
  const how = { passed: () => {}, waitMs: 1000, signal: new AbortController().signal };
  await checkpointHere(home, { label: "back", by_clock: false }, how);
}

async function imported(to: string, path = join(home, "checkpoints")) {
  const surface = silentSurface({});
  await importFiles([path], { home: to, json: true, source: "auto" }, surface);
  return JSON.parse(surface.said());
}

async function entriesOf(of: string): Promise<readonly Entry[]> {
  const reader = openJournalReader(join(of, "journal"));
  const found = await reader.read({ from: 1, to: 1e6, entries: 1e6, bytes: 1e9 });
  await reader.close();
  return found;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vb-again-"));
  home = join(folder, "home");
  await checkpointed([...Array(40).keys()].map((at) => posted(`first-${at}`)));
  await checkpointed([...ODD, ...[...Array(40).keys()].map((at) => posted(`second-${at}`))]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("X31: every entry comes back as it was, with the same messages, and again adds nothing", async () => {
  const to = join(folder, "again");
  expect(await imported(to)).toMatchObject({
    files: 2,
    records_new: 82,
    records_known: 0,
    withheld: 0,
  });
  const [before, after] = [await entriesOf(home), await entriesOf(to)];
  expect(after).toEqual([...before]);
  const settle = makeSettle({ sha256: () => "" });
  const ids = (all: readonly Entry[]) =>
    all.flatMap((one) => settle(one).messages.map(({ id }) => id));
  expect(ids(after)).toEqual(ids(before));
  expect(await imported(to)).toMatchObject({ records_new: 0, records_known: 82 });
  expect((await verifyJournal(join(to, "journal"))).faults).toEqual([]);
});

test("X31: one that was killed in the middle is gone on with, and a home with anything else is left alone", async () => {
  const to = join(folder, "half");
  const all = await entriesOf(home);
  const half = await openJournal({ dir: join(to, "journal"), program: "test" });
  await half.append(all.slice(0, 57));
  await half.close();
  expect(await imported(to, join(home, "checkpoints/index.json"))).toMatchObject({
    records_new: 25,
    records_known: 57,
  });
  expect(await entriesOf(to)).toEqual([...all]);
  for (const mine of [[posted("mine")], [...all, posted("mine")]]) {
    const other = await mkdtemp(join(folder, "other-"));
    const journal = await openJournal({ dir: join(other, "journal"), program: "test" });
    await journal.append(mine);
    await journal.close();
    await expect(imported(other)).rejects.toMatchObject({ code: "conflict" });
    expect(await entriesOf(other)).toHaveLength(mine.length);
  }
});

test("a damaged checkpoint is named, and what lies before it stays", async () => {
  const copy = join(folder, "copy/checkpoints");
  await cp(join(home, "checkpoints"), copy, { recursive: true });
  const [, second = ""] = (await readdir(copy))
    .filter((name) => name.includes("_back") && name.endsWith(".json"))
    .toSorted();
  await Bun.write(
    join(copy, second),
    (await Bun.file(join(copy, second)).text()).replace("word", "Word"),
  );
  const to = join(folder, "damaged");
  await expect(imported(to, copy)).rejects.toThrow(`${second} in`);
  const found = await entriesOf(to);
  expect((await entriesOf(home)).slice(0, found.length)).toEqual([...found]);
});
