/** A Lua script by its digest: its text goes over the wire once, and again to a Redis that has forgotten it. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Call } from "./calls.ts";

export type Script<Answer> = (call: Call) => Promise<Answer>;

/** Makes a script callable; what it answers is as its header says. */
export function openScript<Answer>(redis: Redis, text: string): Script<Answer> {
  const digest = createHash("sha1").update(text).digest("hex");
  return async ({ keys, args }) => {
    const rest = [...keys, ...args];
    const answer: unknown = await redis.evalsha(digest, keys.length, ...rest).catch((error) => {
      if (!String(error).includes("NOSCRIPT")) throw error;
      return redis.eval(text, keys.length, ...rest);
    });
    return answer as Answer;
  };
}
