/**
 * Ingest as a program, on real files, without Redis: what it says is recorded is
 * the file, however often it is killed.
 */
import { afterEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Entry, fileKeyOf, type Intake, type Offered } from "@verbatim/core";
import { openIntake } from "@verbatim/drivers/intake";
import { openJournalReader } from "@verbatim/drivers/journal";

type Running = {
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<number>;
};

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A home and a folder to watch, in a folder that is removed after the test. */
function aWorld(): { home: string; watched: string; socket: string } {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-ingest-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const watched = join(folder, "projects");
  mkdirSync(watched);
  const home = join(folder, "home");
  return { home, watched, socket: join(home, "run/ingest.sock") };
}

async function start(world: { home: string; watched: string }): Promise<Running> {
  const env = {
    PATH: Bun.env["PATH"],
    VERBATIM_HOME: world.home,
    VERBATIM_WATCH: JSON.stringify([{ source: "claude-code", path: world.watched }]),
  };
  const main = join(import.meta.dir, "main.ts");
  const child = Bun.spawn([process.execPath, main], { env, stdin: "pipe", stdout: "pipe" });
  cleanups.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const reader = child.stdout.getReader();
  let said = "";
  while (!said.includes('"event":"ready"')) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`ingest ended before it was ready: ${said}`);
    said += Buffer.from(value).toString();
  }
  // The rest of the log is read away, so that the program never waits for us.
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
      await drained;
    },
    stop: async () => {
      child.kill("SIGTERM");
      return await child.exited;
    },
  };
}

async function entriesOf(home: string): Promise<readonly Entry[]> {
  const reader = openJournalReader(join(home, "journal"));
  const to = await reader.last();
  const entries: Entry[] = [];
  for (let from = 1; from <= to; from = entries.length + 1) {
    entries.push(...(await reader.read({ from, to, entries: 1000, bytes: 8_000_000 })));
  }
  await reader.close();
  return entries;
}

/** The newest generation of a path, as the journal gives it back; null when there is none. */
function newest(entries: readonly Entry[], below: string): Buffer | null {
  const generations = new Map<string, Map<number, Uint8Array>>();
  for (const { key, raw } of entries) {
    const at = fileKeyOf(key);
    if (at?.path !== below) continue;
    const records = generations.get(at.generation) ?? new Map<number, Uint8Array>();
    generations.set(at.generation, records.set(at.offset, raw));
  }
  const last = [...generations].toSorted(([a], [b]) => Number(b) - Number(a))[0]?.[1];
  if (last === undefined) return null;
  return Buffer.concat([...last].toSorted(([a], [b]) => a - b).map(([, raw]) => raw));
}

