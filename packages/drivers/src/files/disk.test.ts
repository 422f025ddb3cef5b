/** Walking and reading a real disk: links, circles, things that vanish. */
import { afterEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest, openDisk, openNote } from "./index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-files-"));
  folders.push(folder);
  return folder;
}

async function below(root: string): Promise<readonly string[]> {
  return (await openDisk().walk(root)).files.map((file) => file.below).toSorted();
}

describe("the disk", () => {
  test("transcripts are found at any depth, and nothing else is", async () => {
    const root = aFolder();
    mkdirSync(join(root, "a/b/c"), { recursive: true });
    for (const name of ["x.jsonl", "a/y.jsonl", "a/b/c/z.jsonl", "a/notes.txt"]) {
      writeFileSync(join(root, name), "{}\n");
    }
    mkdirSync(join(root, "folder.jsonl"));
    expect(await below(root)).toEqual(["a/b/c/z.jsonl", "a/y.jsonl", "x.jsonl"]);
  });

  test("a file named by hand is that file, whatever it is called", async () => {
    const path = join(aFolder(), "transcript.txt");
    writeFileSync(path, "{}\n");
    expect((await openDisk().walk(path)).files).toMatchObject([{ path, below: "", size: 3 }]);
  });

  test("a root that is not there is away, and a link that leads nowhere is not there", async () => {
    const root = aFolder();
    expect(await openDisk().walk(join(root, "nothing"))).toMatchObject({ away: true, files: [] });
    symlinkSync(join(root, "nowhere"), join(root, "a.jsonl"));
    expect(await below(root)).toEqual([]);
  });

  test("links to files and folders are followed, and a circle of links ends", async () => {
    const root = aFolder();
    const other = aFolder();
    writeFileSync(join(other, "o.jsonl"), "{}\n");
    mkdirSync(join(root, "a"));
    writeFileSync(join(root, "a/x.jsonl"), "{}\n");
    symlinkSync(root, join(root, "a/again"));
    symlinkSync(join(root, "a"), join(root, "A-link"));
    symlinkSync(other, join(root, "other"));
    symlinkSync(join(root, "a/x.jsonl"), join(root, "linked.jsonl"));
    symlinkSync("self.jsonl", join(root, "self.jsonl"));
    const walk = await openDisk().walk(root);
    expect(walk.files.map((file) => file.below).toSorted()).toEqual([
      "a/x.jsonl",
      "linked.jsonl",
      "other/o.jsonl",
    ]);
    expect(walk.problems).toEqual([
      { path: join(root, "self.jsonl"), why: "Its links lead in a circle." },
    ]);
  });

  test("T8: a folder that is too deep is named, and the rest is found", async () => {
    const root = aFolder();
    const deep = join(root, "d/".repeat(70));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "x.jsonl"), "{}\n");
    writeFileSync(join(root, "y.jsonl"), "{}\n");
    const walk = await openDisk().walk(root);
    expect(walk.files.map((file) => file.below)).toEqual(["y.jsonl"]);
    expect(walk.problems.length).toBe(1);
    expect(walk.problems[0]?.why).toContain("folders deep");
  });

  test("T8: a file that is gone says so, and one that cannot be read says why", async () => {
    const root = aFolder();
    const disk = openDisk();
    await expect(disk.open(join(root, "x.jsonl"))).rejects.toMatchObject({ code: "not_found" });
    await using stack = new AsyncDisposableStack();
    const folder = stack.adopt(await disk.open(root), (one) => one.close());
    await expect(folder.read(new Uint8Array(10), 0)).rejects.toMatchObject({
      code: "source_unreadable",
    });
  });

  test("an open file is read by position, and only to its end", async () => {
    const path = join(aFolder(), "x.jsonl");
    writeFileSync(path, "0123456789");
    await using stack = new AsyncDisposableStack();
    const file = stack.adopt(await openDisk().open(path), (one) => one.close());
    const into = new Uint8Array(8);
    expect(await file.read(into, 4)).toBe(6);
    expect(Buffer.from(into.subarray(0, 6)).toString()).toBe("456789");
    appendFileSync(path, "ab");
    expect(await file.look()).toMatchObject({ size: 12 });
    unlinkSync(path);
    expect(await file.read(into, 10)).toBe(2);
  });

  test("a note is what was saved last, and nothing when it is gone", async () => {
    const path = join(aFolder(), "run/some.note");
    const note = openNote(path);
    expect(await note.load()).toBeNull();
    await note.save("one");
    await note.save("two");
    expect(await note.load()).toBe("two");
    unlinkSync(path);
    expect(await note.load()).toBeNull();
  });
});

test("the digest of names is a prefix of sha-256, of bytes and of a text's bytes alike", () => {
  const text = "a name \u00e9";
  const whole = createHash("sha256").update(text).digest("base64url");
  expect(digest(text)).toHaveLength(22);
  expect(whole.startsWith(digest(text))).toBe(true);
  expect(digest(new TextEncoder().encode(text))).toBe(digest(text));
});
