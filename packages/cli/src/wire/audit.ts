/** `verbatim audit`: who read what of whom, oldest first. */
import type { AuditEntry } from "@verbatim/core";
import { readAudit } from "@verbatim/drivers/keys";
import { oneLine } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

type Asked = Global & {
  readonly since?: string;
  readonly key?: string;
  readonly user?: string;
  readonly limit: number;
};

export async function showAudit(asked: Asked, surface: Surface): Promise<void> {
  const { home, since, key, user, limit } = asked;
  const looks = (await readAudit(home, { since, key, user }, limit)).toReversed();
  if (asked.json === true) {
    surface.out(`${JSON.stringify({ looks })}\n`);
    return;
  }
  if (looks.length === 0) surface.screen.line("nobody has looked, as far as that was asked for");
  for (const look of looks) surface.out(`${lineOf(look, surface)}\n`);
}

function lineOf(look: AuditEntry, { colours }: Surface): string {
  const { at, key, method, route, user, session, status, rows } = look;
  const whose = user === null ? "" : ` of ${oneLine(user, 60)}`;
  const where = session === null ? "" : ` in ${oneLine(session, 60)}`;
  const many = rows === null ? "" : `, ${rows} rows`;
  const answer = status < 400 ? String(status) : colours.yellow(String(status));
  return `${colours.dim(at.slice(0, 19))}  ${oneLine(key, 60)}  ${method} ${route}${whose}${where}  ${answer}${many}`;
}
