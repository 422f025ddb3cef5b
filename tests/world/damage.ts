/**
 * Single bytes changed at random, in the journal's files, in those of the
 * checkpoints and in the raw bytes of Postgres, one at a time; each must be found by `verify` where it was done, and
 * is undone afterwards.
 */
import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type ProofHome, type Verified, verified } from "./proof.ts";

type Random = () => number;

/** Does so many; gives what was not found, or not placed, each in a line. */
export async function damageAndLook(
  home: ProofHome,
  rounds: number,
  random: Random,
  onRound: (round: number) => void = () => {},
): Promise<readonly string[]> {
  const missed: string[] = [];
  const database = new Bun.SQL(home.databaseUrl, { max: 1 });
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const place = random() * 3;
      const wrong =
        place < 1
          ? await inJournal(home, random)
          : place < 2
            ? await inCheckpoints(home, random)
            : await inPostgres(home, database, random);
      if (wrong !== null) missed.push(wrong);
      onRound(round);
    }
  } finally {
    await database.close();
  }
  return missed;
}

async function inJournal(home: ProofHome, random: Random): Promise<string | null> {
  const archive = readdirSync(join(home.journal, "archive")).map((name) => `archive/${name}`);
  const { file, path, at, by } = aByte(home.journal, ["current_session.jsonl", ...archive], random);
  flip(path, at, by);
  const found = await verified(home);
  flip(path, at, by);
  const placed = problemsOf(found, "journal").some(
    ({ file: named, bytes }) =>
      named === file && bytes !== undefined && bytes.from <= at && at < bytes.to,
  );
  return found.failed && placed ? null : `${file} byte ${at} ^ ${by}: ${JSON.stringify(found)}`;
}

/** Both files of each, and the index: one kind as often as another, because the tables are small. */
async function inCheckpoints(home: ProofHome, random: Random): Promise<string | null> {
  const dir = join(home.home, "checkpoints");
  const kind = ["json", "parquet", "index"][Math.floor(random() * 3)] ?? "";
  const isOf = (name: string): boolean =>
    kind === "index" ? name === "index.json" : name !== "index.json" && name.endsWith(`.${kind}`);
  const { file, path, at, by } = aByte(dir, readdirSync(dir).filter(isOf), random);
  const seq = kind === "json" ? seqAt(path, at) : null;
  flip(path, at, by);
  const found = await verified(home);
  flip(path, at, by);
  const placed = problemsOf(found, "checkpoints").some(
    ({ file: named, seqs }) =>
      named === file &&
      (seq === null || (seqs !== undefined && seqs.first <= seq && seq <= seqs.last)),
  );
  return found.failed && placed ? null : `${file} byte ${at} ^ ${by}: ${JSON.stringify(found)}`;
}

/** The entry whose line a byte lies in; null in the first and the last line. */
function seqAt(path: string, at: number): number | null {
  const bytes = readFileSync(path);
  const from = bytes.lastIndexOf(10, at - 1) + 1;
  const [, seq] = /^[{]"seq":(\d+),/.exec(bytes.subarray(from, from + 40).toString()) ?? [];
  return seq === undefined ? null : Number(seq);
}

/** A byte of one of these files, each of their bytes as likely as another, and what it is changed by. */
function aByte(dir: string, files: readonly string[], random: Random) {
  const sizes = files.map((file) => statSync(join(dir, file)).size);
  let at = Math.floor(random() * sizes.reduce((sum, size) => sum + size, 0));
  let chosen = 0;
  while (at >= (sizes[chosen] ?? 0)) at -= sizes[chosen++] ?? 0;
  const file = files[chosen] ?? "";
  return { file, path: join(dir, file), at, by: 1 + Math.floor(random() * 255) };
}

/** Changes one byte of a file by exclusive or: twice is not at all. */
export function flip(path: string, at: number, by: number): void {
  chmodSync(path, 0o600);
  const fd = openSync(path, "r+");
  const byte = new Uint8Array(1);
  readSync(fd, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ by;
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}

async function inPostgres(
  home: ProofHome,
  database: Bun.SQL,
  random: Random,
): Promise<string | null> {
  const rows: readonly { readonly t: string; readonly seq: number; readonly n: number }[] =
    await database.unsafe(`
      SELECT 'messages' AS t, seq::int, length(raw)::int AS n FROM verbatim.messages WHERE raw IS NOT NULL
      UNION ALL SELECT 'repeats', seq::int, length(raw)::int FROM verbatim.repeats WHERE raw IS NOT NULL
      UNION ALL SELECT 'asides', seq::int, length(raw)::int FROM verbatim.asides WHERE raw IS NOT NULL ORDER BY 1, 2`);
  const row = rows[Math.floor(random() * rows.length)];
  if (row === undefined) return "there are no rows";
  const at = Math.floor(random() * row.n);
  const by = 1 + Math.floor(random() * 255);
  const change = `UPDATE verbatim.${row.t} SET raw = set_byte(raw, ${at}, get_byte(raw, ${at}) # ${by}) WHERE seq = ${row.seq} AND raw IS NOT NULL`;
  await database.unsafe(change);
  const found = await verified(home);
  await database.unsafe(change);
  const placed = problemsOf(found, "postgres").some(
    ({ table, seq }) => table === row.t && seq === row.seq,
  );
  return found.failed && placed ? null : `${row.t} ${row.seq}: ${JSON.stringify(found)}`;
}

function problemsOf(found: Verified, what: string) {
  return found.findings.find((one) => one.what === what)?.problems ?? [];
}
