import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeptExport } from "@verbatim/core/export";
import { openFilePlace, openFolderPlace, openOriginalsPlace, openTarPlace } from "./places.ts";
import { openExportShelf, readyFolder } from "./shelf.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vb-exports-"));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const KEPT: KeptExport = {
  id: "export_20260101_000000",
  job_id: "5",
  asked_at: "2026-01-01T00:00:00.000Z",
  asked: { format: "md", redact: false, all: true, filter: {} },
  file: "export_20260101_000000.tar",
  bytes: 4,
  sha256: "x",
  sessions: 1,
  messages: 1,
  records: 0,
  redacted: { email: 1 },
};

test("X13: what has no word of itself yet is no export, nor is what is none of ours", async () => {
  const dir = await folder();
  const shelf = openExportShelf(dir, async () => null);
  await writeFile(join(dir, KEPT.file), "half");
  expect(await shelf.ids()).toEqual([]);
  await shelf.keep(KEPT);
  const later = { ...KEPT, id: "export_20260101_000000_2" };
  await shelf.keep(later);
  expect(await shelf.ids()).toEqual([later.id, KEPT.id]);
  expect(await shelf.about(KEPT.id)).toEqual(KEPT);
  for (const id of ["..", "../journal", "export_20260101_000000/../x", "export_1"])
    expect(await shelf.about(id)).toBeNull();
  const elsewhere = { ...KEPT, file: "../journal/current_session.jsonl" };
  await writeFile(join(dir, `${KEPT.id}.about.json`), JSON.stringify(elsewhere));
  expect(await shelf.about(KEPT.id)).toBeNull();
});

test("X20: a folder gets its name when all of it is there, and what is given up leaves nothing", async () => {
  const dir = await folder();
  const path = join(dir, "out");
  {
    await using place = await openFolderPlace(path, false);
    const sheet = await place.sheet("a.md");
    await sheet.write(bytes("a"));
    await sheet.finish();
    expect((await readdir(dir)).includes("out")).toBe(false);
  }
  expect(await readdir(dir)).toEqual([]);
  await using place = await openFolderPlace(path, false);
  const sheet = await place.sheet("a.md");
  await sheet.write(bytes("a"));
  await sheet.finish();
  await place.finish();
  expect(await readFile(join(path, "a.md"), "utf8")).toBe("a");
  await expect(openFolderPlace(path, false)).rejects.toThrow("--force");
});

test("X52: what a killed export left beside its place is taken away by the next one to it, and nothing else", async () => {
  const dir = await folder();
  const gone = Bun.spawn(["true"]);
  await gone.exited;
  await mkdir(join(dir, `.out.${gone.pid}.part`));
  await writeFile(join(dir, `.out.${gone.pid}.part`, "a.md"), "half");
  await writeFile(join(dir, `talk.md.${gone.pid}.part`), "half");
  await writeFile(join(dir, `mine.md.${gone.pid}.part`), "not ours to judge");
  const path = join(dir, "talk.md");
  const one = openFilePlace(() => path, { replace: false, scratch: dir });
  await using sheet = await one.sheet("talk.md");
  await sheet.finish();
  await using many = await openFolderPlace(join(dir, "out"), false);
  await many.finish();
  expect((await readdir(dir)).toSorted()).toEqual([`mine.md.${gone.pid}.part`, "out", "talk.md"]);
});

test("what tar unpacks is what was written, also what waited in a file", async () => {
  const dir = await folder();
  await readyFolder(dir);
  const path = join(dir, "export_20260101_000000.tar");
  const large = "0123456789abcdef".repeat(400_000);
  await using place = await openTarPlace(path);
  for (const [name, text] of [
    ["index.md", "# one"],
    ["2026-01-01_large.md", large],
  ] as const) {
    await using sheet = await place.sheet(name);
    for (let at = 0; at < text.length; at += 1_000_000)
      await sheet.write(bytes(text.slice(at, at + 1_000_000)));
    await sheet.finish();
  }
  await place.finish();
  await Bun.$`tar -xf ${path} -C ${dir}`.quiet();
  expect((await readdir(dir)).toSorted()).toEqual(
    ["2026-01-01_large.md", "export_20260101_000000.tar", "index.md"].toSorted(),
  );
  expect(await readFile(join(dir, "2026-01-01_large.md"), "utf8")).toBe(large);
});

test("X63: whatever a file is called and whenever it was written, that comes out of the tar", async () => {
  const dir = await folder();
  const path = join(dir, "originals.tar");
  const names = [
    "claude-code/plain.jsonl",
    `claude-code/${"a-folder-with-a-name/".repeat(9)}${"x".repeat(90)}.jsonl`,
    "claude-code/übung ✓.jsonl",
    `claude-code/${"y".repeat(88)}`,
  ];
  const at = ["2026-03-04T05:06:07.250Z", "2026-03-04T05:06:07.000Z", "1969-12-31T00:00:00.000Z"];
  {
    await using place = await openOriginalsPlace(path);
    for (const [nth, name] of names.entries()) {
      const sheet = await place.file({ name, bytes: 5, at: at[nth % 3] ?? "" });
      await sheet.write(bytes("one\n"));
      await sheet.write(bytes(`${nth}`));
      await sheet.finish();
    }
    await place.finish();
  }
  const out = join(dir, "out");
  await mkdir(out);
  await Bun.$`tar -xpf ${path} -C ${out}`.quiet();
  for (const [nth, name] of names.entries()) {
    expect(await readFile(join(out, name), "utf8")).toBe(`one\n${nth}`);
    expect((await stat(join(out, name))).mtime.toISOString()).toBe(at[nth % 3] ?? "");
  }
});
