/** Mutants for the hot store and its feed (M), the queues (Q) and the workers (W). */
import type { Mutant } from "./mutant.ts";

const HOT = ["packages/drivers/src/hot/hot.int.test.ts"];
const LIVE = ["packages/drivers/src/hot/live.int.test.ts"];
const REDIS = ["packages/drivers/src/redis/connect.test.ts"];
const QUEUE = ["packages/drivers/src/queue/queue.int.test.ts"];
const WORKERS = ["packages/workers/src/pipeline.test.ts"];
const PAST = ["packages/workers/src/past.int.test.ts"];

export const mutants: readonly Mutant[] = [
  {
    promise: "M1",
    what: "a hole in the stretches is taken",
    file: "packages/drivers/src/hot/apply.lua",
    find: "if first > cursor + 1 then return 'gap ' .. cursor end",
    replace: "",
    tests: HOT,
  },
  {
    promise: "M2",
    what: "an overlapping stretch moves the cursor back",
    file: "packages/drivers/src/hot/apply.lua",
    find: "if last <= cursor then return 'ok' end",
    replace: "",
    tests: HOT,
  },
  {
    promise: "M2",
    what: "followers are told of a message each time it is heard",
    file: "packages/drivers/src/hot/apply.lua",
    find: "local is_repeat = heard[ref] and",
    replace: "local is_repeat = false and",
    tests: HOT,
  },
  {
    promise: "M3",
    what: "the newest are trimmed instead of the oldest",
    file: "packages/drivers/src/hot/apply.lua",
    find: "redis.call('ZRANGE', KEYS[2], 0, over - 1)",
    replace: "redis.call('ZREVRANGE', KEYS[2], 0, over - 1)",
    tests: HOT,
  },
  {
    promise: "M3",
    what: "a time in the future is believed",
    file: "packages/core/src/hot/digest.ts",
    find: "Math.min(msOf(message.said_at), msOf(message.heard_at) + AHEAD_MS_MAX)",
    replace: "msOf(message.said_at)",
    tests: HOT,
  },
  {
    promise: "M4",
    what: "wiping leaves the cursor",
    file: "packages/drivers/src/hot/store.ts",
    find: "(key) => key !== KEYS.live",
    replace: "(key) => key !== KEYS.live && key !== KEYS.cursor",
    tests: HOT,
  },
  {
    promise: "M4",
    what: "what was known is not forgotten in its time",
    file: "packages/drivers/src/hot/apply.lua",
    find: "and seq - heard[ref] <= remembered",
    replace: "",
    tests: HOT,
  },
  {
    promise: "M5",
    what: "a full Redis is taken for a bad entry",
    file: "packages/drivers/src/redis/failures.ts",
    find: "/\\bOOM\\b/",
    replace: "/\\bnever\\b/",
    tests: REDIS,
  },
  {
    promise: "M6",
    what: "what the deep store has not got yet is passed over in silence",
    file: "packages/drivers/src/hot/live.ts",
    find: "settled >= oldest.seq",
    replace: "true",
    tests: LIVE,
  },
  {
    promise: "M6",
    what: "what the stream has forgotten is not looked for",
    file: "packages/drivers/src/hot/live.ts",
    find: "if (oldest !== null && mayHaveMissed(place, oldest)) {",
    replace: "if (oldest === null && mayHaveMissed(place, place)) {",
    tests: LIVE,
  },
  {
    promise: "Q1",
    what: "lost hints are not counted",
    file: "packages/drivers/src/queue/hints.ts",
    find: "dropped += lost;",
    replace: "dropped += 0;",
    tests: QUEUE,
  },
  {
    promise: "Q2",
    what: "hints are not deduplicated",
    file: "packages/drivers/src/queue/hints.ts",
    find: "{ deduplication: { id: name, keepLastIfActive: true } }",
    replace: "{ jobId: `${name}-${Math.random()}` }",
    tests: QUEUE,
  },
  {
    promise: "W1",
    what: "a store that is away has its entries set aside",
    file: "packages/workers/src/pipeline.ts",
    find: "if (isForLater(error) || only === undefined) throw error;",
    replace: "if (only === undefined) throw error;",
    tests: WORKERS,
  },
  {
    promise: "W2",
    what: "one bad entry takes its whole stretch with it",
    file: "packages/workers/src/pipeline.ts",
    find: "if (stretch.length === 1) {",
    replace: "if (stretch.length >= 1) {",
    tests: WORKERS,
  },
  {
    promise: "W3",
    what: "a store that is ahead of the journal is left idle in silence",
    file: "packages/workers/src/past.ts",
    find: "if (next === undefined) {",
    replace: "if (next === undefined && at < 0) {",
    tests: PAST,
  },
  {
    promise: "W3",
    what: "a seq is enough for an entry to be the same",
    file: "packages/workers/src/past.ts",
    find: "if (same === undefined || msOf(same.at) === msOf(heard_at)) return;",
    replace: "if (seq > 0) return;",
    tests: PAST,
  },
  {
    promise: "W4",
    what: "nobody is told of a broken taxonomy",
    file: "packages/workers/src/settler.ts",
    find: "if (!isForLater(error)) parts.tell(problemOf(error));",
    replace: "",
    tests: ["packages/workers/src/pipeline.test.ts"],
  },
];
