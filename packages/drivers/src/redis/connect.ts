/**
 * The only place that makes a Redis connection.
 *
 * Three kinds of users want three kinds of patience:
 *
 *   worker     waits for ever: BullMQ asks for it
 *   producer   fails at once: a hint is not worth waiting for
 *   reader     fails within seconds: a person or a page waits
 */
import { VerbatimError } from "@verbatim/core";
import { Redis, type RedisOptions } from "ioredis";

export type Patience = "worker" | "producer" | "reader";

/** A reader that waits longer than this has already lost its reader. */
const READER_MS = 3000;
/** Between tries to connect again: soon at first, then once a second. */
const RETRY_MS_MAX = 1000;

/** A connection that keeps trying by itself; commands fail as their patience says. */
export function connectRedis(
  url: string,
  patience: Patience,
  writes: "one write a turn" | "at once" = "at once",
): Redis {
  const redis = new Redis({
    ...addressOf(url),
    retryStrategy: (times) => Math.min(times * 50, RETRY_MS_MAX),
    ...PATIENCE[patience],
    // What is asked in one turn of the event loop goes out together: a write costs more than a command.
    enableAutoPipelining: writes === "one write a turn",
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
export type Address = Pick<
  RedisOptions,
  "host" | "port" | "path" | "db" | "password" | "username" | "tls"
>;

/** redis://, rediss:// or unix:///path?password=…&db=0 as ioredis options. Throws `config_invalid`, without the URL: it may hold a password. */
export function addressOf(url: string): Address {
  const parsed = urlOf(url);
  switch (parsed.protocol) {
    case "unix:":
      return { path: decoded(parsed.pathname), ...loginOf(parsed, "") };
    case "redis:":
    case "rediss:":
      return {
        // A literal IPv6 address stands in brackets in a URL, and nowhere else.
        host: parsed.hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1",
        port: Number(parsed.port || 6379),
        ...loginOf(parsed, parsed.pathname.slice(1)),
        ...(parsed.protocol === "rediss:" ? { tls: {} } : {}),
      };
    default:
      throw unusable(`begins with ${parsed.protocol}//`);
  }
}

function urlOf(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw unusable("is not a URL");
  }
}

/** Query parameters come decoded, the rest of a URL does not. */
function loginOf(url: URL, path: string): Address {
  const asked = (name: string): string | null => url.searchParams.get(name);
  const db = asked("db") ?? (path === "" ? "0" : path);
  if (!/^\d{1,9}$/.test(db)) throw unusable("has a database that is not a number");
  const password = asked("password") ?? decoded(url.password);
  const username = decoded(url.username);
  return {
    db: Number(db),
    ...(password === "" ? {} : { password }),
    ...(username === "" ? {} : { username }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable("holds a % that begins no %XX; write %25 for a percent sign");
  }
}

function unusable(why: string): VerbatimError {
  return new VerbatimError(
    "config_invalid",
    `REDIS_URL ${why}; it must be like redis://:password@host:6379/0, rediss://… or unix:///path/redis.sock?password=…&db=0`,
  );
}
