/** Whether a Redis is fit for us: reachable, new enough, and not one that throws keys away. */
import { VerbatimError } from "@verbatim/core";
import { connectRedis } from "./connect.ts";

const VERSION_MIN = [6, 2] as const;

export type RedisFacts = { readonly version: string; readonly policy: string | null };

/** Throws `redis_unreachable` or `redis_unfit` with what to do; gives what it found. */
export async function checkRedis(url: string): Promise<RedisFacts> {
  const redis = connectRedis(url, "reader");
  try {
    const info = await redis.info("server").catch((cause: unknown) => {
      throw new VerbatimError(
        "redis_unreachable",
        "Redis does not answer at REDIS_URL; start it, or unset REDIS_URL to use our own",
        { cause },
      );
    });
    const version = /redis_version:(\S+)/.exec(info)?.[1] ?? "0";
    if (isOlder(version)) {
      throw new VerbatimError(
        "redis_unfit",
        `Redis ${version} is too old; ${VERSION_MIN.join(".")} or newer is needed`,
        { facts: { version } },
      );
    }
    const policy = await policyOf(redis);
    if (policy !== null && policy !== "noeviction") {
      throw new VerbatimError(
        "redis_unfit",
        `Redis throws keys away when it is full (maxmemory-policy ${policy}), which would silently lose jobs; run: CONFIG SET maxmemory-policy noeviction`,
        { facts: { policy } },
      );
    }
    return { version, policy };
  } finally {
    redis.disconnect();
  }
}

/** Null where we may not ask, as on some hosted servers. */
async function policyOf(redis: {
  config(get: "GET", name: string): Promise<unknown>;
}): Promise<string | null> {
  try {
    const answer = await redis.config("GET", "maxmemory-policy");
    return Array.isArray(answer) && typeof answer[1] === "string" ? answer[1] : null;
  } catch {
    return null;
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1]);
}
