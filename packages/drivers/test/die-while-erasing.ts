/** A process that kills itself in the middle of erasing everything: `<folder> <so many file operations>`. */

import { eraseEntries } from "../src/journal/erase.ts";
import { type JournalFs, realFs } from "../src/journal/fs.ts";
import { openRewriting } from "../src/journal/rewrite.ts";

const [dir = "", steps = "1"] = process.argv.slice(2);
let left = Number(steps);

/** The last allowed operation is done, and then the process is gone. */
function after<Value>(value: Value): Value {
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
  return value;
}

const dying: JournalFs = {
  ...realFs,
  open: (...given) => after(realFs.open(...given)),
  write: async (...given) => after(await realFs.write(...given)),
  fdatasync: async (fd) => after(await realFs.fdatasync(fd)),
  rename: (from, to) => after(realFs.rename(from, to)),
  remove: (path) => after(realFs.remove(path)),
  syncFolder: (path) => after(realFs.syncFolder(path)),
};

const grave = { receipt_id: "5a3b1c9e-0000-4000-8000-000000000001", reason: null };
using rewriting = openRewriting({ dir, program: "test", fs: dying });
await eraseEntries(rewriting, { ranges: [[2, 12]], grave });
