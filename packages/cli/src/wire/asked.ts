/** The filters that commands about the numbers share, as the API takes them. */
import type { Client } from "../client.ts";
import type { Global } from "../surface.ts";
import { sessionBy } from "./read.ts";

/** As typed. */
export type Filters = Global & {
  readonly since?: string;
  readonly until?: string;
  readonly project?: string;
  readonly speaker?: string;
  readonly session?: string;
};

/** What was asked for, with the session's whole id. */
export async function askedOf(
  { since, until, project, speaker, session }: Filters,
  client: Client,
): Promise<Readonly<Record<string, string>>> {
  const whole = session === undefined ? session : (await sessionBy(session, client)).session_id;
  const given = { since, until, project, speaker, session: whole };
  const asked: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) asked[name] = value;
  return asked;
}
