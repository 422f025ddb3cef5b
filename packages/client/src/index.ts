/** The front door of the client. */
export type { CallOptions, ClientOptions, Fetch } from "./calling.ts";
export { type Client, createClient, type Messages, type Sessions } from "./client.ts";
export type { Citations, Conversations } from "./conversations.ts";
export { ApiError, isForLater, type Problem } from "./errors.ts";
export type { Live, LiveAsk, LiveEvent } from "./live.ts";
export type { Outbox, OutboxOptions, OutboxStorage, Pending } from "./outbox.ts";
export type { Session } from "./session.ts";
export type { Answer, Body, PostedMessage, PostedPart, Query, Route } from "./wire.ts";
export type { SessionMessage } from "./wire-sessions.ts";
