/** What the API asks of whoever keeps keys and writes down who looked. */
import type { AuditEntry } from "./audit.ts";
import type { AccessKey } from "./keys.ts";

/** The keys that there are now. */
export interface KeyRing {
  /** Whether there are any at all, also such as open nothing any more. Throws `config_invalid` while the file cannot be read: then nobody is let in by it. */
  hasAny(): Promise<boolean>;
  /** The key of a token, or null when it is nobody's, expired or revoked. Notes that it was used. */
  keyOf(token: string): Promise<AccessKey | null>;
}

/** The log of looks. */
export interface AuditLog {
  /** Notes a look; on the disk within about a second, and never waited for. */
  note(entry: AuditEntry): void;
}
