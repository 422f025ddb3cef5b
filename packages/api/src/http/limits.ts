/**
 * How much one key may ask: a bucket of tokens each, in this process.
 *
 *   D4  A key asks at most `burst` times at once and `perS` times a second in the
 *       long run; more is answered 429, with when to come again, and takes
 *       nothing from other keys.
 *
 * Headers are those of draft-ietf-httpapi-ratelimit-headers: RateLimit-Policy
 * says the bound, RateLimit what is left (r) and after how many seconds all of
 * it is there again (t).
 */
import type { Context, MiddlewareHandler } from "hono";
import type { Rate } from "../ports.ts";
import { type Credential, knownCredential } from "./credential.ts";
import { problem } from "./problem.ts";

/** Buckets kept at most; one that is full again is forgotten first. */
const BUCKETS_MAX = 10_000;

type Bucket = { tokens: number; at: number };

/** What became of one request. */
export type Taken = {
  readonly ok: boolean;
  readonly left: number;
  /** Seconds until there is a token, and until the bucket is full. */
  readonly again: number;
  readonly full: number;
};

/** Buckets of all who ask. Times are milliseconds that never go back. */
export function openBuckets(
  { perS, burst }: Pick<Rate, "perS" | "burst">,
  now: () => number,
): (who: string) => Taken {
  const buckets = new Map<string, Bucket>();
  const filled = ({ tokens, at }: Bucket, time: number): number =>
    Math.min(burst, tokens + ((time - at) / 1000) * perS);
  const forgetFull = (time: number): void => {
    if (buckets.size <= BUCKETS_MAX) return;
    for (const [who, bucket] of buckets) if (filled(bucket, time) >= burst) buckets.delete(who);
    // Nobody can fill this memory: who came first begins anew.
    for (const who of buckets.keys()) {
      if (buckets.size <= BUCKETS_MAX) return;
      buckets.delete(who);
    }
  };
  return (who) => {
    const time = now();
    const before = buckets.get(who) ?? { tokens: burst, at: time };
    const tokens = filled(before, time);
    const ok = tokens >= 1;
    const rest = ok ? tokens - 1 : tokens;
    buckets.set(who, { tokens: rest, at: time });
    forgetFull(time);
    return {
      ok,
      left: Math.floor(rest),
      again: Math.max(0, (1 - rest) / perS),
      full: (burst - rest) / perS,
    };
  };
}

/** Answers 429 to who asks too much. What anybody may ask is counted by address. */
export function limited(rate: Rate | null, now: () => number): MiddlewareHandler {
  if (rate === null) return async (_, next) => await next();
  const take = openBuckets(rate, now);
  const policy = `"default";q=${rate.burst};w=${Math.ceil(rate.burst / rate.perS)}`;
  return async (context, next) => {
    const who = whoIs(context, rate);
    if (who === null) return await next();
    const taken = take(who);
    const headers = {
      "ratelimit-policy": policy,
      ratelimit: `"default";r=${taken.left};t=${Math.ceil(taken.full)}`,
    };
    if (!taken.ok) return tooMany(context, rate, taken, headers);
    await next();
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  };
}

function tooMany(
  context: Context,
  rate: Rate,
  taken: Taken,
  headers: Readonly<Record<string, string>>,
): Response {
  const wait = String(Math.max(1, Math.ceil(taken.again)));
  return problem(
    context,
    429,
    "busy",
    `more than ${rate.burst} requests at once, or ${rate.perS} a second; nothing was done, ask again in ${wait} s`,
    { headers: { ...headers, "retry-after": wait } },
  );
}

function whoIs(context: Context, rate: Rate): string | null {
  if (context.req.path.startsWith("/health/")) return null;
  const credential: Credential | null = knownCredential(context);
  if (credential === null) return `from ${fromOf(context)}`;
  if (credential.via !== "loopback") return `key ${credential.name}`;
  return rate.local ? `from ${fromOf(context)}` : null;
}

/** Where a request came from, as the server says; behind a proxy that is the proxy. */
export function fromOf(context: Context): string | null {
  const { env }: { env: unknown } = context;
  const has = typeof env === "object" && env !== null && "from" in env;
  return has && typeof env.from === "string" ? env.from : null;
}
