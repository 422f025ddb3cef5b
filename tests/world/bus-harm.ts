/**
 * Harm to the bus: one that pushes and one that has each message confirmed, while
 * bus, ingest and Redis are killed without warning and started again. Afterwards
 * the journal itself is read, and everything sent is accounted for.
 *
 * What was confirmed must be there, once. What was pushed into a bus that died may
 * be lost, because nobody told the pusher that it was safe: it is counted.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { busStatusOf, decodeFrames, type Entry, FILES } from "../../packages/core/src/index.ts";
import { openJournalReader } from "../../packages/drivers/src/journal/index.ts";
import { mortalRedis } from "../../packages/drivers/test/services.ts";
import { type BusSystem, busSystemAt, type Client, pythonClient } from "./bus-system.ts";
import { until } from "./system.ts";
import { numbersFrom } from "./transcripts.ts";

const SENDER = join(import.meta.dir, "bus-sender.py");
const DEAD_MS_MAX = 400;
const DRAIN_MS_MAX = 30_000;
const READ = { entries: 1000, bytes: 8 * 1024 * 1024 };

export type BusHarmOptions = {
  /** A folder of its own. */
  readonly place: string;
  /** Half of them pushed, half confirmed. */
  readonly messages: number;
  /** They are sent over this time, and longer by what the killing costs. */
  readonly seconds: number;
  readonly killEveryMs: readonly [least: number, most: number];
  readonly seed: number;
};

export type BusHarm = {
  readonly kills: Readonly<Record<"bus" | "ingest" | "redis", number>>;
  /** Answered with ok, and of these not in the journal, or more than once. */
  readonly confirmed: number;
  readonly confirmedLost: number;
  readonly confirmedTwice: number;
  readonly pushed: number;
  readonly pushedLost: number;
  readonly pushedTwice: number;
  /** Entries whose bytes are not those that were sent. */
  readonly damaged: number;
  readonly bytes: number;
};

type World = {
  readonly system: BusSystem;
  readonly random: () => number;
  readonly kills: { bus: number; ingest: number; redis: number };
  redis: Awaited<ReturnType<typeof mortalRedis>>;
};

/** One round of it. Throws when something does not come back or a sender gives up. */
export async function harmTheBus(options: BusHarmOptions): Promise<BusHarm> {
  const { place, messages, seconds, seed } = options;
  const system = await busSystemAt(join(place, "home"));
  const kills = { bus: 0, ingest: 0, redis: 0 };
  const world: World = { system, random: numbersFrom(seed), kills, redis: await mortalRedis() };
  const each = Math.ceil(messages / 2);
  const senders: Client[] = [];
  try {
    await system.start("ingest", { REDIS_URL: world.redis.url });
    await system.start("bus");
    for (const way of ["push", "confirm"])
      senders.push(pythonClient(SENDER, [way, system.port, each, seconds, seed]));
    const acknowledged = Promise.all(senders.map(saidBy));
    const sending = Promise.all(senders.map((one) => one.exited));
    await killUntil(world, sending, options.killEveryMs);
    const codes = await sending;
    if (codes.some((code) => code !== 0)) throw new Error(`senders ended with ${codes}`);
    await drained(system);
    await system.stop();
    const [, confirmed = []] = await acknowledged;
    return { kills, ...(await accounted(join(place, "home", FILES.journal), each, confirmed)) };
  } finally {
    for (const one of senders) one.kill("SIGKILL");
    await system.stop();
    killQuietly(world.redis.pid);
  }
}

/** The lines a sender said, once it has ended. */
async function saidBy(sender: Client): Promise<readonly string[]> {
  const text = await new Response(sender.stdout).text();
  return text.split("\n").filter((line) => line !== "");
}

/** Kills one after another until the senders have ended: each of the three once, then by chance. */
async function killUntil(
  world: World,
  sending: Promise<unknown>,
  [least, most]: readonly [number, number],
): Promise<void> {
  const names = ["bus", "ingest", "redis"] as const;
  const { random } = world;
  let sent = false;
  const end = sending.then(() => {
    sent = true;
  });
  for (let turn = 0; ; turn += 1) {
    await Promise.race([Bun.sleep(least + random() * (most - least)), end]);
    if (sent) return;
    const name = names[turn < names.length ? turn : Math.floor(random() * names.length)] ?? "bus";
    world.kills[name] += 1;
    await killed(world, name);
  }
}

