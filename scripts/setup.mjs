/**
 * Makes a fresh checkout runnable: Bun, the packages, a Redis program.
 *
 * Plain Node >= 20, because nothing else is there yet. Says what it does on
 * stderr; does nothing when all is there. Two at once take turns.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BUN_VERSION = "1.4.5";
const MARKS = join(ROOT, "node_modules/.verbatim");
const LOCK = join(ROOT, ".setup-lock");
/** A set-up that takes longer than this was killed: its lock is nobody's. */
const LOCK_STALE_MS = 10 * 60 * 1000;

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(`verbatim: ${text}`);
  rmSync(LOCK, { recursive: true, force: true });
  process.exit(69);
}

function run(command, args, options = {}) {
  return spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
}

/** The folder's creation is the lock: only one can make it. */
function takeTurn() {
  const until = Date.now() + LOCK_STALE_MS;
  for (;;) {
    try {
      mkdirSync(LOCK);
      return;
    } catch {
      const age = existsSync(LOCK) ? Date.now() - statSync(LOCK).mtimeMs : 0;
      if (age > LOCK_STALE_MS) rmSync(LOCK, { recursive: true, force: true });
      if (Date.now() > until) fail(`another set-up holds ${LOCK}; remove it if none runs`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

function versionOf(program) {
  const asked = run(program, ["--version"]);
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/** Bun of the pinned version on the PATH. Our own mark of it is only a link: made to point at itself it would point nowhere. */
function bunOnPath() {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && folder !== MARKS)
    .map((folder) => join(folder, "bun"))
    .find((program) => existsSync(program) && versionOf(program) === BUN_VERSION);
}

/** Bun of the pinned version: on the PATH, or from npm into .tools. */
function findBun() {
  const found = bunOnPath();
  if (found !== undefined) return found;
  const own = join(ROOT, ".tools/node_modules/bun/bin/bun.exe");
  if (existsSync(own) && versionOf(own) === BUN_VERSION) return own;
  say(`installing Bun ${BUN_VERSION} into .tools …`);
  const installed = run("npm", [
    "install",
    "--prefix",
    ".tools",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    `bun@${BUN_VERSION}`,
  ]);
  if (installed.error !== undefined)
    fail("npm is not on the PATH; install it beside Node.js, then run this again");
  if (installed.status !== 0)
    fail(
      `npm could not install bun@${BUN_VERSION}; is the package registry reachable?\n${installed.stderr.trim()}`,
    );
  // npm may have been told not to run install scripts; the package's own one puts the program into its place.
  if (versionOf(own) !== BUN_VERSION)
    run("node", ["install.js"], { cwd: join(ROOT, ".tools/node_modules/bun") });
  if (versionOf(own) !== BUN_VERSION)
    fail(`the installed Bun does not run on this machine (${process.platform} ${process.arch})`);
  return own;
}

function installPackages(bun) {
  say("installing packages …");
  const installed = run(bun, ["install", "--frozen-lockfile"]);
  if (installed.status !== 0)
    fail(`bun install failed; is the package registry reachable?\n${installed.stderr.trim()}`);
}

function hasRedis() {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
  ];
  return folders.some((folder) =>
    ["redis-server", "valkey-server"].some((name) => existsSync(join(folder, name))),
  );
}

/** A Redis program; Debian's, as root, without starting the service that comes with it. */
function findRedis() {
  if (process.env.REDIS_URL !== undefined || hasRedis()) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) {
    fail(
      "there is no redis-server or valkey-server on this machine; install one (Debian: sudo apt-get install redis-server; macOS: brew install redis), or set REDIS_URL, then run this again",
    );
  }
  say("there is no redis-server: installing Debian's with apt-get …");
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" } };
  let installed = run(
    "apt-get",
    ["install", "-y", "--no-install-recommends", "redis-server"],
    quiet,
  );
  if (installed.status !== 0) {
    run("apt-get", ["update"], quiet);
    installed = run("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], quiet);
  }
  if (!hasRedis()) fail(`apt-get could not install redis-server:\n${installed.stderr.trim()}`);
}

function isCurrent() {
  const mark = join(MARKS, "bun.lock");
  return (
    existsSync(mark) &&
    existsSync(join(MARKS, "bun")) &&
    readFileSync(mark, "utf8") === readFileSync(join(ROOT, "bun.lock"), "utf8")
  );
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 15))
  fail(`Node.js ${process.versions.node} is too old; 20.15 or newer is needed`);
findRedis();
if (!isCurrent()) {
  takeTurn();
  if (!isCurrent()) {
    const bun = findBun();
    installPackages(bun);
    mkdirSync(MARKS, { recursive: true });
    rmSync(join(MARKS, "bun"), { force: true });
    symlinkSync(bun, join(MARKS, "bun"));
    rmSync(join(MARKS, "node"), { force: true });
    symlinkSync(process.execPath, join(MARKS, "node"));
    copyFileSync(join(ROOT, "bun.lock"), join(MARKS, "bun.lock"));
  }
  rmSync(LOCK, { recursive: true, force: true });
}
