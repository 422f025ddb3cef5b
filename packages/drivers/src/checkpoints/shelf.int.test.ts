/** Checkpoints in a folder: made, killed at every step, filled up, damaged. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckpointEntry, checkpointedTo } from "@verbatim/core/checkpoints";
import {
  AT,
  Dead,
  entriesOf,
  JOURNAL_ID,
  make,
  mortal,
  sha256,
  shelfIn,
} from "../../test/checkpoint-shelf.ts";
import { openCheckpointLibrary } from "./library.ts";
import { type CheckpointReport, surveyCheckpoints } from "./survey.ts";

const root = await mkdtemp(join(tmpdir(), "vb-checkpoints-"));
let dir = "";
let made = 0;

beforeEach(() => {
  made += 1;
  dir = join(root, `${made}/checkpoints`);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const survey = (last = 100): Promise<CheckpointReport> =>
  surveyCheckpoints(dir, { sha256, journal: { id: JOURNAL_ID, last } });
const faultsIn = async (): Promise<readonly string[]> =>
  (await survey()).faults.map(({ file, what }) => `${file}: ${what}`);
const idOf = (label: string): string => `20261121_134217_${label}`;

async function entriesIn(id: string): Promise<readonly CheckpointEntry[]> {
  return await Array.fromAsync(openCheckpointLibrary(dir, sha256).entries(id));
}

/** Everything that all checkpoints of the folder hold, in order. */
async function everything(): Promise<readonly CheckpointEntry[]> {
  const index = await openCheckpointLibrary(dir, sha256).index();
  const found: CheckpointEntry[] = [];
  for (const { id } of index?.checkpoints ?? []) found.push(...(await entriesIn(id)));
  return found;
}

test("a checkpoint is two files and a line in the index, and gives back what it was made of", async () => {
  await using shelf = await shelfIn(dir);
  const id = await make(shelf, 1, 12);
  const [one] = shelf.index().checkpoints;
  expect(one).toMatchObject({ id, first_seq: 1, last_seq: 12, count: 12, messages: 10, asides: 2 });
  expect(readdirSync(dir).toSorted()).toEqual([
    ...[`${id}.json`, `${id}.parquet`, "index.json", "writer.lock"],
  ]);
  expect(await entriesIn(id)).toEqual([...entriesOf(1, 12)]);
  const whole = JSON.parse(await readFile(join(dir, `${id}.json`), "utf8"));
  expect([whole.entries.length, whole.last_seq, whole.label]).toEqual([12, 12, "x"]);
  expect(await survey()).toMatchObject({ checkpoints: 1, entries: 12, to: 12, faults: [] });
});

test("C30: two of one second have two names, and a name is not given again when its files are gone", async () => {
  await using shelf = await shelfIn(dir);
  const ids = [await make(shelf, 1, 2), await make(shelf, 3, 4)];
  expect(ids).toEqual([idOf("x"), idOf("x-2")]);
  await rm(join(dir, `${ids[1]}.json`));
  await rm(join(dir, `${ids[1]}.parquet`));
  expect(await make(shelf, 5, 6)).toBe(idOf("x-3"));
});

test("C29: who comes while another writes is told who it is, or waits for him", async () => {
  const first = await shelfIn(dir);
  await expect(shelfIn(dir)).rejects.toThrow(`test, pid ${process.pid} is writing checkpoints`);
  const waiting = shelfIn(dir, { waitMs: 20_000 });
  await make(first, 1, 2);
  await first[Symbol.asyncDispose]();
  await using second = await waiting;
  expect(checkpointedTo(second.index())).toBe(2);
});

/** Steps of the whole story, each of which may be the last. */
async function story(from: number, over: object): Promise<void> {
  await using shelf = await shelfIn(dir, over);
  for (let at = Math.max(from, checkpointedTo(shelf.index()) + 1); at <= 9; at += 3)
    await make(shelf, at, at + 2);
  await shelf.erase({ seqs: [2, 8], why: "forgotten", at: AT });
}

test("C26: killed after any step, what is there is whole, and the next goes on where it ended", async () => {
  const whole = entriesOf(1, 9).map(({ seq }) => seq);
  for (let steps = 1; ; steps += 1) {
    dir = join(root, `killed-${steps}`);
    const life = mortal(steps);
    const died = await story(1, life).then(
      () => false,
      (error) => error instanceof Dead || error.cause instanceof Dead,
    );
    expect(await faultsIn()).toEqual([]);
    await story(1, {});
    expect(await faultsIn()).toEqual([]);
    const kept = await everything();
    expect(kept.map(({ seq }) => seq)).toEqual(whole);
    expect(kept.filter(({ raw }) => raw === null).map(({ seq }) => seq)).toEqual([2, 8]);
    expect(readdirSync(dir).filter((name) => /part|new|erasing/.test(name))).toEqual([]);
    await life.bury();
    if (!died) {
      expect(steps).toBeGreaterThan(40);
      break;
    }
    if (steps > 300) throw new Error("it never ends");
  }
}, 120_000);

