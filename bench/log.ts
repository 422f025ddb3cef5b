/**
 * `verbatim log` on a journal alone, each time in a fresh process: the first
 * page, and a filter that nothing fits, against a reading from the beginning
 * that settles everything. VERBATIM_BENCH_MB makes the journal larger than 200 MB.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../packages/drivers/src/journal/index.ts";
import { report } from "./report.ts";

const MEGABYTES = Number(process.env["VERBATIM_BENCH_MB"] ?? 200);
const BATCH = 500;
const ROUNDS = 5;
const MAIN = join(import.meta.dir, "../packages/cli/src/main.ts");
const SIDE = join(import.meta.dir, "log-side.ts");
const SENTENCES = [
  "Please add a regression test for the empty-array case in tests/parse.test.ts and make sure it fails without the fix.",
  "I'd object to that, because the cache is invalidated twice and nobody can say which of the two wins.",
  "The migration is done: db/migrations/0042_threads.sql ran in 3.1 s on a copy of production.",
  "Should we keep one writer, or let every worker append to its own segment and merge them later?",
  "Tokens per turn fell from 48k to 9k after the history is summarised every twenty messages.",
];

type Ran = { readonly ms: number; readonly megabytes: number };

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "verbatim-bench-"));
try {
  const home = join(folder, "home");
  await makeJournal(home);
  const cli = (...args: string[]): Promise<Ran> => ran([MAIN, "--home", home, ...args]);
  const start = await median(() => cli("version"));
  const page = await median(() => cli("log", "--limit", "50"));
  const never = await cli("log", "--sender", "nobody");
  const naive = await ran([SIDE, home, "50"]);
  report(`verbatim log on ${MEGABYTES} MB, whole processes`, [
    { what: "newest 50", ours: page.ms, theirs: naive.ms, unit: "ms", aim: 10, moonshot: 30 },
    {
      what: "the same without what every command takes to start",
      ours: Math.max(1, page.ms - start.ms),
      theirs: Math.max(1, naive.ms - start.ms),
      unit: "ms",
    },
    {
      what: "the same, memory",
      ours: page.megabytes,
      theirs: naive.megabytes,
      unit: "MB",
    },
    {
      what: "a sender that is not there",
      ours: never.ms,
      theirs: naive.ms,
      unit: "ms",
      aim: 2,
    },
    {
      what: "the same, memory",
      ours: never.megabytes,
      theirs: naive.megabytes,
      unit: "MB",
    },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function ran(args: readonly string[]): Promise<Ran> {
  const started = performance.now();
  const child = Bun.spawn([process.execPath, ...args], { stdout: "ignore", stderr: "ignore" });
  await child.exited;
  const ms = performance.now() - started;
  return { ms, megabytes: (child.resourceUsage()?.maxRSS ?? 0) / 1_000_000 };
}

async function median(run: () => Promise<Ran>): Promise<Ran> {
  const runs: Ran[] = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await run());
  const [middle] = runs.toSorted((a, b) => a.ms - b.ms).slice(Math.floor(ROUNDS / 2));
  return middle ?? { ms: 0, megabytes: 0 };
}

/** A journal of messages as agents post them: most short, some long; the last segment not sealed yet. */
async function makeJournal(home: string): Promise<void> {
  const journal = await openJournal({ dir: join(home, "journal"), program: "bench" });
  const encoder = new TextEncoder();
  let bytes = 0;
  for (let number = 0; bytes < MEGABYTES * 1_000_000; ) {
    const batch = Array.from({ length: BATCH }, () => {
      number += 1;
      const length = 1 + Math.floor(Math.random() ** 6 * 120);
      const texts = Array.from({ length }, (_, at) => SENTENCES[(number + at) % SENTENCES.length]);
      const raw = encoder.encode(
        JSON.stringify({
          id: `m-${number}`,
          session_id: `s-${Math.floor(number / 400)}`,
          author: { name: number % 2 === 0 ? "ada" : "bob", role: "agent" },
          text: texts.join(" "),
          meta: { cwd: `/src/project-${number % 17}`, version: "2.1.40", branch: "main" },
        }),
      );
      bytes += raw.length;
      return { source: "api", key: `m-${number}`, at: "2026-01-01T00:00:00.000Z", raw };
    });
    await journal.append(batch);
  }
  // Not closed: what is read is a journal that is still written to.
}
