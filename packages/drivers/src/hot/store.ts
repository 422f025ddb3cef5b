/**
 * The hot store in Redis: one Lua call a stretch, the cursor inside it (M1, M2).
 *
 * Keys and their meaning are in core/names.ts, the rules in apply.lua.
 */
import {
  type EnrichedMessage,
  HOT_MESSAGES,
  type HotStep,
  type HotStore,
  type HotStretch,
  hotStretchOf,
  KEYS,
  VerbatimError,
} from "@verbatim/core";
import type { Redis } from "ioredis";
import { connectRedis } from "../redis/connect.ts";
import { guarded } from "../redis/failures.ts";
import APPLY from "./apply.lua" with { type: "text" };

/** Events a reader of the live feed may be late by before it is sent to the deep store. */
const LIVE_EVENTS = 10_000;
/** A copy of a message this many entries later is still known as a repeat: some 3 MB of names. */
const KNOWN_SEQS = 20_000;
/** Every one of these goes with `clear`; the live channel holds nothing. */
const KEPT: readonly string[] = Object.values(KEYS).filter((key) => key !== KEYS.live);

/** Keys of single sessions, users and conversations go with it: one each (../sessions). */
const OF_SESSIONS = ["verbatim:session:*", "verbatim:sessions:user:*", "verbatim:conv:*"] as const;
const LOOKED_AT = 1000;

/** Opens the hot store. Once it has claimed a Redis, it adds to nothing but what is still claimed. It fails with `redis_unreachable` while Redis is away, and works again when it is back. */
export function openHotStore(url: string): HotStore & AsyncDisposable {
  const redis = connectRedis(url, "reader");
  let claimed = "";

  return {
    claim: (journalId) =>
      guarded(async () => {
        claimed = journalId;
        await redis.setnx(KEYS.journal, journalId);
        const owner = await redis.get(KEYS.journal);
        if (owner === journalId) return;
        throw new VerbatimError(
          "journal_foreign",
          `this Redis holds the state of another journal (${owner}); use another REDIS_URL or database number, or empty it: verbatim rebuild --hot`,
          {
            facts: { ours: journalId, theirs: owner ?? "" },
          },
        );
      }),
    cursor: () => guarded(async () => Number((await redis.get(KEYS.cursor)) ?? 0)),
    newest: () =>
      guarded(async () => {
        const [newest] = await redis.xrevrange(KEYS.liveStream, "+", "-", "COUNT", 1);
        if (newest === undefined) return null;
        const { seq, heard_at } = messageOf(newest[1][1] ?? "{}");
        return { seq, heard_at };
      }),
    apply: (stretch) =>
      guarded(async () => {
        if (stretch.length === 0) return;
        const answer = await redis.eval(APPLY, ...argumentsOf(hotStretchOf(stretch), claimed));
        if (answer !== "ok")
          throw new VerbatimError(
            "conflict",
            `the hot store is not where this stretch goes on (${String(answer)})`,
          );
      }),
    window: (limit) =>
      guarded(async () => {
        if (limit < 1) return [];
        const refs = await redis.zrevrange(KEYS.messagesSorted, 0, limit - 1);
        if (refs.length === 0) return [];
        const found = await redis.hmget(KEYS.messagesData, ...refs);
        return found.flatMap((json) => (json === null ? [] : [messageOf(json)]));
      }),
    clear: () =>
      guarded(async () => {
        await redis.del(...KEPT);
        for (const pattern of OF_SESSIONS) await unlinkAll(redis, pattern);
      }),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}

/** Takes away every key of a pattern; those made meanwhile may stay. */
async function unlinkAll(redis: Redis, pattern: string): Promise<void> {
  let at = "0";
  do {
    const [next, keys] = await redis.scan(at, "MATCH", pattern, "COUNT", LOOKED_AT);
    if (keys.length > 0) await redis.unlink(...keys);
    at = next;
  } while (at !== "0");
}

/** Key count, keys and arguments of apply.lua, in the order its header gives. */
function argumentsOf(stretch: HotStretch, claimed: string): [number, ...(string | number)[]] {
  const { first, last, steps, files } = stretch;
  return [
    11,
    KEYS.cursor,
    KEYS.messagesSorted,
    KEYS.messagesData,
    KEYS.sessionsActive,
    KEYS.processedFiles,
    KEYS.filePositions,
    KEYS.liveStream,
    KEYS.liveKnown,
    KEYS.liveGiven,
    KEYS.messagesHidden,
    KEYS.journal,
    ...[first, last, HOT_MESSAGES, KEYS.live, LIVE_EVENTS, KNOWN_SEQS],
    ...[steps.length, files.length, claimed],
    ...steps.flatMap(argumentsOfStep),
    ...files.flatMap((one) => [one.file, one.position]),
  ];
}

function argumentsOfStep(one: HotStep): (string | number)[] {
  if (one.op === "say") {
    const { ref, seq, sub, said_ms, session, json, whose } = one;
    return [one.op, ref, seq, sub, said_ms, session, json, whose];
  }
  const [ref, whose] = one.op === "hide" ? [one.ref, ""] : ["", one.whose];
  return [one.op, ref, one.seq, 0, 0, "", "", whose];
}

/** JSON that apply.lua was given by us: its shape is ours. */
export function messageOf(json: string): EnrichedMessage {
  const parsed: EnrichedMessage = JSON.parse(json);
  return parsed;
}
