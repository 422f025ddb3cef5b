/**
 * The journal in process against what it is made of: bare group commit, and an
 * fsync a message. 1 KB records. `bun bench/journal.ts`
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../packages/drivers/src/journal/index.ts";
import { report } from "./report.ts";

const RECORDS = 100_000;
const IN_FLIGHT = 256;
const ALONE = 2000;
const ROUNDS = 5;

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "verbatim-bench-"));
const raw = new Uint8Array(1024).fill(97);
const at = new Date().toISOString();

const pipelined: number[] = [];
const alone: number[] = [];
const bare: number[] = [];
const bareSync: number[] = [];
const perMessage: number[] = [];
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    const journal = await openJournal({ dir: join(folder, `j${round}`), program: "bench" });
    pipelined.push(
      await rate(RECORDS, async () => {
        let waiting: Promise<number>[] = [];
        for (let one = 0; one < RECORDS; one += 1) {
          waiting.push(journal.append([{ source: "bench", key: `k-${one}`, at, raw }]));
          if (waiting.length === IN_FLIGHT) {
            await Promise.all(waiting);
            waiting = [];
          }
        }
        await Promise.all(waiting);
      }),
    );
    const times: number[] = [];
    for (let one = 0; one < ALONE; one += 1) {
      const started = performance.now();
      await journal.append([{ source: "bench", key: `a-${one}`, at, raw }]);
      times.push(performance.now() - started);
    }
    alone.push(quantile(times, 0.99));
    await journal.close();
    bare.push(await bareCommits(join(folder, `b${round}`)));
    bareSync.push(bareAlone(join(folder, `s${round}`)));
    perMessage.push(fsyncEach(join(folder, `m${round}`)));
  }
} finally {
  rmSync(folder, { recursive: true });
}
report(`Journal in process, 1 KB records, medians of ${ROUNDS} rounds`, [
  {
    what: `${IN_FLIGHT} in flight, against bare write + fdatasync of as many`,
    ours: median(pipelined),
    theirs: median(bare),
    unit: "rec/s",
    aim: 0.8,
  },
  {
    what: `${IN_FLIGHT} in flight, against fsync a message`,
    ours: median(pipelined),
    theirs: median(perMessage),
    unit: "rec/s",
    aim: 20,
    moonshot: 50,
  },
  {
    what: "one at a time p99, against three bare fdatasyncs p50",
    ours: median(alone),
    theirs: 3 * median(bareSync),
    unit: "ms",
    aim: 1,
  },
]);

/** The limit: the same bytes in one buffer, written and synced, nothing else. */
async function bareCommits(path: string): Promise<number> {
  const fd = openSync(path, "w");
  const buffer = new Uint8Array(1152 * IN_FLIGHT).fill(97);
  const result = await rate(RECORDS, async () => {
    for (let one = 0; one < RECORDS; one += IN_FLIGHT) {
      writeSync(fd, buffer);
      fdatasyncSync(fd);
    }
  });
  closeSync(fd);
  return result;
}

function bareAlone(path: string): number {
  const fd = openSync(path, "w");
  const times: number[] = [];
  for (let one = 0; one < ALONE; one += 1) {
    const started = performance.now();
    writeSync(fd, raw);
    fdatasyncSync(fd);
    times.push(performance.now() - started);
  }
  closeSync(fd);
  return quantile(times, 0.5);
}

function fsyncEach(path: string): number {
  const started = performance.now();
  for (let one = 0; one < ALONE; one += 1) {
    const fd = openSync(path, "a");
    writeSync(fd, raw);
    fsyncSync(fd);
    closeSync(fd);
  }
  return ALONE / ((performance.now() - started) / 1000);
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return count / ((performance.now() - started) / 1000);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
