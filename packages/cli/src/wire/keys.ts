/** `verbatim keys`: making, listing and revoking the API keys of a home. */
import { type AccessKey, type KeyShown, type Scope, shownKey } from "@verbatim/core";
import { addKey, keysUsed, loadKeys, revokeKey } from "@verbatim/drivers/keys";
import { columns, oneLine } from "../render/text.ts";
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
    surface.out(`${JSON.stringify({ ...shown(key), token })}\n`);
    return;
  }
  surface.screen.line(`${name} opens ${whatOf(key)}; this is shown once and kept nowhere:`);
  surface.out(`${token}\n`);
}

export async function listKeys(options: Global, surface: Surface): Promise<void> {
  const used = await keysUsed(options.home);
  const keys = (await loadKeys(options.home)).map((key) => shown(key, used.get(key.name)));
  if (options.json === true) {
    surface.out(`${JSON.stringify({ keys })}\n`);
    return;
  }
  if (keys.length === 0)
    surface.screen.line("there are no keys; whoever is on this machine may ask: verbatim keys add");
  const rows = keys.map(({ name, standing, last_used, ...key }) => {
    const mark = standing === "active" ? name : surface.colours.dim(`${name} (${standing})`);
    const until = key.expires_at === null ? "" : `, until ${key.expires_at.slice(0, 16)}`;
    const last = last_used === null ? "never used" : `last used ${last_used.slice(0, 16)}`;
    return [mark, `${whatOf(key)}${until}`, last];
  });
  if (rows.length > 0) surface.out(`${columns(rows, Bun.stringWidth)}\n`);
}

export async function revokeKeyNamed(
  name: string,
  options: Global,
  surface: Surface,
): Promise<void> {
  const key = await revokeKey(options.home, name, new Date());
  if (options.json === true) surface.out(`${JSON.stringify(shown(key))}\n`);
  else surface.out(`${name} opens nothing any more; a running API knows it in a second\n`);
}

function shown(key: AccessKey, used?: string): KeyShown {
  return shownKey(key, used ?? null, new Date().toISOString());
}

function whatOf({ tenant, owner, scopes }: Pick<AccessKey, "tenant" | "owner" | "scopes">): string {
  const whose = owner === null ? "everything" : `what ${oneLine(owner, 60)} said`;
  return `${scopes.join(", ")} of ${whose}${tenant === "default" ? "" : ` (tenant ${tenant})`}`;
}