async function killed(world: World, name: "bus" | "ingest" | "redis"): Promise<void> {
  const deadMs = world.random() * DEAD_MS_MAX;
  if (name === "redis") {
    killQuietly(world.redis.pid);
    await world.redis.exited;
    await Bun.sleep(deadMs);
    world.redis = await world.redis.again();
    return;
  }
  await world.system.kill(name);
  await Bun.sleep(deadMs);
  await world.system.start(name, name === "ingest" ? { REDIS_URL: world.redis.url } : {});
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was dead already: what we wanted.
  }
}

/** Waits until the bus has read what lies in its sockets and all of it is recorded. */
async function drained({ home }: BusSystem): Promise<void> {
  let before = "";
  await until("everything heard is recorded", DRAIN_MS_MAX, async () => {
    const status = busStatusOf(await readFile(join(home, FILES.busFile), "utf8"));
    const seen = `${status?.heard.push} ${status?.heard.sure}`;
    const quiet = status !== null && status.waiting === 0 && seen === before;
    before = seen;
    // Two notes, which are a second apart, must say the same.
    if (!quiet) await Bun.sleep(1500);
    return quiet;
  });
}

type Account = Omit<BusHarm, "kills">;

/** What the journal holds of what was sent. */
async function accounted(
  journal: string,
  pushed: number,
  confirmed: readonly string[],
): Promise<Account> {
  const found = new Map<string, number>();
  let damaged = 0;
  let bytes = 0;
  for await (const entry of busEntriesOf(journal)) {
    const name = nameIn(entry);
    bytes += entry.raw.length;
    if (name === null) damaged += 1;
    else found.set(name, (found.get(name) ?? 0) + 1);
  }
  const twice = [...found].filter(([, times]) => times > 1).map(([name]) => name);
  const isPushed = (name: string): boolean => name.startsWith("push-");
  return {
    confirmed: confirmed.length,
    confirmedLost: confirmed.filter((name) => !found.has(name)).length,
    confirmedTwice: twice.filter((name) => !isPushed(name)).length,
    pushed,
    pushedLost: pushed - [...found.keys()].filter(isPushed).length,
    pushedTwice: twice.filter(isPushed).length,
    damaged,
    bytes,
  };
}

async function* busEntriesOf(journal: string): AsyncGenerator<Entry> {
  const reader = openJournalReader(journal);
  const last = await reader.last();
  for (let from = 1; from <= last; ) {
    const entries = await reader.read({ from, to: last, ...READ });
    // The bus's own alarm is a message too.
    for (const entry of entries)
      if (entry.key.startsWith("push/") || entry.key.startsWith("sure/")) yield entry;
    from = (entries.at(-1)?.seq ?? last) + 1;
  }
  await reader.close();
}

/** The name a message says of itself, or null when its bytes are not what it says. */
function nameIn({ raw }: Entry): string | null {
  const payload = decodeFrames(raw)?.at(-1);
  if (payload === undefined) return null;
  const head = /^(\S+) (\d+) (\d+) /.exec(
    new TextDecoder("latin1").decode(payload.subarray(0, 64)),
  );
  if (head === null) return null;
  const [whole, name = "", length, crc] = head;
  const filler = payload.subarray(whole.length);
  const sound = filler.length === Number(length) && Bun.hash.crc32(filler) === Number(crc);
  return sound ? name : null;
}

/** What is wrong with a round, or null. */
export function harmDone(harm: BusHarm): string | null {
  const { confirmedLost, confirmedTwice, pushedTwice, damaged } = harm;
  const wrong = { confirmedLost, confirmedTwice, pushedTwice, damaged };
  return Object.values(wrong).every((many) => many === 0) ? null : JSON.stringify(wrong);
}
