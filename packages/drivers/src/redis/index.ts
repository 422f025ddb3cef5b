/** Connections to Redis. */
export type { RedisFacts } from "./check.ts";
export { checkRedis } from "./check.ts";
export { connectRedis } from "./connect.ts";
