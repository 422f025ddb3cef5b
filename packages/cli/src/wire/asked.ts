/** The filters that commands about the numbers share, as the API takes them. */
import type { BreakdownAnswer } from "@verbatim/api/contract";
import { VerbatimError } from "@verbatim/core";
import type { Client } from "../client.ts";
import { shown } from "../render/text.ts";
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
  if (since !== undefined && until === undefined && Date.parse(since) > Date.now())
    throw new VerbatimError(
      "usage",
      `--since ${since} is in the future: nothing was said after it`,
    );
  const whole = session === undefined ? session : (await sessionBy(session, client)).session_id;
  const folder = project === undefined ? project : await projectBy(project, client);
  const given = { since, until, project: folder, speaker, session: whole };
  const asked: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) asked[name] = value;
  return asked;
}

/** So many are asked for; so many are named to who mistyped one. */
const PROJECTS_MAX = 500;
const PROJECTS_NAMED = 8;
/** What was said in no project. */
const NOWHERE = "(none)";

/** A project by its path, or by the last part of it where only one ends so. */
async function projectBy(text: string, client: Client): Promise<string> {
  const asked = { of: "projects", limit: PROJECTS_MAX };
  const found = await client.get<BreakdownAnswer>("/v1/analytics/breakdown", asked);
  const paths = found.data.map(({ name }) => name).filter((name) => name !== NOWHERE);
  const fitting = fittingProjects(text, paths);
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return only;
  const all = found.names <= paths.length && found.counted_to >= found.settled_to;
  if (fitting.length === 0 && !all) return text;
  const named = (fitting.length === 0 ? paths : fitting).slice(0, PROJECTS_NAMED).map(shown);
  throw new VerbatimError(
    "not_found",
    fitting.length === 0
      ? `nothing was said in a project ${text}; ${named.length === 0 ? "no project is known yet" : `projects there are: ${named.join(", ")}`}`
      : `${fitting.length} projects end with ${text}; name one whole: ${named.join(", ")}`,
  );
}

/** The one of this path, or all whose path ends with it. */
export function fittingProjects(text: string, paths: readonly string[]): readonly string[] {
  if (paths.includes(text)) return [text];
  const end = text.replace(/[/\\]+$/, "");
  return paths.filter(
    (path) => path === end || path.endsWith(`/${end}`) || path.endsWith(`\\${end}`),
  );
}
