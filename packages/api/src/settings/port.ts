/** What the settings ask of the home: files that their owner may also write by hand. */
import type { AccessKey, Taxonomy } from "@verbatim/core";

type NewKey = Pick<AccessKey, "name" | "tenant" | "owner" | "scopes" | "expires_at">;

export interface HomeSettings {
  /** The keys, in the order they were made. Throws `config_invalid` while the file cannot be read. */
  keys(): Promise<readonly AccessKey[]>;
  /** When keys were last used, by name. */
  keysUsed(): Promise<ReadonlyMap<string, string>>;
  /** Throws `usage` and `conflict`. */
  addKey(wanted: NewKey): Promise<{ readonly key: AccessKey; readonly token: string }>;
  /** Throws `not_found`. */
  revokeKey(name: string): Promise<AccessKey>;
  /** The home's own taxonomy, or null while the standard one holds. Throws `config_invalid`. */
  ownTaxonomy(): Promise<Taxonomy | null>;
  /** Puts it in place as a whole, the one before beside it; null goes back to the standard one. */
  setTaxonomy(taxonomy: Taxonomy | null): Promise<void>;
  /** Changes the rules of alerts, one change at a time; a text that is null is left as it was. */
  changeAlerts(change: (text: string | null) => string | null): Promise<void>;
}
