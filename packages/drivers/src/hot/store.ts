/**
 * The hot store in Redis: one Lua call a stretch, the cursor inside it (M1, M2).
 *
 * Keys and their meaning are in core/names.ts, the rules in apply.lua.
 */
import {
  type EnrichedMessage,
  HOT_MESSAGES,
  type HotStore,
  hotStretchOf,
  KEYS,
  VerbatimError,
} from "@verbatim/core";
import { connectRedis, named } from "../redis/connect.ts";
import APPLY from "./apply.lua" with { type: "text" };

/** Events a reader of the live feed may be late by before it is sent to the deep store. */
const LIVE_EVENTS = 10_000;

/** Opens the hot store. It fails with `redis_unreachable` while Redis is away, and works again when it is back. */
export function openHotStore(url: string): HotStore & AsyncDisposable {
  const redis = connectRedis(url, "reader");
  const guarded = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      throw named(error);
    }
  };

  return {
    claim: (journalId) =>
      guarded(async () => {
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
    apply: (stretch) =>
      guarded(async () => {
        if (stretch.length === 0) return;
        const answer = await redis.eval(
          APPLY,
          7,
          KEYS.cursor,
          KEYS.messagesSorted,
          KEYS.messagesData,
          KEYS.sessionsActive,
          KEYS.processedFiles,
          KEYS.filePositions,
          KEYS.liveStream,
          JSON.stringify(hotStretchOf(stretch)),
          HOT_MESSAGES,
          KEYS.live,
          LIVE_EVENTS,
        );
        if (answer !== "ok")
          throw new VerbatimError(
            "conflict",
            `the hot store is not where this stretch goes on (${String(answer)})`,
          );
      }),
    window: (limit) =>
      guarded(async () => {
        const refs = await redis.zrevrange(KEYS.messagesSorted, 0, limit - 1);
        if (refs.length === 0) return [];
        const found = await redis.hmget(KEYS.messagesData, ...refs);
        return found.flatMap((json) => (json === null ? [] : [messageOf(json)]));
      }),
    clear: () =>
      guarded(async () => {
        await redis.del(...Object.values(KEYS).filter((key) => key !== KEYS.live));
      }),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}

/** JSON that apply.lua was given by us: its shape is ours. */
export function messageOf(json: string): EnrichedMessage {
  const parsed: EnrichedMessage = JSON.parse(json);
  return parsed;
}
