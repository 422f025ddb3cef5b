/** Sessions that are going on, in Redis. */
export { type HotSessions, openSessionStore } from "./store.ts";
