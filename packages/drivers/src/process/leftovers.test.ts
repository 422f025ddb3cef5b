/** What killed writers left: taken away by the next, and nothing that is somebody's. */
import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepParts } from "./leftovers.ts";
import { openWholeFile } from "./whole-file.ts";
import { writeWhole } from "./write-whole.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vb-left-"));

async function deadPid(): Promise<number> {
  const dead = Bun.spawn(["true"]);
  await dead.exited;
  return dead.pid;
}

test("J20: who writes a file takes away what was left of it, and of nothing else", async () => {
  const dir = await folder();
  const pid = await deadPid();
  const others = [`b.md.${pid}.part`, `a.md.${process.ppid}.part`, "a.md.part"];
  for (const name of [...others, `a.md.${pid}.part`, `c.json.${pid}.new`])
    await writeFile(join(dir, name), "half");
  await writeWhole(join(dir, "c.json"), "{}");
  {
    await using file = await openWholeFile(join(dir, "a.md"), { replace: false });
    await file.finish();
  }
  expect((await readdir(dir)).toSorted()).toEqual([...others, "a.md", "c.json"].toSorted());
});

test("J20: a folder that an export left goes with what is in it, and stops nobody", async () => {
  const dir = await folder();
  const left = join(dir, `.sessions_md.${await deadPid()}.part`);
  await mkdir(left);
  await writeFile(join(left, "one.md"), "half");
  await writeFile(join(dir, "kept.md"), "");
  await sweepParts(dir);
  expect(await readdir(dir)).toEqual(["kept.md"]);
});
