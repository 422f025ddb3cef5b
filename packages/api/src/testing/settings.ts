/** Settings of an API without a home, kept in memory. */
import { type AccessKey, NO_ALERTS, type Taxonomy, VerbatimError } from "@verbatim/core";
import type { AlertFiles } from "../alerts.ts";
import type { HomeSettings } from "../settings/port.ts";

const AT = "2026-01-01T00:00:00.000Z";

export type FakeSettings = HomeSettings & {
  /** The rules that were written, as the API reads them. */
  readonly alerts: () => Promise<AlertFiles>;
  readonly made: AccessKey[];
  readonly file: { taxonomy: Taxonomy | null; rules: string | null };
};

/** No key, the standard taxonomy, no rule. */
export function fakeSettings(): FakeSettings {
  const made: AccessKey[] = [];
  const file: FakeSettings["file"] = { taxonomy: null, rules: null };
  return {
    made,
    file,
    alerts: async () => ({ rules: file.rules, note: NO_ALERTS }),
    keys: async () => made,
    keysUsed: async () => new Map(),
    addKey: async (wanted) => {
      if (made.some(({ name }) => name === wanted.name))
        throw new VerbatimError("conflict", `there is a key ${wanted.name} already`);
      const key = { ...wanted, sha256: "d".repeat(64), created_at: AT, revoked_at: null };
      made.push(key);
      return { key, token: `vb_token-${made.length}` };
    },
    revokeKey: async (name) => {
      const at = made.findIndex((one) => one.name === name);
      const found = made[at];
      if (found === undefined) throw new VerbatimError("not_found", `there is no key ${name}`);
      const revoked = { ...found, revoked_at: AT };
      made[at] = revoked;
      return revoked;
    },
    ownTaxonomy: async () => file.taxonomy,
    setTaxonomy: async (taxonomy) => {
      file.taxonomy = taxonomy;
    },
    changeAlerts: async (change) => {
      file.rules = change(file.rules) ?? file.rules;
    },
  };
}
