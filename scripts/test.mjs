/**
 * `npm test`: the whole proof, on a machine with Node and nothing else.
 *
 * Sets up, then lint, types, rooms, dead code, every test with real servers, and
 * a mutant for every promise. Ends with one plain line, `N passed, N failed`.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "vb-test-"));
let passed = 0;
let failed = 0;

// Tests bring their own servers and must not reach those of whoever runs them.
const env = { ...process.env };
for (const name of [
  "REDIS_URL",
  "DATABASE_URL",
  "VERBATIM_HOME",
  "VERBATIM_URL",
  "VERBATIM_API_KEY",
])
  delete env[name];

const setup = spawnSync("node", [join(ROOT, "scripts/setup.mjs")], {
  cwd: ROOT,
  stdio: "inherit",
  env,
});
if (setup.status !== 0) process.exit(setup.status ?? 1);
findPythonClients();
findBrowser();
const bun = join(ROOT, "node_modules/.verbatim/bun");
env.PATH = `${join(ROOT, "node_modules/.bin")}:${join(ROOT, "node_modules/.verbatim")}:${env.PATH}`;

/** Stock ZeroMQ clients of another language, for the tests of the bus: Debian's. */
function findPythonClients() {
  find("python3-zmq", "the tests of the bus", () => {
    return spawnSync("/usr/bin/python3", ["-c", "import zmq"]).status === 0;
  });
}

/** A real browser, for the tests of the dashboard: Debian's. */
function findBrowser() {
  find("chromium", "the tests of the dashboard", () => existsSync("/usr/bin/chromium"));
}

/** A Debian package that tests need; installed as root, named to everybody else. */
function find(name, purpose, isThere) {
  if (isThere()) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    process.stderr.write(`installing Debian's ${name}, for ${purpose} …\n`);
    const quiet = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, stdio: "ignore" };
    const install = ["install", "-y", "--no-install-recommends", name];
    if (spawnSync("apt-get", install, quiet).status !== 0) {
      spawnSync("apt-get", ["update"], quiet);
      spawnSync("apt-get", install, quiet);
    }
  }
  if (isThere()) return;
  process.stderr.write(`${purpose} need ${name}; Debian: sudo apt-get install ${name}\n`);
  process.exit(69);
}

/** A Postgres for all tests of this run. */
async function startPostgres() {
  const program = join(ROOT, "packages/drivers/test/postgres-for-all.ts");
  const child = spawn(bun, [program], { cwd: ROOT, env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8");
  const url = await new Promise((resolve, reject) => {
    child.stdout.once("data", (line) => resolve(line.trim()));
    child.once("exit", () => reject(new Error("no Postgres for the tests: see above")));
  });
  return { url, stop: () => child.stdin.end() };
}

function part(name, args) {
  const started = Date.now();
  const ran = spawnSync(bun, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], env });
  process.stdout.write(ended(name, ran.status === 0, started));
  return ran.status === 0;
}

/** The same beside others: what it says is said at its end. */
async function partAside(name, args) {
  const started = Date.now();
  const child = spawn(bun, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], env });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => said.push(bytes));
  const code = await new Promise((resolve) => child.once("close", resolve));
  process.stdout.write(Buffer.concat(said));
  process.stdout.write(ended(name, code === 0, started));
  return code === 0;
}

function ended(name, ok, started) {
  return `${ok ? "ok  " : "FAIL"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`;
}

function counted(ok) {
  if (ok) passed += 1;
  else failed += 1;
}

/** Tests and failures of a JUnit report; a report that is not there is a failure. */
function countReport(path, ok) {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    failed += 1;
    return;
  }
  const suites = /<testsuites[^>]*tests="(\d+)"[^>]*failures="(\d+)"/.exec(text);
  const tests = Number(suites?.[1] ?? 0);
  const failures = Number(suites?.[2] ?? 0);
  passed += tests - failures;
  failed += failures;
  if (tests === 0 || (!ok && failures === 0)) failed += 1;
}

const checks = ["lint", "types", "rooms", "dead"].map((check) => partAside(check, ["run", check]));
for (const ok of await Promise.all(checks)) counted(ok);
const postgres = await startPostgres();
env.VERBATIM_TEST_DATABASE_URL = postgres.url;
const report = join(folder, "tests.xml");
const green = part("tests", [
  "test",
  "--timeout=60000",
  "--parallel=3",
  "--no-isolate",
  "--reporter=junit",
  `--reporter-outfile=${report}`,
]);
countReport(report, green);
const mutants = join(folder, "mutants.xml");
countReport(mutants, part("mutants", ["scripts/mutants.ts", "--report", mutants]));

postgres.stop();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
