/** The intake socket: handing records to the one writer of the journal. */

export { openIntake } from "./client.ts";
export type { IntakeHandler } from "./server.ts";
export { serveIntake } from "./server.ts";
