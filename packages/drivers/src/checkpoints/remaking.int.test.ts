/** Making damaged checkpoints again: killed at every step, and of a journal that lacks some. */
import { afterAll, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckpointEntry } from "@verbatim/core/checkpoints";
import {
  AT,
  entriesOf,
  JOURNAL_ID,
  make,
  mortal,
  sha256,
  shelfIn,
} from "../../test/checkpoint-shelf.ts";
import { HIDDEN_SINCE, hiddenSince, SECOND } from "../../test/hidden-since.ts";
import { openCheckpointLibrary } from "./library.ts";
import { surveyCheckpoints } from "./survey.ts";

const root = await mkdtemp(join(tmpdir(), "vb-remade-"));
const idOf = (label: string): string => `20261121_134217_${label}`;
/** Nothing was dropped. */
const isNeeded = (): boolean => false;
let dir = "";
let made = 0;

beforeEach(() => {
  made += 1;
  dir = join(root, `${made}/checkpoints`);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function faultsIn(): Promise<readonly string[]> {
  const journal = { id: JOURNAL_ID, last: 100 };
  const { faults } = await surveyCheckpoints(dir, { sha256, journal });
  return faults.map(({ file, what }) => `${file}: ${what}`);
}

/** Everything that all checkpoints of the folder hold, in order. */
async function everything(): Promise<readonly CheckpointEntry[]> {
  const library = openCheckpointLibrary(dir, sha256);
  const found: CheckpointEntry[] = [];
  for (const { id } of (await library.index())?.checkpoints ?? [])
    found.push(...(await Array.fromAsync(library.entries(id))));
  return found;
}

/** Makes a damaged one again and dies after so many steps; whether it was still alive at the end. `whole`: the bytes are known. */
async function remadeUntil(steps: number, whole: boolean): Promise<boolean> {
  dir = join(root, `remade-${whole}-${steps}`);
  {
    await using shelf = await shelfIn(dir);
    for (const at of [1, 4]) await make(shelf, at, at + 2);
  }
  const path = join(dir, `${idOf("x")}.json`);
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, 300));
  // Read otherwise since: then the same bytes are not known any more.
  const entries = async function* () {
    for (const one of entriesOf(1, 3)) yield whole ? one : { ...one, messages: [] };
  };
  const again = async (over: object): Promise<string> => {
    await using shelf = await shelfIn(dir, over);
    return await shelf.remake(idOf("x"), { entries, isNeeded, at: AT });
  };
  const life = mortal(steps);
  const came = await again(life).catch(() => "died");
  const faults = await faultsIn();
  expect(faults.every((one) => one.startsWith(`${idOf("x")}.json: `))).toBe(true);
  // From the note on, opening the shelf finishes it: then it is whole already.
  const may = whole ? ["same"] : ["same", "other"];
  if (faults.length > 0) expect(may).toContain(await again({}));
  await (await shelfIn(dir))[Symbol.asyncDispose]();
  expect(await faultsIn()).toEqual([]);
  expect((await everything()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expect((await readFile(path)).equals(bytes)).toBe(whole);
  expect(readdirSync(dir).filter((name) => /part|erasing/.test(name))).toEqual([]);
  await life.bury();
  return came !== "died";
}

test("C43: killed after any step of making one again, it is damaged as before or whole, and the next makes it", async () => {
  for (const whole of [true, false]) {
    let steps = 1;
    while (!(await remadeUntil(steps, whole)) && steps < 100) steps += 1;
    expect(steps).toBeGreaterThan(8);
    expect(steps).toBeLessThan(100);
  }
}, 60_000);

test("C43: of a journal that lacks entries none is made", async () => {
  await using shelf = await shelfIn(dir);
  const id = await make(shelf, 1, 6);
  await rm(join(dir, `${id}.json`));
  const entries = async function* () {
    yield* entriesOf(1, 5);
  };
  expect(await shelf.remake(id, { entries, isNeeded, at: AT })).toBe("not");
  expect(await faultsIn()).toEqual([
    `${id}.json: it is gone (entries 1 to 6); put it back from a copy`,
  ]);
});

test("C45: one that a dropped segment rests on holds what it held when it is made again, whatever was hidden since", async () => {
  const harms = {
    "its table is gone": () => rm(join(dir, `${SECOND}.parquet`)),
    "its first line is damaged": async () => {
      const path = join(dir, `${SECOND}.json`);
      await writeFile(path, (await readFile(path)).fill("x", 2, 9));
    },
  };
  for (const [what, harm] of Object.entries(harms))
    for (const isDropped of [true, false]) {
      const world = await hiddenSince(isDropped);
      dir = world.checkpoints;
      await harm();
      expect(await world.remake()).toBe("other");
      const without = (await world.held()).flatMap(({ seq, raw }) => (raw === null ? [seq] : []));
      expect([what, isDropped, without]).toEqual([
        what,
        isDropped,
        isDropped ? [] : [HIDDEN_SINCE],
      ]);
      expect(await world.journal()).toMatchObject({ faults: [], entries: 20 });
      expect(await faultsIn()).toEqual([]);
      await rm(world.home, { recursive: true });
    }
}, 60_000);
