import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepParts } from "./leftovers.ts";
import { openWholeFile } from "./whole-file.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vb-whole-"));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("X4: a file is there whole once it is finished, and until then under no name that is read", async () => {
  const dir = await folder();
  const path = join(dir, "one.md");
  await using file = await openWholeFile(path, { replace: false });
  await file.write(bytes("one "));
  await file.write(bytes("two"));
  expect((await readdir(dir)).filter((name) => !name.endsWith(".part"))).toEqual([]);
  const made = await file.finish();
  expect(made).toEqual({
    bytes: 7,
    sha256: createHash("sha256").update("one two").digest("hex"),
  });
  expect(await readdir(dir)).toEqual(["one.md"]);
  expect(await readFile(path, "utf8")).toBe("one two");
});

test("X4: what is given up leaves nothing, and what was there before is still there", async () => {
  const dir = await folder();
  const path = join(dir, "one.md");
  await writeFile(path, "before");
  await expect(openWholeFile(path, { replace: false })).rejects.toThrow("--force");
  {
    await using file = await openWholeFile(path, { replace: true });
    await file.write(bytes("half"));
  }
  expect(await readdir(dir)).toEqual(["one.md"]);
  expect(await readFile(path, "utf8")).toBe("before");
});

test("X4: what a writer that is gone left beside is swept away, and nothing else", async () => {
  const dir = await folder();
  const dead = Bun.spawn(["true"]);
  await dead.exited;
  const kept = ["a.md", `b.md.${process.pid}.part`, "c.part", "4.md"];
  for (const name of [...kept, `a.md.${dead.pid}.part`, `a.json.${dead.pid}.new`])
    await writeFile(join(dir, name), "");
  await sweepParts(dir);
  expect((await readdir(dir)).toSorted()).toEqual(kept.toSorted());
});
