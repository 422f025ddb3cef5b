/**
 * Restoring files against copying them, as whole processes; and a rebuild of
 * Postgres, as the workers do it, against a bare COPY of the same rows into the
 * same tables with the same indexes, written and read by the server itself, in
 * the same run. What settling alone takes is told beside: no rebuild is faster.
 *
 * Starts servers of its own, and says what it is at. `bun bench/proof.ts [transcripts]`
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSettle, openSettledReader } from "../packages/core/src/index.ts";
import { openJournalReader } from "../packages/drivers/src/journal/index.ts";
import { openDeepStore, openRebuilding } from "../packages/drivers/src/store/index.ts";
import { rebuild } from "../packages/workers/src/rebuilding.ts";
import { homeWith, type ProofHome } from "../tests/world/proof.ts";
import { transcriptOf } from "../tests/world/transcripts.ts";
import { ran } from "./process.ts";
import { report } from "./report.ts";

const TRANSCRIPTS = Number(process.argv[2] ?? 20);
const LINES = 1500;
const STRETCH = { entries: 500, bytes: 4 * 1024 * 1024 } as const;
const MAIN = join(import.meta.dir, "../packages/cli/src/main.ts");
const settle = makeSettle({
  sha256: (data) => new Bun.CryptoHasher("sha256").update(data).digest("hex"),
});
const at = (what: string): void => void process.stderr.write(`  ${what} …\n`);

at(`recording ${TRANSCRIPTS} transcripts`);
const folder = mkdtempSync(join(tmpdir(), "verbatim-bench-"));
const files = join(folder, "files");
mkdirSync(files);
let bytes = 0;
const home = await homeWith(
  async (journal) => {
    for (let seed = 1; seed <= TRANSCRIPTS; seed += 1) {
      const text = transcriptOf(seed, LINES);
      writeFileSync(join(files, `${seed}.jsonl`), text);
      let offset = 0;
      const heard = text.split(/(?<=\n)/).map((line) => {
        const raw = new TextEncoder().encode(line);
        const key = `-a/${seed}.jsonl#1@${offset}`;
        offset += raw.length;
        return { source: "claude-code", key, at: "2026-02-01T00:00:00.000Z", raw };
      });
      bytes += offset;
      await journal.append(heard);
    }
  },
  { settled: false },
);
const megabytes = bytes / 1e6;
const journal = openJournalReader(home.journal);
const last = await journal.last();

async function seconds(work: () => Promise<void> | void): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function settled(): Promise<void> {
  const reader = openSettledReader(journal, settle);
  for (let from = 1; from <= last; ) {
    const stretch = await reader.read({ from, to: last, ...STRETCH });
    from = (stretch.at(-1)?.entry.seq ?? last) + 1;
  }
}

/** As the job does it. */
async function rebuilt({ databaseUrl }: ProofHome): Promise<void> {
  await using deep = openDeepStore(databaseUrl);
  const nothing = async (): Promise<void> => {};
  await rebuild(
    { data: { hot: false, deep: true, numbers: false }, progress: nothing },
    {
      ...{ journal, deep, pause: nothing, settling: async () => settle },
      journalId: async () => "bench",
      taxonomy: async () => "standard",
      openRebuilding: () => openRebuilding(databaseUrl),
      hot: { clear: nothing, cursor: async () => 0, reach: nothing },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    },
    new AbortController().signal,
  );
}

async function copied({
  databaseUrl,
}: ProofHome): Promise<{ readonly s: number; readonly rows: number }> {
  const client = new Bun.SQL(databaseUrl, { max: 1 });
  await client.unsafe("CREATE SCHEMA bare");
  const tables: readonly { readonly name: string }[] = await client.unsafe(
    "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'verbatim' AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%'",
  );
  for (const { name } of tables) {
    await client.unsafe(`CREATE TABLE bare.${name} (LIKE verbatim.${name} INCLUDING ALL)`);
    await client.unsafe(`COPY verbatim.${name} TO '${folder}/${name}.copy' WITH (FORMAT binary)`);
  }
  const s = await seconds(async () => {
    for (const { name } of tables)
      await client.unsafe(`COPY bare.${name} FROM '${folder}/${name}.copy' WITH (FORMAT binary)`);
  });
  const [found] = await client.unsafe("SELECT count(*)::int AS n FROM verbatim.messages");
  await client.close();
  return { s, rows: Number(found?.n ?? 0) };
}

at("settling");
const settling = await seconds(settled);
at("rebuilding Postgres");
const again = await seconds(() => rebuilt(home));
at("copying its tables");
const bare = await copied(home);
at("restoring");
const urls = { REDIS_URL: home.redisUrl, DATABASE_URL: home.databaseUrl };
const cli = (...args: string[]) => ran([MAIN, "--home", home.home, ...args, "--json"], urls);
const start = await cli("version");
const restored = (from: "journal" | "postgres") =>
  cli("restore", "--all", "--out", join(folder, from), "--from", from);
const toDisk = await seconds(() => cpSync(files, join(folder, "copy"), { recursive: true }));
const fromJournal = await restored("journal");
const fromPostgres = await restored("postgres");

const speed = ({ ms, cpuMs }: typeof start, of: "ms" | "cpuMs"): number =>
  megabytes / Math.max(0.001, ((of === "ms" ? ms : cpuMs) - start[of]) / 1000);
const copy = { theirs: megabytes / toDisk, unit: "MB/s" } as const;
report(`Restore of ${Math.round(megabytes)} MB in ${TRANSCRIPTS} files, against copying them`, [
  { what: "from the journal", ours: speed(fromJournal, "ms"), ...copy },
  { what: "from the journal, of a core", ours: speed(fromJournal, "cpuMs"), ...copy },
  { what: "from Postgres", ours: speed(fromPostgres, "ms"), ...copy },
  {
    what: "memory, against a start",
    ours: Math.max(fromJournal.memory, fromPostgres.memory),
    theirs: start.memory,
    unit: "MB",
  },
]);
const rows = { theirs: bare.rows / bare.s, unit: "rows/s" } as const;
report(`Rebuild of Postgres, ${bare.rows} messages, against a bare COPY of all its tables`, [
  {
    what: "settled, saved, counted, indexed, swapped in",
    ours: bare.rows / again,
    ...rows,
    aim: 0.8,
  },
  { what: "of that settling alone", ours: last / settling, ...rows },
  { what: "of that everything else", ours: bare.rows / Math.max(0.001, again - settling), ...rows },
]);
rmSync(folder, { recursive: true, force: true });
rmSync(home.home, { recursive: true, force: true });
process.exit(0);
