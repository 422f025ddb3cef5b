/**
 * Compressing sealed segments, against the bare compressor on the same bytes
 * without safety; and reading them compressed against plain, in turns: all of it
 * in order, and single entries from anywhere. VERBATIM_BENCH_TRANSCRIPTS names a
 * folder of .jsonl files; without it records are made, which says little of sizes.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import {
  compressSealed,
  openJournal,
  openJournalReader,
} from "../packages/drivers/src/journal/index.ts";
import { report } from "./report.ts";

const MEGABYTES = Number(process.env["VERBATIM_BENCH_MB"] ?? 200);
const SOURCE = process.env["VERBATIM_BENCH_TRANSCRIPTS"];
const ROUNDS = 5;
const LOOKS = 300;
const STRETCH = { to: Number.MAX_SAFE_INTEGER, entries: 500, bytes: 4 * 1024 * 1024 } as const;
const along = { onProgress: (): void => {}, signal: new AbortController().signal };

const folder = mkdtempSync(join(process.env["VERBATIM_BENCH_DIR"] ?? tmpdir(), "verbatim-bench-"));
try {
  const [plain, small] = [join(folder, "plain"), join(folder, "small")];
  await makeJournal(plain);
  cpSync(plain, small, { recursive: true, preserveTimestamps: true });
  const names = readdirSync(join(plain, "archive"));
  const bytes = sizeOf(join(plain, "archive"));
  const took = await timed(async () => {
    for (const name of names)
      await compressSealed({ dir: small, program: "bench" }, `archive/${name}`, along);
  });
  const bare = await timed(async () => bareCompress(join(plain, "archive"), names));
  const stored = sizeOf(join(small, "archive"));
  const last = await openJournalReader(plain).last();
  const reads = { plain: [] as number[], small: [] as number[] };
  const looks = { plain: [] as number[], small: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [side, dir] of [
      ["plain", plain],
      ["small", small],
    ] as const) {
      reads[side].push(bytes / 1e6 / ((await timed(() => readAll(dir))) / 1000));
      looks[side].push((await timed(() => lookAround(dir, last, round))) / LOOKS);
    }
  }
  process.stdout.write(
    `\n${(bytes / 1e6).toFixed(0)} MB of ${SOURCE === undefined ? "made records" : "transcripts"} became ${(stored / 1e6).toFixed(1)} MB: ${(bytes / stored).toFixed(2)}x\n`,
  );
  report("sealed segments, compressed", [
    {
      what: "compressing, read back and synced, against the bare compressor",
      ours: bytes / 1e3 / took,
      theirs: bytes / 1e3 / bare,
      unit: "MB/s",
    },
    {
      what: "reading all of it in order, against plain",
      ours: median(reads.small),
      theirs: median(reads.plain),
      unit: "MB/s",
    },
    {
      what: "one entry from anywhere, against plain",
      ours: median(looks.small),
      theirs: median(looks.plain),
      unit: "ms",
    },
  ]);
} finally {
  rmSync(folder, { recursive: true });
}

async function makeJournal(dir: string): Promise<void> {
  const journal = await openJournal({ dir, program: "bench" });
  const lines = SOURCE === undefined ? madeLines() : linesBelow(SOURCE);
  const at = new Date().toISOString();
  for (let bytes = 0, one = 0; bytes < MEGABYTES * 1e6; ) {
    const batch = Array.from({ length: 500 }, () => {
      const raw = lines[one % lines.length] ?? new Uint8Array();
      one += 1;
      bytes += raw.length;
      return { source: "bench", key: `k-${one}`, at, raw };
    });
    await journal.append(batch);
  }
  await journal.close();
}

function linesBelow(root: string): readonly Uint8Array[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(root, name), "utf8").split(/(?<=\n)/))
    .map((line) => new TextEncoder().encode(line));
}

function madeLines(): readonly Uint8Array[] {
  return Array.from({ length: 20_000 }, (_, at) =>
    new TextEncoder().encode(
      `${JSON.stringify({ at, id: Bun.hash(`${at}`).toString(36), text: `step ${at} of ${Bun.hash(`t${at}`)} is done`.repeat(1 + (at % 9)) })}\n`,
    ),
  );
}

function bareCompress(archive: string, names: readonly string[]): void {
  const params = { [constants.ZSTD_c_compressionLevel]: 6 };
  for (const name of names) {
    const bytes = readFileSync(join(archive, name));
    for (let at = 0; at < bytes.length; at += 1 << 20)
      zstdCompressSync(bytes.subarray(at, at + (1 << 20)), { params });
  }
}

async function readAll(dir: string): Promise<void> {
  const journal = openJournalReader(dir);
  for (let from = 1; ; ) {
    const entries = await journal.read({ ...STRETCH, from });
    const last = entries.at(-1);
    if (last === undefined) return;
    from = last.seq + 1;
  }
}

/** Entries far apart, so that none is in what was read a moment ago. */
async function lookAround(dir: string, last: number, round: number): Promise<void> {
  const journal = openJournalReader(dir);
  for (let look = 0; look < LOOKS; look += 1) {
    const from = 1 + ((look * 7919 * 131 + round * 977) % last);
    await journal.read({ ...STRETCH, from, entries: 1 });
  }
}

async function timed(run: () => unknown): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function sizeOf(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
