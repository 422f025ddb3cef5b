/** Exports in which somebody who is forgotten is named. */
import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeExports, removeReplaced } from "./forgetting.ts";

test("Y21: exports that name anybody go whole, with what is told of them; others stay", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vb-exports-"));
  const file = (name: string, text: string) => writeFile(join(dir, name), text);
  const about = (redact: boolean) => JSON.stringify({ asked: { redact } });
  await file("export_1.md", "of ada: words");
  await file("export_1.about.json", about(false));
  await file("export_2.md", "of eve: words");
  await file("export_2.about.json", about(false));
  await file("export_3.md", "of [email-1]: words");
  await file("export_3.about.json", about(true));
  await file("export_4.tar", "anything");
  await file("export_4.about.json", about(false));
  await file("ada.html", "no name in it");
  await mkdir(join(dir, "sessions_md"));
  await file("sessions_md/one.md", "of eve");
  await file("sessions_md/index.md", "ada, eve");
  await mkdir(join(dir, "sessions_json"));
  await file("sessions_json/one.json", "{}");
  const removed = await removeExports(dir, ["ada"]);
  expect(removed.toSorted()).toEqual(
    ["ada.html", "export_1.md", "export_3.md", "export_4.tar", "sessions_md"].toSorted(),
  );
  expect((await readdir(dir)).toSorted()).toEqual([
    "export_2.about.json",
    "export_2.md",
    "sessions_json",
  ]);
  expect(await removeExports(dir, ["ada"])).toEqual([]);
});

test("V44: what repairs kept goes when somebody is forgotten; what could be read nowhere stays", async () => {
  const journal = await mkdtemp(join(tmpdir(), "vb-replaced-"));
  expect(await removeReplaced(journal)).toBe(0);
  const folder = join(journal, "quarantine");
  await mkdir(folder);
  const kept = "session_20260101_000000.jsonl";
  const torn = "torn-7";
  for (const name of [
    `${kept}.before-repair`,
    `${kept}.zst.before-repair-2`,
    "postgres-2026-03-05T000000.000Z.jsonl",
    torn,
  ])
    await writeFile(join(folder, name), "words");
  expect(await removeReplaced(journal)).toBe(3);
  expect(await readdir(folder)).toEqual([torn]);
});