/** Waits until the journal gives every one of these files back exactly. */
async function untilRecorded(world: { home: string; watched: string }, below: readonly string[]) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const entries = await entriesOf(world.home).catch(() => []);
    const missing = below.filter((path) => {
      const bytes = newest(entries, path);
      return bytes === null || !bytes.equals(readFileSync(join(world.watched, path)));
    });
    if (missing.length === 0) return entries;
    if (Date.now() > deadline) throw new Error(`not recorded in 20 s: ${missing.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const line = (number: number): string =>
  `{"type":"user","n":${number},"pad":"${"x".repeat(200)}"}\n`;
const linesOf = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => line(from + index)).join("");

const offer = (key: string, text: string): Offered => ({
  source: "api",
  key,
  raw: new TextEncoder().encode(text),
  once: true,
});

/** Hands batches of three until the writer is gone; keeps what was acknowledged, and gives the reason it ended. */
async function sendUntilGone(
  intake: Intake,
  round: string,
  acknowledged: Map<string, number>,
): Promise<unknown> {
  for (let at = 0; ; at += 1) {
    const batch = [0, 1, 2].map((one) => offer(`${round}-${at}-${one}`, `{"at":${at}}`));
    try {
      for (const [index, receipt] of (await intake.hand(batch)).entries()) {
        const key = batch[index]?.key ?? "";
        if (receipt.status === "created") acknowledged.set(key, receipt.seq);
      }
    } catch (error) {
      return error;
    }
  }
}

describe("ingest", () => {
  test("existing files, appended lines and files in new folders are recorded byte for byte", async () => {
    const world = aWorld();
    mkdirSync(join(world.watched, "a"));
    writeFileSync(join(world.watched, "a/old.jsonl"), linesOf(0, 500));
    const ingest = await start(world);
    await untilRecorded(world, ["a/old.jsonl"]);
    appendFileSync(join(world.watched, "a/old.jsonl"), line(500));
    mkdirSync(join(world.watched, "b/c/subagents"), { recursive: true });
    writeFileSync(join(world.watched, "b/c/subagents/agent-1.jsonl"), linesOf(0, 3));
    const entries = await untilRecorded(world, ["a/old.jsonl", "b/c/subagents/agent-1.jsonl"]);
    expect(entries.length).toBe(504);
    expect(await ingest.stop()).toBe(0);
  });

  test("a file that is cut, replaced, moved, removed or written again is recorded each time", async () => {
    const world = aWorld();
    const path = join(world.watched, "s.jsonl");
    const ingest = await start(world);
    const now = async (below = "s.jsonl") => await untilRecorded(world, [below]);
    writeFileSync(path, linesOf(0, 10));
    await now();
    truncateSync(path, line(0).length * 2);
    await now();
    appendFileSync(path, line(77));
    await now();
    writeFileSync(`${path}.next`, linesOf(100, 20));
    renameSync(`${path}.next`, path);
    await now();
    renameSync(path, join(world.watched, "moved.jsonl"));
    await now("moved.jsonl");
    writeFileSync(path, linesOf(200, 2));
    await now();
    rmSync(path);
    writeFileSync(path, linesOf(300, 2));
    const entries = await now();
    expect(new Set(entries.map((one) => one.key)).size).toBe(entries.length);
    await ingest.stop();
  });

  test("killed again and again while a file grows, nothing is missing and nothing is twice", async () => {
    const world = aWorld();
    const path = join(world.watched, "grows.jsonl");
    writeFileSync(path, linesOf(0, 20_000));
    let written = 20_000;
    for (let round = 0; round < 6; round += 1) {
      const ingest = await start(world);
      // Killed at another moment each round: during the first look, then ever later.
      for (let turn = 0; turn < round * 8; turn += 1) {
        appendFileSync(path, line(written));
        written += 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await ingest.kill();
      if (round === 3) rmSync(join(world.home, "run"), { recursive: true });
    }
    const ingest = await start(world);
    const entries = await untilRecorded(world, ["grows.jsonl"]);
    expect(entries.length).toBe(written);
    expect(new Set(entries.map((one) => one.key)).size).toBe(written);
    await ingest.stop();
  });

  test("I1: what was acknowledged to a client is there after a kill, and offered again is known", async () => {
    const world = aWorld();
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 3; round += 1) {
      const ingest = await start(world);
      const intake = openIntake(world.socket);
      const sending = sendUntilGone(intake, `${round}`, acknowledged);
      const enough = (round + 1) * 300;
      while (acknowledged.size < enough) await new Promise((resolve) => setTimeout(resolve, 1));
      await ingest.kill();
      expect(await sending).toMatchObject({ code: "ingest_unreachable" });
      await intake.close();
    }
    const entries = await entriesOf(world.home);
    for (const [key, seq] of acknowledged) expect(entries[seq - 1]?.key).toBe(key);

    const ingest = await start(world);
    const intake = openIntake(world.socket);
    const [[key, seq] = ["", 0]] = acknowledged;
    expect(await intake.hand([offer(key, '{"at":0}'), offer(key, "other")])).toEqual([
      { status: "known", seq },
      { status: "conflict", seq },
    ]);
    await intake.close();
    await ingest.stop();
  });

  test("its status says what is heard and how far behind it is, and it rotates when asked", async () => {
    const world = aWorld();
    writeFileSync(join(world.watched, "a.jsonl"), linesOf(0, 10));
    const ingest = await start(world);
    await untilRecorded(world, ["a.jsonl"]);
    const intake = openIntake(world.socket);
    appendFileSync(join(world.watched, "a.jsonl"), '{"half":');
    const deadline = Date.now() + 5000;
    let status = await intake.status();
    while (status.sources[0]?.bytes_behind !== 8 && Date.now() < deadline) {
      status = await intake.status();
    }
    expect(status).toMatchObject({ heard: 10, write_failures: 0 });
    expect(status.sources[0]).toMatchObject({
      root: world.watched,
      state: "live",
      files: 1,
      bytes_behind: 8,
      problem: null,
    });
    expect(status.disk_free_bytes).toBeGreaterThan(0);
    expect(await intake.rotate()).toMatch(/^session_\d{8}_\d{6}.*\.jsonl$|archive/);
    await intake.close();
    await ingest.stop();
  });

  test("its status says which file is not wholly recorded, and how long its program keeps it", async () => {
    const world = aWorld();
    const file = join(world.watched, "a.jsonl");
    writeFileSync(file, linesOf(0, 2));
    const ingest = await start(world);
    await untilRecorded(world, ["a.jsonl"]);
    const intake = openIntake(world.socket);
    const uncaptured = async () => (await intake.status()).sources[0]?.uncaptured;
    expect(await uncaptured()).toBeNull();
    writeFileSync(join(world.watched, "../settings.json"), '{"cleanupPeriodDays":90}');
    appendFileSync(file, '{"half":');
    // Written ten days ago, as far as anybody can see; it is at rest only seconds from now.
    const then = new Date(Date.now() - 10.5 * 24 * 3600 * 1000);
    utimesSync(file, then, then);
    const deadline = Date.now() + 5000;
    let found = await uncaptured();
    while (found?.days_left !== 79 && Date.now() < deadline) found = await uncaptured();
    expect(found).toEqual({ files: 1, oldest: file, days_left: 79 });
    await intake.close();
    await ingest.stop();
  });

  test("a folder that is not there yet is away, and is heard when it comes", async () => {
    const world = aWorld();
    rmSync(world.watched, { recursive: true });
    const ingest = await start(world);
    const intake = openIntake(world.socket);
    expect((await intake.status()).sources[0]).toMatchObject({ state: "away", files: 0 });
    mkdirSync(world.watched);
    writeFileSync(join(world.watched, "a.jsonl"), linesOf(0, 3));
    await untilRecorded(world, ["a.jsonl"]);
    await intake.close();
    await ingest.stop();
  });
});
