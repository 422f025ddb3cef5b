/**
 * The only place that makes a Redis connection.
 *
 * Three kinds of users want three kinds of patience:
 *
 *   worker     waits for ever: BullMQ asks for it
 *   producer   fails at once: a hint is not worth waiting for
 *   reader     fails within seconds: a person or a page waits
 */
import { type FailureCode, VerbatimError } from "@verbatim/core";
import { Redis, type RedisOptions } from "ioredis";

export type Patience = "worker" | "producer" | "reader";

/** A reader that waits longer than this has already lost its reader. */
const READER_MS = 3000;
/** Between tries to connect again: soon at first, then once a second. */
const RETRY_MS_MAX = 1000;

/** A connection that keeps trying by itself; commands fail as their patience says. */
export function connectRedis(url: string, patience: Patience): Redis {
  const redis = new Redis({
    ...addressOf(url),
    retryStrategy: (times) => Math.min(times * 50, RETRY_MS_MAX),
    ...PATIENCE[patience],
  });
  // Without a listener ioredis prints; who uses the connection hears of it through commands.
  redis.on("error", () => {});
  return redis;
}

type Waits = Pick<
  RedisOptions,
  "maxRetriesPerRequest" | "enableOfflineQueue" | "commandTimeout" | "connectTimeout"
>;

const PATIENCE: Readonly<Record<Patience, Waits>> = {
  worker: { maxRetriesPerRequest: null },
  producer: {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    commandTimeout: READER_MS,
    connectTimeout: READER_MS,
  },
  reader: {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    commandTimeout: READER_MS,
    connectTimeout: READER_MS,
  },
};

/** Where a Redis is and how to log in, as ioredis wants it. */
type Address = Pick<
  RedisOptions,
  "host" | "port" | "path" | "db" | "password" | "username" | "tls"
>;

/** redis://, rediss:// or unix:///path?password=…&db=0 as ioredis options. Throws `config_invalid`. */
function addressOf(url: string): Address {
  const parsed = urlOf(url);
  const login = loginOf(parsed);
  switch (parsed.protocol) {
    case "unix:":
      return { path: decodeURIComponent(parsed.pathname), ...login };
    case "redis:":
    case "rediss:":
      return {
        host: parsed.hostname || "127.0.0.1",
        port: Number(parsed.port || 6379),
        ...login,
        ...(parsed.protocol === "rediss:" ? { tls: {} } : {}),
      };
    default:
      throw new VerbatimError(
        "config_invalid",
        `REDIS_URL begins with ${parsed.protocol}//; it must be redis://, rediss:// or unix://`,
      );
  }
}

function urlOf(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new VerbatimError(
      "config_invalid",
      "REDIS_URL is not a URL; like redis://:password@host:6379/0 or unix:///path/redis.sock?password=…",
      { cause },
    );
  }
}

function loginOf(url: URL): Address {
  const given = (text: string | null): string | undefined =>
    text === null || text === "" ? undefined : decodeURIComponent(text);
  const path = url.protocol === "unix:" ? "" : url.pathname.slice(1);
  const db = Number(given(url.searchParams.get("db")) ?? given(path) ?? "0");
  const password = given(url.searchParams.get("password")) ?? given(url.password);
  const username = given(url.username);
  return {
    db,
    ...(password === undefined ? {} : { password }),
    ...(username === undefined ? {} : { username }),
  };
}

/** Foreign errors get their name at the door: what means "away" is `redis_unreachable`, the rest passes. */
export function named(error: unknown, code: FailureCode = "redis_unreachable"): unknown {
  if (error instanceof VerbatimError) return error;
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  const away =
    /ECONN|EPIPE|ENOENT|ETIMEDOUT|timed out|MaxRetries|Connection is closed|isn't writeable|LOADING|READONLY/.test(
      text,
    );
  return away
    ? new VerbatimError(
        code,
        "Redis does not answer; recording goes on, and what waits for it catches up by itself",
        { cause: error },
      )
    : error;
}
