/**
 * Ten processes, 250 updates each, to one conversation: how many are there
 * afterwards, counted from the store. Every variant does the same: add one
 * message. `bun bench/race.ts`
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namesFrom, openDesk } from "../packages/core/src/index.ts";
import { digest } from "../packages/drivers/src/files/index.ts";
import { serveIntake } from "../packages/drivers/src/intake/index.ts";
import { openJournal, openJournalReader } from "../packages/drivers/src/journal/index.ts";
import { connectRedis } from "../packages/drivers/src/redis/index.ts";
import { testRedisUrl } from "../packages/drivers/test/services.ts";

const PROCESSES = 10;
const UPDATES = 250;

const folder = mkdtempSync(join(tmpdir(), "verbatim-race-"));
const redisUrl = await testRedisUrl();
const redis = connectRedis(redisUrl, "reader");
const journal = await openJournal({ dir: join(folder, "journal"), program: "race" });
const desk = openDesk({
  journal,
  names: namesFrom(digest, []),
  now: () => new Date().toISOString(),
});
const socket = join(folder, "intake.sock");
await using _server = await serveIntake(socket, {
  offer: (batch) => desk.offer(batch),
  control: async () => ({}),
  failed: () => {},
});

const rows: { readonly what: string; readonly kept: number; readonly ms: number }[] = [];
for (const [variant, what] of [
  ["two-locks", "JSON file, a lock for the read and one for the write (the old way)"],
  ["one-lock", "JSON file, one lock across the update"],
  ["get-set", "Redis GET, then SET"],
  ["ours", "ours: handed to the one writer, fsynced"],
] as const) {
  const place = join(folder, variant);
  mkdirSync(place);
  writeFileSync(join(place, "conversation.json"), "[]");
  await redis.set("race", "[]");
  const started = performance.now();
  const running = Array.from({ length: PROCESSES }, (_, one) =>
    Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, "race-writer.ts"),
        variant,
        place,
        redisUrl,
        socket,
        String(one),
        String(UPDATES),
      ],
      { stdout: "inherit", stderr: "inherit" },
    ),
  );
  await Promise.all(running.map((one) => one.exited));
  rows.push({ what, kept: await kept(variant, place), ms: performance.now() - started });
}

process.stdout.write(
  `\n${PROCESSES} processes x ${UPDATES} updates to one conversation, counted from the store\n`,
);
for (const { what, kept: there, ms } of rows) {
  const all = PROCESSES * UPDATES;
  process.stdout.write(
    `  ${what.padEnd(68)} ${String(there).padStart(5)} of ${all} kept  ${(((all - there) / all) * 100).toFixed(1).padStart(5)} % lost  ${Math.round(ms)} ms\n`,
  );
}
await journal.close();
redis.disconnect();
rmSync(folder, { recursive: true, force: true });
process.exit(rows.at(-1)?.kept === PROCESSES * UPDATES ? 0 : 1);

async function kept(variant: string, place: string): Promise<number> {
  if (variant === "get-set") return JSON.parse((await redis.get("race")) ?? "[]").length;
  if (variant !== "ours") return countIn(readFileSync(join(place, "conversation.json"), "utf8"));
  const entries = await openJournalReader(join(folder, "journal")).read({
    from: 1,
    to: 1e9,
    entries: 1e6,
    bytes: 1 << 28,
  });
  return new Set(entries.map((one) => one.key)).size;
}

function countIn(text: string): number {
  try {
    return JSON.parse(text).length;
  } catch {
    return 0;
  }
}
