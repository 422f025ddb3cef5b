/** The bus on libzmq: its sockets, its keys, and clients of our own. Node only. */
export type { Asker, ClientOptions, Ear, Voice } from "./client.ts";
export { openAsker, openEar, openVoice } from "./client.ts";
export { openDoor } from "./door.ts";
export type { KeyPair, ServerKeys } from "./keys.ts";
export { allowedKeys, clientKeys, newClient, serverKeys } from "./keys.ts";
export type { Line, LineOptions, Ports, Subscription } from "./line.ts";
export { openLine } from "./line.ts";