test("C26: one that is given up, or finds no room, leaves nothing, and the next holds it all", async () => {
  const full = (): never => {
    throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
  };
  const { realShelfFs } = await import("./shelf-fs.ts");
  for (const step of ["create", "rename", "syncFolder", "replace"] as const) {
    dir = join(root, `full-${step}`);
    {
      await using shelf = await shelfIn(dir);
      await make(shelf, 1, 3);
    }
    const before = readdirSync(dir);
    {
      await using shelf = await shelfIn(dir, { fs: { ...realShelfFs, [step]: full } });
      await expect(make(shelf, 4, 6)).rejects.toThrow("the disk is full (ENOSPC)");
      await expect(make(shelf, 4, 6)).rejects.toMatchObject({ code: "output_failed" });
    }
    expect(await faultsIn()).toEqual([]);
    // Once it has its name it is whole, and the next one takes it in.
    if (step === "create" || step === "rename") expect(readdirSync(dir)).toEqual(before);
    await using shelf = await shelfIn(dir);
    if (checkpointedTo(shelf.index()) === 3) await make(shelf, 4, 6);
    expect((await everything()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  }
});

test("C27: an index that is gone, torn or changed is made again, to the byte", async () => {
  {
    await using shelf = await shelfIn(dir);
    for (const at of [1, 4, 7]) await make(shelf, at, at + 2);
    await shelf.erase({ seqs: [5], why: "forgotten", at: AT });
  }
  const path = join(dir, "index.json");
  const text = await readFile(path, "utf8");
  const changed = [null, "", text.slice(0, 200), text.replace('"last_seq":9', '"last_seq":99999')];
  for (const bad of changed) {
    if (bad === null) await rm(path);
    else await writeFile(path, bad);
    expect((await faultsIn())[0]).toStartWith("index.json: ");
    await (await shelfIn(dir))[Symbol.asyncDispose]();
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await faultsIn()).toEqual([]);
  }
});

test("C27: a damaged or missing file is named, and later ones are made all the same", async () => {
  {
    await using shelf = await shelfIn(dir);
    for (const [at, label] of [
      [1, "a"],
      [4, "b"],
      [7, "c"],
    ] as const)
      await make(shelf, at, at + 2, label);
  }
  const path = join(dir, `${idOf("a")}.json`);
  const bytes = await readFile(path);
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  await writeFile(path, bytes);
  await rm(join(dir, `${idOf("c")}.parquet`));
  {
    await using shelf = await shelfIn(dir);
    expect(await make(shelf, 10, 12, "d")).toBe(idOf("d"));
  }
  expect(await faultsIn()).toEqual([
    `${idOf("a")}.json: it has other bytes than it was made with (entries 1 to 3); put it back from a copy`,
    `${idOf("c")}.parquet: it is gone (entries 7 to 9); put it back from a copy`,
  ]);
  // Without the index too, what is damaged is left out of the new one, and said.
  await rm(join(dir, "index.json"));
  await (await shelfIn(dir))[Symbol.asyncDispose]();
  const faults = await faultsIn();
  expect(faults).toContain(`${idOf("b")}: no checkpoint holds entries 1 to 3`);
  expect(faults.some((one) => one.startsWith(`${idOf("a")}.json: it is not in the index`))).toBe(
    true,
  );
});

test("C27: any single byte that is changed in any file is found", async () => {
  {
    await using shelf = await shelfIn(dir);
    await make(shelf, 1, 6);
  }
  for (const name of [`${idOf("x")}.json`, `${idOf("x")}.parquet`, "index.json"]) {
    const whole = await readFile(join(dir, name));
    for (let at = 0; at < whole.length; at += 1 + Math.floor(whole.length / 60)) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 4;
      await writeFile(join(dir, name), changed);
      const { faults } = await survey();
      expect(faults.map(({ file }) => file)).toContain(name);
    }
    await writeFile(join(dir, name), whole);
  }
  expect(await faultsIn()).toEqual([]);
});

test("C31: what is taken out stands in none of the files, and the chain says what was taken when", async () => {
  await using shelf = await shelfIn(dir);
  for (const at of [1, 4, 7]) await make(shelf, at, at + 2);
  const before = shelf.index().checkpoints;
  const word = "message number 6 about";
  const held = async (): Promise<readonly string[]> => {
    const texts = readdirSync(dir).map(async (name) =>
      (await readFile(join(dir, name), "latin1")).includes(word) ? name : "",
    );
    return (await Promise.all(texts)).filter((name) => name !== "");
  };
  expect(await held()).toEqual([`${idOf("x-2")}.json`]);
  const done = await shelf.erase({ seqs: [6, 77], why: "forgotten", at: AT });
  expect(done.map(({ id, erased }) => [id, erased])).toEqual([
    [idOf("x-2"), [{ at: AT, why: "forgotten", entries: 1 }]],
  ]);
  expect(await held()).toEqual([]);
  expect(await faultsIn()).toEqual([]);
  const after = shelf.index().checkpoints;
  expect(after.map(({ files }, at) => files.json.sha256 === before[at]?.files.json.sha256)).toEqual(
    [true, false, true],
  );
  expect(after[2]?.previous).not.toBe(before[2]?.previous);
  expect(await shelf.erase({ seqs: [6], why: "again", at: AT })).toEqual([]);
  expect(existsSync(join(dir, "erasing.json"))).toBe(false);
});

test("checkpoints of another journal are not added to", async () => {
  {
    await using shelf = await shelfIn(dir);
    await make(shelf, 1, 2);
  }
  await expect(shelfIn(dir, { journalId: "another" })).rejects.toMatchObject({
    code: "journal_foreign",
  });
});
