import { expect, test } from "bun:test";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportIdOf } from "@verbatim/core";
import { openReportShelf } from "./reports.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vb-reports-"));
const first = reportIdOf("2026-01-01T00:00:00.000Z");
const second = reportIdOf("2026-01-01T00:00:00.000Z", 2);
const files = { json: "{}", md: "# é\n" };

test("what is kept is listed, the newest first, read, and gone when it is removed", async () => {
  const shelf = openReportShelf(join(await folder(), "reports"));
  expect(await shelf.ids()).toEqual([]);
  await shelf.save(first, files);
  await shelf.save(second, files);
  expect(await shelf.ids()).toEqual([second, first]);
  expect(await shelf.read(first, "md")).toBe("# é\n");
  expect(await shelf.sizes(first)).toEqual({ json: 2, md: 5 });
  await shelf.remove(second);
  expect(await shelf.ids()).toEqual([first]);
  expect([await shelf.read(second, "json"), await shelf.sizes(second)]).toEqual([null, null]);
});

test("R2: what a killed writer left is no report, and is swept away by the next one", async () => {
  const dir = await folder();
  const shelf = openReportShelf(dir);
  const dead = Bun.spawn(["true"]);
  await dead.exited;
  await writeFile(join(dir, `${first}.md`), "whole");
  await writeFile(join(dir, `${first}.json.${dead.pid}.new`), "{");
  expect(await shelf.ids()).toEqual([]);
  await shelf.save(second, files);
  expect((await readdir(dir)).toSorted()).toEqual([
    `${first}.md`,
    `${second}.json`,
    `${second}.md`,
  ]);
});

test("R1: a name that is none reads nothing, wherever it points", async () => {
  const dir = await folder();
  await writeFile(join(dir, "secret.json"), "{}");
  const shelf = openReportShelf(join(dir, "reports"));
  for (const id of ["../secret", join(dir, "secret"), "secret"]) {
    expect(await shelf.read(id, "json")).toBeNull();
    expect(await shelf.sizes(id)).toBeNull();
    await shelf.remove(id);
  }
  expect(await readdir(dir)).toEqual(["secret.json"]);
});
