/**
 * `bun run mutants [--only J1] [--report FILE]`: breaks each promise on purpose
 * and expects its tests to turn red. A mutant that survives is a promise nobody
 * keeps.
 *
 * Works on a copy of the tree; the working tree is never touched.
 */
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Mutant } from "./mutants/mutant.ts";

const ROOT = join(import.meta.dir, "..");
/** A mutant that hangs its tests is red too. */
const TESTS_MS_MAX = 30_000;
/** Each with a value. */
const OPTIONS: readonly string[] = ["--only", "--report"];

const unknown = process.argv.slice(2).find((one, at) => at % 2 === 0 && !OPTIONS.includes(one));
if (unknown !== undefined) {
  process.stderr.write(`mutants: ${unknown} is no option; there are ${OPTIONS.join(" and ")}\n`);
  process.exit(64);
}
const only = argumentOf("--only");
const report = argumentOf("--report");
const rows = (await loaded()).filter((one) => only === null || one.promise === only);

const results: { readonly name: string; readonly problem: string | null }[] = [];
let next = 0;
await Promise.all(Array.from({ length: availableParallelism() + 1 }, tryOneAfterAnother));
const survived = results.filter((one) => one.problem !== null).length;
process.stdout.write(`${results.length - survived} of ${results.length} mutants killed\n`);
if (report !== null) await writeFile(report, junit(survived));
process.exitCode = survived === 0 && results.length > 0 ? 0 : 1;

/** Tries what nobody else has taken yet, in a copy of the tree of its own. */
async function tryOneAfterAnother(): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), "vb-mutants-"));
  await copyTree(copy);
  for (let row = rows[next++]; row !== undefined; row = rows[next++]) {
    const problem = await tried(row, copy);
    const name = `${row.promise}: ${row.what}`;
    results.push({ name, problem });
    process.stdout.write(
      `${problem === null ? "killed  " : "SURVIVED"} ${name}${problem === null ? "" : ` (${problem})`}\n`,
    );
  }
  await rm(copy, { recursive: true, force: true });
}

function argumentOf(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
}

async function loaded(): Promise<readonly Mutant[]> {
  const folder = join(ROOT, "scripts/mutants");
  const files = (await readdir(folder)).filter((file) => file !== "mutant.ts").toSorted();
  const all = await Promise.all(files.map(async (file) => await import(join(folder, file))));
  return all.flatMap((one: { readonly mutants: readonly Mutant[] }) => one.mutants);
}

/** Everything but what is installed, which is linked. */
async function copyTree(to: string): Promise<void> {
  for (const name of ["packages", "tests", "package.json", "tsconfig.json", "bunfig.toml"]) {
    await cp(join(ROOT, name), join(to, name), {
      recursive: true,
      filter: (from) => !from.includes("/node_modules"),
    });
  }
  await symlink(join(ROOT, "node_modules/.bun"), join(to, ".bun")).catch(() => undefined);
  await cp(join(ROOT, "node_modules"), join(to, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (from) => !from.includes("/node_modules/.bun"),
  });
  await symlink(join(ROOT, "node_modules/.bun"), join(to, "node_modules/.bun"));
  for (const name of await readdir(join(ROOT, "packages"))) {
    await cp(
      join(ROOT, "packages", name, "node_modules"),
      join(to, "packages", name, "node_modules"),
      { recursive: true, verbatimSymlinks: true },
    ).catch(() => undefined);
  }
}

/** Null when the tests turned red, else why the mutant counts as surviving. */
async function tried(row: Mutant, copy: string): Promise<string | null> {
  const path = join(copy, row.file);
  const whole = await Bun.file(path).text();
  const found = whole.split(row.find).length - 1;
  if (found !== 1) return `its text occurs ${found} times in ${row.file}`;
  await writeFile(
    path,
    whole.replace(row.find, () => row.replace),
  );
  // Most often the tests that say the promise's number are the ones that turn red: they are quick to ask.
  const named = (await haveTestsOf(row)) ? ["-t", `\\b${row.promise}\\b`] : [];
  const isRed =
    (await turnRed(row, copy, named)) || (named.length > 0 && (await turnRed(row, copy, [])));
  await writeFile(path, whole);
  return isRed ? null : "its tests stay green";
}

/** Whether a test of these files has the promise's number in its title; without any, asking for it would be an error, which looks like red. */
async function haveTestsOf({ promise, tests }: Mutant): Promise<boolean> {
  const titled = new RegExp(`\\btest\\(\\s*["'\`][^"'\`]*\\b${promise}:`);
  const texts = await Promise.all(tests.map((test) => Bun.file(join(ROOT, test)).text()));
  return texts.some((text) => titled.test(text));
}

async function turnRed(row: Mutant, copy: string, which: readonly string[]): Promise<boolean> {
  const tests = row.tests.map((test) => `./${test}`);
  const ran = Bun.spawn([process.execPath, "test", "--bail", ...which, ...tests], {
    cwd: copy,
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  const timer = setTimeout(() => ran.kill("SIGKILL"), TESTS_MS_MAX);
  const code = await ran.exited;
  clearTimeout(timer);
  stopGroup(ran.pid);
  return code !== 0;
}

/** Tests that bail leave what they started: a system, a browser. */
function stopGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGTERM");
  } catch {
    // Nothing is left of it.
  }
}

function junit(survived: number): string {
  const cases = results.map(
    ({ name, problem }) =>
      `<testcase name=${JSON.stringify(name.replaceAll(/[<&"]/g, "'"))}>${problem === null ? "" : "<failure/>"}</testcase>`,
  );
  return `<testsuites tests="${results.length}" failures="${survived}">${cases.join("")}</testsuites>\n`;
}
