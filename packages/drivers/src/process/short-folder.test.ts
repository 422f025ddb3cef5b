import { afterEach, expect, test } from "bun:test";
import {
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeShortFolder, shortFolder } from "./short-folder.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A temp folder of its own, with a folder in it that counts as too long. */
function aPlace() {
  const tmp = mkdtempSync(join(tmpdir(), "verbatim-short-"));
  folders.push(tmp);
  return { folder: join(tmp, "home/run"), options: { nameBytes: 99, tmp }, tmp };
}

test("a folder that is short enough is used as it is", () => {
  const { folder, options } = aPlace();
  const nameBytes = 99 - folder.length;
  expect(shortFolder(folder, { ...options, nameBytes })).toBe(folder);
  expect(makeShortFolder(folder, { ...options, nameBytes })).toBe(folder);
  expect(shortFolder(folder, { ...options, nameBytes: nameBytes + 1 })).toBeNull();
});

test("both ends work out the same link, and there is none before it is made", () => {
  const { folder, options } = aPlace();
  expect(shortFolder(folder, options)).toBeNull();
  const link = makeShortFolder(folder, options);
  expect(readlinkSync(link)).toBe(folder);
  expect([shortFolder(folder, options), makeShortFolder(folder, options)]).toEqual([link, link]);
});

test("a link that points elsewhere is not used, and is replaced by who listens", () => {
  const { folder, options, tmp } = aPlace();
  const link = makeShortFolder(folder, options);
  unlinkSync(link);
  symlinkSync(tmp, link);
  expect(shortFolder(folder, options)).toBeNull();
  expect(makeShortFolder(folder, options)).toBe(link);
  expect(readlinkSync(link)).toBe(folder);
});

test("a link of another user is not used, wherever it points", () => {
  const { folder, options } = aPlace();
  const link = makeShortFolder(folder, options);
  // Only root may give a link away; for anybody else it then is as it was.
  if (process.getuid?.() === 0) lchownSync(link, 12_345, 12_345);
  else unlinkSync(link);
  expect(shortFolder(folder, options)).toBeNull();
});

test("a place that is taken by what we cannot remove is refused with what to do", () => {
  const { folder, options } = aPlace();
  const link = makeShortFolder(folder, options);
  unlinkSync(link);
  mkdirSync(join(link, "full"), { recursive: true });
  expect(() => makeShortFolder(folder, options)).toThrow("use a shorter --home");
  expect(shortFolder(folder, options)).toBeNull();
});
