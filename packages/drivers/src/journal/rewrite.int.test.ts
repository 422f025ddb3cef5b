import { expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aHeard } from "@verbatim/core/testing";
import { errorOf, faultyFs } from "../../test/faulty-fs.ts";
import { openRewriting } from "./rewrite.ts";
import { verifyJournal } from "./verify.ts";
import { openJournal } from "./writer.ts";

const DYING = join(import.meta.dir, "../../test/die-while-rewriting.ts");

/** A journal with one sealed segment, and other bytes for it with the same seqs. */
async function sealedJournal(): Promise<{ dir: string; file: string; old: Buffer; other: Buffer }> {
  const [dir, elsewhere] = [1, 2].map(() => mkdtempSync(join(tmpdir(), "vb-rewrite-")));
  const [mine = "", theirs = ""] = [dir ?? "", elsewhere ?? ""];
  const file = `archive/${await sealed(mine, "2026-01-01T00:00:00Z")}`;
  const other = readFileSync(join(theirs, "archive", await sealed(theirs, "2026-01-02T00:00:00Z")));
  writeFileSync(join(mine, "other.jsonl"), other);
  return { dir: mine, file, old: readFileSync(join(mine, file)), other };
}

async function sealed(dir: string, at: string): Promise<string> {
  const journal = await openJournal({ dir, program: "test", now: () => new Date(at) });
  await journal.append([aHeard(1), aHeard(2), aHeard(3)]);
  await journal.close();
  return readdirSync(join(dir, "archive"))[0] ?? "";
}

test("J6: whoever is killed at any step of replacing a segment leaves the old bytes or the new ones", async () => {
  const seen = new Set<string>();
  for (let steps = 1; !seen.has("done"); steps += 1) {
    const { dir, file, old, other } = await sealedJournal();
    const dying = Bun.spawn([process.execPath, DYING, dir, file, String(steps)]);
    await dying.exited;
    if (dying.signalCode === null) seen.add("done");
    const now = readFileSync(join(dir, file));
    expect(now.equals(old) || now.equals(other)).toBe(true);
    seen.add(now.equals(old) ? "old" : "new");
    expect((await verifyJournal(dir)).faults).toEqual([]);
    openRewriting({ dir, program: "test" })[Symbol.dispose]();
    expect(readdirSync(join(dir, "archive")).map((name) => `archive/${name}`)).toEqual([file]);
  }
  expect([...seen].toSorted()).toEqual(["done", "new", "old"]);
}, 60_000);

test("J6: nothing is renamed before it is synced", async () => {
  const { dir, file, other } = await sealedJournal();
  const done: string[] = [];
  const fs = faultyFs({ write: [], fdatasync: [], done });
  const seen = {
    ...fs,
    rename: (from: string, to: string) => told("rename", () => fs.rename(from, to)),
  };
  const told = (what: string, run: () => void): void => {
    done.push(what);
    run();
  };
  using rewriting = openRewriting({
    dir,
    program: "test",
    fs: { ...seen, syncFolder: (path) => told("folder", () => fs.syncFolder(path)) },
  });
  await rewriting.replace(file, [other]);
  expect(done).toEqual(["write", "sync", "rename", "folder"]);
});

test("J6: a full disk, a failed sync and bytes that are not the segment leave it as it was", async () => {
  const { dir, file, old, other } = await sealedJournal();
  const full = faultyFs({ write: [errorOf("ENOSPC")], fdatasync: [], done: [] });
  const unsynced = faultyFs({ write: [], fdatasync: [errorOf("EIO")], done: [] });
  for (const fs of [full, unsynced]) {
    using rewriting = openRewriting({ dir, program: "test", fs });
    await expect(rewriting.replace(file, [other])).rejects.toThrow();
  }
  using rewriting = openRewriting({ dir, program: "test" });
  await expect(rewriting.replace(file, [other.subarray(0, 200)])).rejects.toThrow("ends at seq");
  await expect(rewriting.replace("archive/session_none.jsonl", [other])).rejects.toThrow(
    "no sealed",
  );
  expect(readFileSync(join(dir, file)).equals(old)).toBe(true);
  expect(existsSync(join(dir, `${file}.new`))).toBe(false);
});

test("J6: a replaced segment is as read-only as the one before", async () => {
  const { dir, file, other } = await sealedJournal();
  using rewriting = openRewriting({ dir, program: "test" });
  await rewriting.replace(file, [other]);
  expect(statSync(join(dir, file)).mode & 0o777).toBe(0o400);
});

test("J7: who comes second is told who rewrites, and may when that one is done", async () => {
  const { dir } = await sealedJournal();
  const first = openRewriting({ dir, program: "compact" });
  expect(() => openRewriting({ dir, program: "forget" })).toThrow(`by compact, pid ${process.pid}`);
  first[Symbol.dispose]();
  openRewriting({ dir, program: "forget" })[Symbol.dispose]();
});
