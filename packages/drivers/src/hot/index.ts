/** The hot store: what is newest, in Redis. */
export { type HotForgetting, openHotForgetting } from "./forgetting.ts";
export type { Older, RedisLiveFeed } from "./live.ts";
export { openLiveFeed } from "./live.ts";
export { openHotStore } from "./store.ts";
