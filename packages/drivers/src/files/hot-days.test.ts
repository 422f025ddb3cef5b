/** How long sessions stay hot: what the file says now, or what it last said rightly. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHotDays } from "./hot-days.ts";

test("V34: a mistake is said once and the last good days stay; a mended file counts again", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "vb-hot-")), "retention.json");
  const said: string[] = [];
  const warn = (_: string, facts?: object): void => void said.push(JSON.stringify(facts));
  using days = await openHotDays(path, { warn });
  expect(days.now()).toBe(7);
  const seen: number[] = [];
  for (const text of [
    '{ "sessions_hot_days": 30 }',
    '{ "sessions_hot_days": "x" }',
    '{ "sessions_hot_days": "x" }',
    "{",
    '{ "sessions_hot_days": 2 }',
  ]) {
    writeFileSync(path, text);
    await days.look();
    seen.push(days.now());
  }
  expect(seen).toEqual([30, 30, 30, 30, 2]);
  expect(said.length).toBe(2);
  expect(said[0]).toContain("must be whole days, 1 to 3650, and is");
  rmSync(path);
  await days.look();
  expect(days.now()).toBe(7);
});
