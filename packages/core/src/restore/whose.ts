/**
 * Which session a file is of, and when it was last written: a file says neither by
 * itself. Its name may begin as the session does; else its first records say, as
 * an agent's stream names its parent only inside.
 */
import type { Entry } from "../message/heard.ts";
import type { Sha256 } from "../settle/port.ts";
import { parse } from "../sources/parse.ts";
import type { FilePlan } from "./plan.ts";

/** Of so many of a file's first records the sessions are looked at. */
export const FIRST_RECORDS = 5;
/** The last records of a file are looked at for when it was written. */
export const LATE_RECORDS = 20;

/** Whether the name of a file begins as the session does. */
export function isNamed({ path }: Pick<FilePlan, "path">, session: string): boolean {
  return (path.split("/").at(-1) ?? "").startsWith(session);
}

/** The sessions a record speaks of that begin so. */
export function sessionsIn(entry: Entry, session: string, sha256: Sha256): readonly string[] {
  const ids = parse(entry, sha256).messages.map(({ session_id }) => session_id);
  return ids.filter((id) => id.startsWith(session));
}

/** When a file was last written: the newest time its last records say, or when they were heard. */
export function writtenAt(
  { file, late }: { readonly file: Pick<FilePlan, "heard_at">; readonly late: readonly Entry[] },
  sha256: Sha256,
): string {
  for (const entry of late.toReversed()) {
    const [message] = parse(entry, sha256).messages.filter(
      ({ meta }) => meta["said_at"] !== "heard",
    );
    if (message !== undefined) return message.said_at;
  }
  return file.heard_at;
}
