/**
 * Who read what of whom: one line for each answer that held personal data. The
 * log says that somebody looked, never what was seen.
 */
import { z } from "zod";

/** One look. `at` is UTC. */
export type AuditEntry = {
  readonly at: string;
  /** Name of the key; "loopback" where there are none. */
  readonly key: string;
  readonly tenant: string;
  /** The owner the key is bound to. */
  readonly owner: string | null;
  readonly method: string;
  /** The pattern, like /v1/sessions/:id/messages. */
  readonly route: string;
  /** Whose data was asked for, as far as the question says. */
  readonly user: string | null;
  readonly session: string | null;
  readonly status: number;
  /** Rows of the answer; null where they were not counted. */
  readonly rows: number | null;
  readonly request: string;
  /** Where the question came from, as the connection says. */
  readonly from: string | null;
};

const said = z.string().nullable();
const entrySchema: z.ZodType<AuditEntry> = z.object({
  at: z.string(),
  key: z.string(),
  tenant: z.string(),
  owner: said,
  method: z.string(),
  route: z.string(),
  user: said,
  session: said,
  status: z.number(),
  rows: z.number().nullable(),
  request: z.string(),
  from: said,
});

/** The entry on a line, or null: a torn last line is none. */
export function auditEntryOf(line: string): AuditEntry | null {
  try {
    const read = entrySchema.safeParse(JSON.parse(line));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

export type AuditFilter = {
  readonly since?: string | undefined;
  readonly key?: string | undefined;
  readonly user?: string | undefined;
};

/** Whether an entry is asked for. A key's owner counts as the user it looked at. */
export function isAudited(entry: AuditEntry, { since, key, user }: AuditFilter): boolean {
  if (since !== undefined && entry.at < since) return false;
  if (key !== undefined && entry.key !== key) return false;
  return user === undefined || entry.user === user || entry.owner === user;
}
