/**
 * A process that kills itself in the middle of rewriting a segment:
 * `<folder> <segment> <so many file operations> replace|compress|drop`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type JournalFs, realFs } from "../src/journal/fs.ts";
import { openRewriting } from "../src/journal/rewrite.ts";
import { aDrop } from "./dropping.ts";

const [dir = "", file = "", steps = "1", what = "replace"] = process.argv.slice(2);
let left = Number(steps);

function step(): void {
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

/** The real operations; the last allowed one is done, and then the process is gone. */
const dying: JournalFs = {
  ...realFs,
  open: (...given) => after(realFs.open(...given)),
  write: async (...given) => after(await realFs.write(...given)),
  fdatasync: async (fd) => after(await realFs.fdatasync(fd)),
  rename: (from, to) => after(realFs.rename(from, to)),
  remove: (path) => after(realFs.remove(path)),
  syncFolder: (path) => after(realFs.syncFolder(path)),
};

function after<Value>(value: Value): Value {
  step();
  return value;
}

using rewriting = openRewriting({ dir, program: "test", fs: dying });
if (what === "compress") {
  await rewriting.compress(file, { onProgress: () => {}, signal: new AbortController().signal });
} else if (what === "drop") {
  await rewriting.drop(file, aDrop(dir));
} else {
  const bytes = readFileSync(join(dir, "other.jsonl"));
  await rewriting.replace(file, [bytes.subarray(0, 100), bytes.subarray(100)]);
}
