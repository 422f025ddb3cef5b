/**
 * Who asks: what the guard found out about a request, for the routes behind it.
 *
 * A user's data is what names him in `meta.user_id`, as every event of a session
 * does. The tenant "default" is this home itself; users of other tenants are
 * `tenant/user` in the stores, so that two tenants may each have an "ada".
 */
import { HOME_TENANT, invariant, SCOPES, type Scope, VerbatimError } from "@verbatim/core";
import type { Context } from "hono";

/** Who asks, and what he may. */
export type Credential = {
  /** Of the key; never the key itself. */
  readonly name: string;
  readonly tenant: string;
  /** The one user whose data this is about, as the stores name him; null may name anybody. */
  readonly owner: string | null;
  readonly scopes: readonly Scope[];
  /** How it was shown: in the header, in the dashboard's cookie, or not at all. */
  readonly via: "key" | "cookie" | "loopback";
};

/** A program or a person on this machine, where there are no keys. */
export const LOOPBACK: Credential = {
  name: "loopback",
  tenant: HOME_TENANT,
  owner: null,
  scopes: SCOPES,
  via: "loopback",
};

/** Whom it is about where nobody says. */
const NOBODY_SAID = "local";

const credentials: WeakMap<Request, Credential> = new WeakMap();

/** Notes who asks; the guard does it once for each request. */
export function noteCredential(context: Context, credential: Credential): void {
  credentials.set(context.req.raw, credential);
}

/** Who asks. Only behind the guard, which lets nobody through of whom it does not know this. */
export function credentialOf(context: Context): Credential {
  const found = knownCredential(context);
  invariant(found !== null, "D3: the guard says who asks before a route answers");
  return found;
}

/** Who asks, or null of a request that the guard turned away. */
export function knownCredential(context: Context): Credential | null {
  return credentials.get(context.req.raw) ?? null;
}

/**
 * The user a request is about, as the stores name him: the key's owner, else the
 * one it names, else "local". Naming another than the key's owner is `not_found`,
 * so that nobody learns who is there.
 */
export function userFor(credential: Credential, named: string | undefined): string {
  const { owner, tenant } = credential;
  if (owner === null) return named ?? NOBODY_SAID;
  const isOwn = named === undefined || named === owner || ownerName(tenant, named) === owner;
  if (isOwn) return owner;
  throw new VerbatimError("not_found", `there is no user ${named}`);
}

/** A user of a tenant as the stores name him. */
export function ownerName(tenant: string, user: string): string {
  return tenant === HOME_TENANT ? user : `${tenant}/${user}`;
}
