/**
 * The stores: one Lua call a stretch against one a message, a hint a stretch
 * against a job a message, archiving against a bare COPY and an inline text
 * index, and search over a million messages.
 *
 * Starts servers of its own. `bun bench/stores.ts [messages]`
 */
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "../packages/core/src/index.ts";
import { openHotStore } from "../packages/drivers/src/hot/index.ts";
import { openHints, openJobs, runWorker } from "../packages/drivers/src/queue/index.ts";
import { openDeepStore, openLibrary } from "../packages/drivers/src/store/index.ts";
import { testDatabaseUrl, testRedisUrl } from "../packages/drivers/test/services.ts";
import { report } from "./report.ts";

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
const STRETCH = 1000;
const HOT = 20_000;
const INLINE = 20_000;
const QUESTIONS = 200;

const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const silent = { info: () => {}, warn: () => {}, error: () => {} };
let state = 42;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 4_294_967_296;
};
const WORDS = Array.from({ length: 20_000 }, (_, one) => `w${one.toString(36)}x`);

/** About 700 bytes of text: "common" in a tenth, "medium" in a thousandth, "rare" in ten of a million. */
function stretchOf(from: number, count: number): Settled[] {
  return Array.from({ length: count }, (_, one) => {
    const seq = from + one;
    const words = Array.from(
      { length: 100 },
      () => WORDS[Math.floor(random() ** 2 * WORDS.length)],
    );
    if (seq % 10 === 0) words.push("common");
    if (seq % 1000 === 0) words.push("medium", "exact phrase");
    if (seq % 100_000 === 0) words.push("rare");
    const item = {
      id: `m-${seq}`,
      session_id: `s-${seq % 5000}`,
      author: { name: "ada", role: "user" },
      text: words.join(" "),
    };
    return settle({
      seq,
      at: "2026-01-01T00:00:00.000Z",
      source: "api",
      key: `m-${seq}`,
      raw: new TextEncoder().encode(JSON.stringify(item)),
    });
  });
}

async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return count / ((performance.now() - started) / 1000);
}

async function hot(): Promise<void> {
  await using store = openHotStore(await testRedisUrl());
  const all = stretchOf(1, HOT);
  const stretches = await rateOf(HOT, async () => {
    for (let at = 0; at < HOT; at += STRETCH) await store.apply(all.slice(at, at + STRETCH));
  });
  await store.clear();
  const single = await rateOf(HOT, async () => {
    for (const one of all) await store.apply([one]);
  });
  report("Hot state, messages", [
    {
      what: `one Lua call for ${STRETCH}, against one call each`,
      ours: stretches,
      theirs: single,
      unit: "msg/s",
      aim: 1.5,
      moonshot: 2.5,
    },
  ]);
}

async function jobs(): Promise<void> {
  const url = await testRedisUrl();
  const count = 5000;
  let done = 0;
  await using hints = openHints(url, silent);
  const worker = runWorker<{ up_to: number }, void>(
    url,
    "archive",
    async ({ data }) => {
      done = Math.max(done, data.up_to);
    },
    silent,
  );
  const hinted = await rateOf(count * 100, async () => {
    for (let seq = 1; seq <= count * 100; seq += 100) hints.announce(seq + 99);
    while (done < count * 100) await Bun.sleep(1);
  });
  await worker[Symbol.asyncDispose]();
  const each = openJobs(url);
  let seen = 0;
  const taking = runWorker<object, void>(
    url,
    "ingest",
    async () => {
      seen += 1;
    },
    silent,
  );
  const single = await rateOf(count, async () => {
    for (let at = 0; at < count; at += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () => each.addImport({ paths: ["/a"], source: "auto" })),
      );
    }
    while (seen < count) await Bun.sleep(1);
  });
  await taking[Symbol.asyncDispose]();
  report("Queue, messages announced and taken", [
    {
      what: "hints, against a job a message (one worker each)",
      ours: hinted,
      theirs: single,
      unit: "msg/s",
      aim: 100,
    },
  ]);
}

async function archive(url: string): Promise<void> {
  await using deep = openDeepStore(url);
  await deep.claim("bench");
  let saved = 0;
  for (let at = 1; at <= MESSAGES; at += STRETCH) {
    const stretch = stretchOf(at, Math.min(STRETCH, MESSAGES - at + 1));
    const started = performance.now();
    await deep.save(stretch);
    saved += performance.now() - started;
  }
  const ours = MESSAGES / (saved / 1000);
  const client = new Bun.SQL(url, { max: 1 });
  await client.unsafe("CREATE TABLE bare (LIKE verbatim.messages)");
  await client.unsafe("ALTER TABLE bare ADD PRIMARY KEY (seq, sub)");
  const bare = await timed(
    client,
    "INSERT INTO bare SELECT * FROM verbatim.messages WHERE seq <= $1",
  );
  await client.unsafe(
    "CREATE TABLE inline (LIKE verbatim.messages, tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED)",
  );
  await client.unsafe("ALTER TABLE inline ADD PRIMARY KEY (seq, sub)");
  await client.unsafe("CREATE INDEX ON inline USING gin (tsv)");
  const inline = await timed(
    client,
    "INSERT INTO inline SELECT * FROM verbatim.messages WHERE seq <= $1",
  );
  await client.close();
  report(
    `Archive, ${MESSAGES} messages of about 700 bytes of text (rivals: ${INLINE}, table to table, without a wire)`,
    [
      {
        what: "save, against the same rows with an inline GIN index",
        ours,
        theirs: inline,
        unit: "rows/s",
        aim: 6,
        moonshot: 10,
      },
      { what: "save, against a bare insert of the same rows", ours, theirs: bare, unit: "rows/s" },
    ],
  );
  const started = performance.now();
  while ((await deep.indexSome()) > 0);
  process.stdout.write(
    `  text index behind it: ${Math.round(MESSAGES / ((performance.now() - started) / 1000)).toLocaleString("en")} messages/s\n`,
  );
}

async function timed(client: Bun.SQL, sql: string): Promise<number> {
  return await rateOf(INLINE, async () => void (await client.unsafe(sql, [INLINE])));
}

async function search(url: string): Promise<void> {
  await using library = openLibrary(url);
  const client = new Bun.SQL(url, { max: 1 });
  for (const [what, typed, like] of [
    ["rare", "rare", "rare"],
    ["medium", "medium", "medium"],
    ["broad", "common", "common"],
    ["rare and broad", "rare common", "rare"],
    ["phrase", '"exact phrase"', "exact phrase"],
  ] as const) {
    await library.search(typed, {}, { limit: 20 });
    const times: number[] = [];
    for (let one = 0; one < QUESTIONS; one += 1) {
      const started = performance.now();
      await library.search(typed, {}, { limit: 20 });
      times.push(performance.now() - started);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const started = performance.now();
    await client.unsafe(
      "SELECT seq FROM verbatim.messages WHERE text LIKE $1 ORDER BY seq DESC LIMIT 20",
      [`%${like}%`],
    );
    const scan = performance.now() - started;
    const p99 = sorted[Math.floor(QUESTIONS * 0.99)] ?? 0;
    report(`Search of ${MESSAGES}: ${what} (p50 ${(sorted[QUESTIONS >> 1] ?? 0).toFixed(2)} ms)`, [
      { what: "newest 20, p99, against a scan of the table", ours: p99, theirs: scan, unit: "ms" },
    ]);
  }
  await client.close();
}

await hot();
await jobs();
const url = await testDatabaseUrl();
await archive(url);
await search(url);
process.exit(0);
