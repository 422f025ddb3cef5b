/** Mutants for the journal (J). */
import type { Mutant } from "./mutant.ts";

const FILE = ["packages/drivers/src/journal/file.int.test.ts"];
const LOG = ["packages/cli/src/wire/log-back.int.test.ts"];
const ENTRY = ["packages/core/src/journal/entry.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "J1",
    what: "no fdatasync",
    file: "packages/drivers/src/journal/tail.ts",
    find: "const done = fs.fdatasync(fd);",
    replace: "const done = Promise.resolve();",
    tests: FILE,
  },
  {
    promise: "J1",
    what: "a failed sync is taken for a good one",
    file: "packages/drivers/src/journal/tail.ts",
    find: "        hash = after;\n      } catch (error) {\n        return { error };\n      }",
    replace: "        hash = after;\n      } catch {}",
    tests: FILE,
  },
  {
    promise: "J2",
    what: "a new segment forgets where the archive ended",
    file: "packages/drivers/src/journal/current.ts",
    find: "last: lastSeqBefore(dir),",
    replace: "last: 0,",
    tests: FILE,
  },
  {
    promise: "J3",
    what: "a key is written without escaping",
    file: "packages/core/src/journal/entry.ts",
    find: '"key":${JSON.stringify(one.key)}',
    replace: '"key":"${one.key}"',
    tests: ENTRY,
  },
  {
    promise: "J4",
    what: "checksums are not looked at",
    file: "packages/core/src/journal/entry.ts",
    find: "if (crc !== head.crc || bytes[end - 1] !== NEWLINE)",
    replace: "if (bytes[end - 1] !== NEWLINE)",
    tests: ENTRY,
  },
  {
    promise: "J4",
    what: "a torn tail is not cut",
    file: "packages/drivers/src/journal/recover.ts",
    find: "ftruncateSync(fd, seen.bad);",
    replace: "",
    tests: FILE,
  },
  {
    promise: "J4",
    what: "damage to acknowledged bytes is cut like a torn tail",
    file: "packages/drivers/src/journal/recover.ts",
    find: "if (proof === null) return cut(",
    replace: "if (proof === null || !acceptLoss) return cut(",
    tests: FILE,
  },
  {
    promise: "J4",
    what: "a short write leaves its half behind",
    file: "packages/drivers/src/journal/tail.ts",
    find: "        fs.truncate(fd, synced);\n      } catch {\n        return { error };\n      }\n      throw error;",
    replace:
      "        synced += 0;\n      } catch {\n        return { error };\n      }\n      throw error;",
    tests: FILE,
  },
  {
    promise: "J4",
    what: "a seal does not wait for its turn",
    file: "packages/drivers/src/journal/writer.ts",
    find: "rotate: () => queue.alone(() => current.seal(now())),",
    replace: "rotate: () => current.seal(now()),",
    tests: FILE,
  },
  {
    promise: "J5",
    what: "the newest append is written first",
    file: "packages/drivers/src/journal/commit-queue.ts",
    find: "turns.push(turn);",
    replace: "turns.unshift(turn);",
    tests: FILE,
  },
  {
    promise: "L1",
    what: "whatever looks like an entry is where reading begins",
    file: "packages/drivers/src/journal/near-end.ts",
    find: 'head?.kind !== "entry" || head.synced !== base + at',
    replace: 'head?.kind !== "entry"',
    tests: ["packages/drivers/src/journal/near-end.test.ts"],
  },
  {
    promise: "L2",
    what: "a step is passed over when one of its entries cannot fit",
    file: "packages/cli/src/wire/fitting.ts",
    find: "return entries.some(",
    replace: "return entries.every(",
    tests: LOG,
  },
  {
    promise: "L2",
    what: "what was found and not kept is read again from one entry too far on",
    file: "packages/cli/src/wire/log.ts",
    find: "held ?? messagesIn(reading, { from, to })",
    replace: "held ?? messagesIn(reading, { from: from + 1, to })",
    tests: LOG,
  },
];
