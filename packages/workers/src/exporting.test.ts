import { expect, test } from "bun:test";
import { hash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSettle, openSettledReader } from "@verbatim/core";
import type { ExportAsk } from "@verbatim/core/export";
import { anEntry } from "@verbatim/core/testing";
import {
  openExportShelf,
  openFilePlace,
  openOriginalsPlace,
  openTarPlace,
  readyFolder,
} from "@verbatim/drivers/exports";
import { openKept } from "@verbatim/drivers/files";
import { openParquet } from "@verbatim/drivers/parquet";
import { doExport, type ExportPorts } from "./exporting.ts";

const entries = Array.from({ length: 40 }, (_, at) => anEntry(at + 1)).map((entry, at, all) => ({
  ...entry,
  key: `-p/s-1.jsonl#1@${all.slice(0, at).reduce((sum, { raw }) => sum + raw.length, 0)}`,
}));
const sha256 = (data: Uint8Array | string): string => hash("sha256", data, "hex");

async function world(): Promise<{ readonly dir: string; readonly ports: ExportPorts }> {
  const dir = await mkdtemp(join(tmpdir(), "vb-exporting-"));
  const journal = {
    last: async () => entries.length,
    read: async ({ from, to }: { readonly from: number; readonly to: number }) =>
      entries.slice(from - 1, Math.min(to, from + 4)),
  };
  const settled = openSettledReader(journal, makeSettle({ sha256 }));
  const ports: ExportPorts = {
    source: async () => ({ journal, settled, sha256, breathe: async () => {} }),
    shelf: openExportShelf(dir, openKept),
    ready: () => readyFolder(dir),
    one: async (file) => openFilePlace(() => join(dir, file), { replace: true, scratch: dir }),
    many: (file) => openTarPlace(join(dir, file)),
    remove: (file) => rm(join(dir, file), { force: true }),
    forgotten: async () => "",
    originals: (file) => openOriginalsPlace(join(dir, file)),
    table: (file, columns) => openParquet(join(dir, file), columns, { replace: true }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  return { dir, ports };
}

function workOf(data: ExportAsk, told: object[] = [], id = "7") {
  const progress = async (value: object): Promise<void> => void told.push(value);
  return { id, data, added_at: "2026-01-01T00:00:00.000Z", progress };
}

const ASK: ExportAsk = { format: "jsonl", redact: false, all: true, filter: {} };
const going = new AbortController().signal;

test("X13: a job leaves one export however often it is run, and another of its second has another name", async () => {
  const { dir, ports } = await world();
  const first = await doExport(workOf(ASK), ports, going);
  expect(await doExport(workOf(ASK), ports, going)).toEqual(first);
  const other = await doExport(workOf(ASK, [], "8"), ports, going);
  expect([first.id, other.id]).toEqual(["export_20260101_000000", "export_20260101_000000_2"]);
  expect(other.sha256).toBe(first.sha256);
  expect(await ports.shelf.ids()).toEqual([other.id, first.id]);
  expect((await readdir(dir)).length).toBe(4);
});

test("every form is made, says how far it is, and counts what is in it", async () => {
  for (const format of ["md", "html", "json", "jsonl", "parquet"] as const) {
    const { ports } = await world();
    const told: object[] = [];
    const kept = await doExport(workOf({ ...ASK, format }, told), ports, going);
    expect(kept.messages).toBe(40);
    expect((await ports.shelf.file(kept))?.bytes).toBe(kept.bytes);
    expect(told.length).toBeGreaterThan(3);
    expect(told.at(-1)).toMatchObject({ percent: 100 });
  }
});

test("X20: a job that is stopped leaves nothing, and says that it was cancelled", async () => {
  const { dir, ports } = await world();
  const stop = new AbortController();
  const work = {
    ...workOf(ASK),
    progress: async () => stop.abort(),
  };
  await expect(doExport(work, ports, stop.signal)).rejects.toMatchObject({ code: "cancelled" });
  expect(await readdir(dir)).toEqual([]);
});

/** An export over which its first record is forgotten; its bytes, and the ports it was made with. */
async function forgottenOver(format: ExportAsk["format"], isSwept: boolean) {
  const { dir, ports } = await world();
  const whole = new TextDecoder().decode(anEntry(1).raw);
  let words = "wisteria";
  let told = 0;
  const said = () => new TextEncoder().encode(whole.replace(/"text":"[^"]*"/, `"text":"${words}"`));
  const journal = {
    last: async () => 2,
    read: async ({ from, to }: { readonly from: number; readonly to: number }) =>
      [anEntry(1, { raw: said() }), anEntry(2)].slice(from - 1, to),
  };
  const settled = openSettledReader(journal, makeSettle({ sha256 }));
  const progress = async (): Promise<void> => {
    told += 1;
    if (told !== (format === "parquet" ? 1 : 3)) return;
    words = "gone";
    for (const name of isSwept ? await readdir(dir) : []) await rm(join(dir, name));
  };
  const forgetting: ExportPorts = {
    ...ports,
    source: async () => ({ journal, settled, sha256, breathe: async () => {} }),
    forgotten: async () => words,
  };
  const kept = await doExport({ ...workOf({ ...ASK, format }), progress }, forgetting, going);
  return { dir, kept, bytes: await readFile(join(dir, kept.file)) };
}

test("V42: what was forgotten while an export was made is in no export, also where its half was swept away", async () => {
  for (const format of ["md", "jsonl", "parquet"] as const)
    for (const isSwept of [false, true]) {
      const { dir, kept, bytes } = await forgottenOver(format, isSwept);
      expect([format, isSwept, bytes.includes("wisteria")]).toEqual([format, isSwept, false]);
      expect(sha256(bytes)).toBe(kept.sha256);
      expect((await readdir(dir)).length).toBe(2);
    }
});

test("X62: original files are made as one tar that sha256sum checks, the same bytes again", async () => {
  const { dir, ports } = await world();
  const ask: ExportAsk = { ...ASK, format: "original" };
  const [one, other] = [
    await doExport(workOf(ask), ports, going),
    await doExport(workOf(ask, [], "8"), ports, going),
  ];
  expect(one.file).toMatch(/[.]tar$/);
  expect(other.sha256).toBe(one.sha256);
  expect(one.originals).toMatchObject({ files: 1, forgotten: 0, not_whole: 0 });
  expect(await ports.shelf.about(one.id)).toEqual(one);
  const out = await mkdtemp(join(tmpdir(), "vb-originals-"));
  await Bun.$`tar -xpf ${join(dir, one.file)} -C ${out}`.quiet();
  await Bun.$`sha256sum -c SHA256SUMS`.cwd(out).quiet();
  expect((await readdir(out)).toSorted()).toEqual(["SHA256SUMS", entries[0]?.source ?? ""]);
});
