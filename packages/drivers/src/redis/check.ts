/** Whether a Redis is fit for us: reachable, new enough, and not one that throws keys away. */
import { VerbatimError } from "@verbatim/core";
import { addressOf, connectRedis } from "./connect.ts";
import { guarded } from "./failures.ts";

const VERSION_MIN = [6, 2] as const;

/** What was found; `policy` is null where we may not ask, as on some hosted servers. */
export type RedisFacts = { readonly version: string; readonly policy: string | null };

/** Throws `redis_unreachable` or `redis_unfit` with what to do; gives what it found. */
export async function checkRedis(url: string): Promise<RedisFacts> {
  const redis = connectRedis(url, "reader");
  try {
    const info = await guarded(async () => {
      // A database that does not exist is not refused by the client, which then goes on in number 0.
      await redis.select(addressOf(url).db ?? 0);
      return await redis.info("server");
    }).catch((error: unknown) => {
      throw isAway(error) ? nobodyThere(error) : error;
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

function isAway(error: unknown): boolean {
  return error instanceof VerbatimError && error.code === "redis_unreachable";
}

function nobodyThere(error: unknown): VerbatimError {
  const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  return new VerbatimError(
    "redis_unreachable",
    `Redis does not answer at REDIS_URL (${why}); start it, or unset REDIS_URL to use our own`,
    { cause: error },
  );
}

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
