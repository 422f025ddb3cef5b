/**
 * A home with a journal of several segments and both stores made from it, with
 * no process running: what `verify`, `restore` and repair are tried on.
 */
import { createHash } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Surface } from "../../packages/cli/src/surface.ts";
import { verify } from "../../packages/cli/src/wire/verify.ts";
import { makeCheckpoints } from "../../packages/core/src/checkpoints/index.ts";
import {
  makeSettle,
  openSettledReader,
  type Settled,
  taxonomyId,
  VerbatimError,
} from "../../packages/core/src/index.ts";
import { openCheckpointShelf } from "../../packages/drivers/src/checkpoints/index.ts";
import { loadTaxonomy } from "../../packages/drivers/src/files/index.ts";
import { openHotStore } from "../../packages/drivers/src/hot/index.ts";
import {
  type FileJournal,
  journalIdOf,
  openJournal,
  openJournalReader,
} from "../../packages/drivers/src/journal/index.ts";
import { openParquet } from "../../packages/drivers/src/parquet/index.ts";
import { openDeepStore } from "../../packages/drivers/src/store/index.ts";
import { testDatabaseUrl, testRedisUrl } from "../../packages/drivers/test/services.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

/** A home and where its stores are. */
export type ProofHome = {
  readonly home: string;
  readonly journal: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
};

/** Makes one: so many entries, some of them repeats and some that nobody understands. */
export function proofHome(entries: number): Promise<ProofHome> {
  return homeWith((journal) => fill(journal, entries));
}

/** A home with what is written, and both stores made from it unless they are to stay empty. */
export async function homeWith(
  write: (journal: FileJournal) => Promise<void>,
  { settled = true }: { readonly settled?: boolean } = {},
): Promise<ProofHome> {
  const home = await mkdtemp(join(tmpdir(), "vb-proof-"));
  const dir = join(home, "journal");
  const written = join(home, "written");
  const journal = await openJournal({ dir: written, program: "test" });
  await write(journal);
  // As a kill leaves it: closing would seal what is written to.
  await cp(written, dir, { recursive: true });
  await journal.close();
  await rm(written, { recursive: true });
  const databaseUrl = await testDatabaseUrl();
  const made = { home, journal: dir, redisUrl: await testRedisUrl(), databaseUrl };
  if (settled) await settleAll(made);
  return made;
}

async function fill(journal: FileJournal, entries: number): Promise<void> {
  const text = new TextEncoder();
  for (let number = 1; number <= entries; number += 1) {
    const item = {
      id: number % 10 === 0 ? `m-${number - 1}` : `m-${number}`,
      session_id: `s-${number % 7}`,
      author: { name: "ada", role: "user" },
      text: `Should we test number ${number}? `.repeat(1 + (number % 4)),
    };
    const raw =
      number % 13 === 0 ? text.encode(`no JSON ${number}`) : text.encode(JSON.stringify(item));
    const source = number % 13 === 0 ? "claude-code" : "api";
    const key = source === "api" ? `k-${number}` : `-a/b.jsonl#1@${number * 20}`;
    await journal.append([{ source, key, at: "2026-02-01T00:00:00.000Z", raw }]);
    if (number % Math.ceil(entries / 3.5) === 0) await journal.rotate();
  }
}

/** Brings both stores up to the journal, as the workers do. */
async function settleAll({ journal: dir, redisUrl, databaseUrl, home }: ProofHome): Promise<void> {
  const journal = openJournalReader(dir);
  const taxonomy = await loadTaxonomy(join(home, "taxonomy.json"));
  const settled = openSettledReader(journal, makeSettle({ sha256, taxonomy }));
  await using deep = openDeepStore(databaseUrl);
  await using hot = openHotStore(redisUrl);
  await hot.clear();
  await deep.claim(journalIdOf(dir) ?? "");
  await deep.useTaxonomy(taxonomyId(taxonomy, sha256));
  const last = await journal.last();
  for (let from = 1; from <= last; ) {
    const stretch: readonly Settled[] = await settled.read({
      ...{ from, to: last, entries: 500, bytes: 4_000_000 },
    });
    await deep.save(stretch);
    await hot.apply(stretch);
    from = (stretch.at(-1)?.entry.seq ?? last) + 1;
  }
  while ((await deep.indexSome()) > 0);
}

/** What is new in a checkpoint of its own, beside a journal that nobody closes. */
export async function checkpointed({ home, journal: dir }: ProofHome): Promise<void> {
  const journal = openJournalReader(dir);
  const taxonomy = await loadTaxonomy(join(home, "taxonomy.json"));
  const signal = new AbortController().signal;
  const checkpoints = join(home, "checkpoints");
  await using shelf = await openCheckpointShelf({
    dir: checkpoints,
    ...{ journalId: journalIdOf(dir) ?? "", program: "test", waitMs: 0, signal, sha256 },
    ...{ openTable: openParquet, log: { info: () => {}, warn: () => {}, error: () => {} } },
  });
  await makeCheckpoints(
    { label: "proof", by_clock: false },
    {
      ...{ journal, shelf, sha256, dir: checkpoints, safeTo: await journal.last() },
      settled: openSettledReader(journal, makeSettle({ sha256, taxonomy })),
      now: () => new Date().toISOString(),
      passed: async () => {},
    },
    signal,
  );
}

/** What `verify --json` prints, and whether it failed. */
export type Verified = {
  readonly ok: boolean;
  readonly failed: boolean;
  readonly repaired: readonly string[];
  readonly findings: readonly {
    readonly what: string;
    readonly problems: readonly {
      readonly what: string;
      readonly file?: string;
      readonly bytes?: { readonly from: number; readonly to: number };
      readonly seqs?: { readonly first: number; readonly last: number };
      readonly table?: string;
      readonly seq?: number;
      readonly key?: string;
    }[];
  }[];
};

/** Runs `verbatim verify --json` in this process. */
export async function verified(
  { home, redisUrl, databaseUrl }: ProofHome,
  options: { readonly repair?: boolean } = {},
): Promise<Verified> {
  const surface = silentSurface({ REDIS_URL: redisUrl, DATABASE_URL: databaseUrl });
  let failed = false;
  try {
    await verify({ home, json: true, ...options }, surface);
  } catch (error) {
    if (!(error instanceof VerbatimError) || error.code !== "verify_failed") throw error;
    failed = true;
  }
  return { ...JSON.parse(surface.said()), failed };
}

/** A surface that keeps what is said. */
export function silentSurface(env: Surface["env"]): Surface & { readonly said: () => string } {
  const lines: string[] = [];
  const plain = (text: string): string => text;
  return {
    out: (text) => void lines.push(text),
    said: () => lines.join(""),
    terminal: false,
    width: 100,
    colours: {
      ...{ bold: plain, dim: plain, red: plain, green: plain },
      ...{ yellow: plain, cyan: plain, magenta: plain },
    },
    widthOf: (text) => text.length,
    screen: {
      line: () => {},
      bar: () => ({ update: () => {}, end: () => {} }),
      started: () => {},
      ready: () => {},
    },
    signal: new AbortController().signal,
    env,
  };
}
