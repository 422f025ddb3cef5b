/**
 * The bus: forwarding against a bare broker, recording against one fsync a message,
 * Redis and NATS, and confirmed publishing. 200-byte messages, the same Python
 * clients on both sides, all sides in one run, taking turns; medians.
 * `bun bench/bus.ts [rounds]`
 *
 * What is recorded is in the journal after fdatasync, in every row. Redis syncs at
 * every answer too; NATS answers before it syncs. The machine's own work is in all
 * figures: two cores carry the clients, the bus, ingest and the rival.
 */
import { cpus, loadavg } from "node:os";
import { forwarded, openSides, type Ran, ran, wrote } from "./bus-sides.ts";
import { type Row, report } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 5);
const FORWARDED = 200_000;
/** Fits into what the bus holds while the recorder is behind. */
const BURST = 20_000;
const PACED = 20_000;
const PACE = 10_000;
const PUSHED = 200_000;
const WRITTEN = 50_000;
const SYNCED_EACH = 5000;
const CONFIRMED = 20_000;
const ALONE = 1000;

let interrupted = false;
await using sides = await openSides();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void end());
}
async function end(): Promise<void> {
  interrupted = true;
  await sides[Symbol.asyncDispose]();
  process.exit(130);
}

const { ours, safe, broker, redis, nats, file } = sides;

const measured: Readonly<Record<string, () => Promise<Ran>>> = {
  forwarded: () => forwarded(ours.port, FORWARDED, 0),
  forwardedSafe: () => forwarded(safe.port, FORWARDED, 0),
  forwardedBare: () => forwarded(broker, FORWARDED, 0),
  burst: () => forwarded(ours.port, BURST, 0),
  burstBare: () => forwarded(broker, BURST, 0),
  paced: () => forwarded(ours.port, PACED, PACE),
  pacedSafe: () => forwarded(safe.port, PACED, PACE),
  pacedBare: () => forwarded(broker, PACED, PACE),
  push: () => ran("push.py", [ours.port, 1, PUSHED]),
  push8: () => ran("push.py", [ours.port, 8, PUSHED]),
  before: () => ran("record.py", [file, SYNCED_EACH]),
  nats: () => wrote("nats", nats, [1, 64, WRITTEN]),
  nats8: () => wrote("nats", nats, [8, 8, WRITTEN]),
  redis: () => wrote("redis", redis, [1, 64, WRITTEN]),
  redis8: () => wrote("redis", redis, [8, 8, WRITTEN]),
  confirmed: () => ran("confirm.py", [ours.port, CONFIRMED, 1000]),
  redis1000: () => wrote("redis", redis, [1, 1000, WRITTEN]),
  alone: () => ran("confirm.py", [ours.port, ALONE, 1]),
  aloneRedis: () => wrote("redis", redis, [1, 1, ALONE]),
};
const results = new Map<string, Ran[]>();
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, measure] of Object.entries(measured))
      results.set(name, [...(results.get(name) ?? []), await measure()]);
  }
} catch (error) {
  if (interrupted) await end();
  throw error;
}

const unit = "msg/s";
const recorded = (
  who: "push" | "push8",
  from: string,
  natsSide: string,
  redisSide: string,
): Row[] =>
  [
    { what: `${from}, against json, append, fsync each`, side: "before", aim: 20 },
    { what: `${from}, against NATS JetStream (not synced), 64 waiting`, side: natsSide, aim: 2 },
    { what: `${from}, against Redis XADD, 64 waiting`, side: redisSide, aim: 2 },
  ].map(({ what, side, aim }) => ({ what, ours: of(who), theirs: of(side), unit, aim }));

const [core] = cpus();
process.stdout.write(
  `\n${cpus().length} cores (${core?.model.trim()}), load ${loadavg()[0]?.toFixed(1)}, ${ROUNDS} rounds, ${spread()}\n`,
);
report("Forwarding 200-byte messages and recording every one, against a bare zmq.proxy", [
  { what: `${FORWARDED} as fast as they go`, ...forwarding("forwarded"), aim: 0.7 },
  { what: "the same, forwarded when recorded (SAFE)", ...forwarding("forwardedSafe") },
  { what: `a burst of ${BURST}`, ours: of("burst"), theirs: of("burstBare"), unit, aim: 0.7 },
  ...(["p50", "p99"] as const).flatMap((which) => [
    { what: `${PACE} a second, ${which}`, ...latency("paced", which) },
    { what: `${PACE} a second, ${which}, SAFE`, ...latency("pacedSafe", which) },
  ]),
]);
report("Recorded, durable, from PUSH", [
  ...recorded("push", "1 pusher", "nats", "redis"),
  ...recorded("push8", "8 pushers", "nats8", "redis8"),
]);
report("Confirmed publish, against Redis XADD", [
  { what: "one client, 1000 waiting", ours: of("confirmed"), theirs: of("redis1000"), unit },
  ...(["p50", "p99"] as const).map((which) => ({
    what: `one at a time, ${which}`,
    ...{ ours: of("alone", which), theirs: of("aloneRedis", which), unit: "ms" },
  })),
]);
process.stdout.write(
  `  delivered of ${FORWARDED}: ours ${of("forwarded", "heard")}, SAFE ${of("forwardedSafe", "heard")}, bare ${of("forwardedBare", "heard")}\n`,
);

function forwarding(side: string): Pick<Row, "ours" | "theirs" | "unit"> {
  return { ours: of(side), theirs: of("forwardedBare"), unit };
}

function latency(side: string, which: "p50" | "p99"): Pick<Row, "ours" | "theirs" | "unit"> {
  return { ours: of(side, which), theirs: of("pacedBare", which), unit: "us" };
}

/** The median of the rounds. */
function of(side: string, which: keyof Ran = "rate"): number {
  const values = (results.get(side) ?? []).map((ran) => ran[which]).toSorted((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** How noisy the machine was: the slowest and the fastest of the same work. */
function spread(): string {
  const rates = (results.get("push") ?? []).map((ran) => ran.rate);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  return `1 pusher between ${Math.round(low)} and ${Math.round(high)} msg/s`;
}
