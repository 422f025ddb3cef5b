/**
 * `bun run bench [name…]`: every benchmark, one after the other, each in a
 * process of its own so that one's garbage is not another's pause.
 *
 * Each prints our side and the rival's, measured in the same run, and the ratio.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

const NOT_BENCHMARKS = ["main.ts", "report.ts", "process.ts"];

const asked = process.argv.slice(2);
const found = (await readdir(import.meta.dir))
  .filter((file) => file.endsWith(".ts") && !NOT_BENCHMARKS.includes(file) && !file.includes("-"))
  .map((file) => file.replace(/[.]ts$/, ""))
  .filter((name) => asked.length === 0 || asked.includes(name))
  .toSorted();

if (found.length === 0) {
  process.stderr.write(`no benchmark is called ${asked.join(" or ")}\n`);
  process.exitCode = 64;
}
for (const name of found) {
  const ran = Bun.spawn([process.execPath, join(import.meta.dir, `${name}.ts`)], {
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await ran.exited) !== 0) process.exitCode = 1;
}
