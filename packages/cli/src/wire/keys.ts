/** `verbatim keys`: making, listing and revoking the API keys of a home. */
import { type AccessKey, type Scope, standingOfKey } from "@verbatim/core";
import { addKey, keysUsed, loadKeys, revokeKey } from "@verbatim/drivers/keys";
import { oneLine } from "../render/text.ts";
import type { Global, Surface } from "../surface.ts";

type Wanted = Global & {
  readonly owner?: string;
  readonly tenant: string;
  readonly scope: readonly Scope[];
  readonly expires?: string;
};

export async function addKeyNamed(name: string, wanted: Wanted, surface: Surface): Promise<void> {
  const { home, tenant, owner = null, scope: scopes, expires: expires_at = null } = wanted;
  const { key, token } = await addKey(
    home,
    { name, tenant, owner, scopes, expires_at },
    new Date(),
  );
  if (wanted.json === true) {
    surface.out(`${JSON.stringify({ ...shown(key, new Map()), token })}\n`);
    return;
  }
  surface.screen.line(`${name} opens ${whatOf(key)}; this is shown once and kept nowhere:`);
  surface.out(`${token}\n`);
}

export async function listKeys(options: Global, surface: Surface): Promise<void> {
  const used = await keysUsed(options.home);
  const keys = (await loadKeys(options.home)).map((key) => shown(key, used));
  if (options.json === true) {
    surface.out(`${JSON.stringify({ keys })}\n`);
    return;
  }
  if (keys.length === 0)
    surface.screen.line("there are no keys; whoever is on this machine may ask: verbatim keys add");
  for (const { name, standing, last_used, ...key } of keys) {
    const mark = standing === "active" ? name : surface.colours.dim(`${name} (${standing})`);
    const until = key.expires_at === null ? "" : `, until ${key.expires_at.slice(0, 16)}`;
    const last = last_used === null ? "never used" : `last used ${last_used.slice(0, 16)}`;
    surface.out(`${mark}  ${whatOf(key)}${until}; ${last}\n`);
  }
}

export async function revokeKeyNamed(
  name: string,
  options: Global,
  surface: Surface,
): Promise<void> {
  const key = await revokeKey(options.home, name, new Date());
  if (options.json === true) surface.out(`${JSON.stringify(shown(key, new Map()))}\n`);
  else surface.out(`${name} opens nothing any more; a running API knows it in a second\n`);
}

type Shown = Omit<AccessKey, "sha256"> & {
  readonly standing: string;
  readonly last_used: string | null;
};

/** A key without its digest. */
function shown(key: AccessKey, used: ReadonlyMap<string, string>): Shown {
  const { sha256: _, ...rest } = key;
  const standing = standingOfKey(key, new Date().toISOString());
  return { ...rest, standing, last_used: used.get(key.name) ?? null };
}

function whatOf({ tenant, owner, scopes }: Pick<AccessKey, "tenant" | "owner" | "scopes">): string {
  const whose = owner === null ? "everything" : `what ${oneLine(owner, 60)} said`;
  return `${scopes.join(", ")} of ${whose}${tenant === "default" ? "" : ` (tenant ${tenant})`}`;
}
