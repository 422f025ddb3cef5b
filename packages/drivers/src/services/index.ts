/** Servers of our own: Redis and Postgres under home, which cannot outlive us. */
export type { Guarded } from "./guard.ts";
export type { PostgresOptions } from "./postgres.ts";
export { startPostgres } from "./postgres.ts";
export type { RedisOptions } from "./redis.ts";
export { redisProgram, startRedis } from "./redis.ts";
