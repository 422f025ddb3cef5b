/**
 * API keys: what is kept of them, and who a token is. `<home>/keys.json` holds
 * them; the tokens themselves are shown once and kept nowhere.
 *
 *   D1  A key is kept as the SHA-256 of its token, and is nobody's once it has
 *       expired or was revoked.
 */
import { z } from "zod";
import { no, type Result, yes } from "../result.ts";

/** read: every question. ingest: recording. admin: everything, and what concerns all. */
export const SCOPES = ["ingest", "read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** This home itself, as a tenant: its users have their plain names in the stores. */
export const HOME_TENANT = "default";

/** A key as it is kept. Times are UTC. */
export type AccessKey = {
  readonly name: string;
  /** Of the token, as hex. */
  readonly sha256: string;
  readonly tenant: string;
  /** The one user whose data it opens; null opens the whole home. */
  readonly owner: string | null;
  readonly scopes: readonly Scope[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
};

const KEYS_MAX = 10_000;
const NAME = /^[\w.:@-]{1,100}$/;
const OWNER_CHARS_MAX = 512;

const keySchema: z.ZodType<AccessKey> = z.strictObject({
  name: z.string().regex(NAME, "may hold letters, digits and . _ : @ -, 1 to 100 of them"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hex digits"),
  tenant: z.string().regex(NAME, "may hold letters, digits and . _ : @ -, 1 to 100 of them"),
  owner: z.string().min(1).max(OWNER_CHARS_MAX).nullable(),
  scopes: z.array(z.enum(SCOPES)).min(1),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});
const fileSchema = z.strictObject({
  v: z.literal(1),
  keys: z.array(keySchema).max(KEYS_MAX),
});

/** What may not be said of a key together, or null. */
export function keyProblem(key: AccessKey): string | null {
  const read = keySchema.safeParse(key);
  if (!read.success) return z.prettifyError(read.error);
  const isHome = key.tenant === HOME_TENANT;
  if (!isHome && key.owner === null)
    return "a key of a tenant other than default opens one user's data: say whose with --owner";
  if (key.owner !== null && key.scopes.includes("admin"))
    return "what admin may do concerns everybody: a key with an owner has the scopes ingest and read";
  if (isHome && key.owner?.includes("/") === true)
    return "the owner may hold no / in the tenant default: tenant/user is how users of others are kept";
  if (key.owner?.includes("\0") === true) return "the owner may not hold NUL";
  return null;
}

/** The keys in a file's text, or what is wrong with it. */
export function readKeys(text: string): Result<readonly AccessKey[]> {
  const read = fileSchema.safeParse(jsonOf(text));
  if (!read.success) return no(z.prettifyError(read.error));
  const { keys } = read.data;
  for (const key of keys) {
    const problem = keyProblem(key);
    if (problem !== null) return no(`key ${key.name}: ${problem}`);
  }
  return yes(keys);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a file of keys, for people too. */
export function keysText(keys: readonly AccessKey[]): string {
  return `${JSON.stringify({ v: 1, keys }, null, 2)}\n`;
}

/** A key as it is listed: without its digest. */
export type KeyShown = Omit<AccessKey, "sha256"> & {
  readonly standing: "active" | "expired" | "revoked";
  readonly last_used: string | null;
};

/** A key without its digest; `used` is when it last was, or null. */
export function shownKey(
  { sha256: _, ...key }: AccessKey,
  used: string | null,
  now: string,
): KeyShown {
  const standing = standingOfKey({ ...key, sha256: "" }, now);
  return { ...key, standing, last_used: used };
}

/** Whether a key opens anything now, or why not. */
export function standingOfKey(key: AccessKey, now: string): "active" | "expired" | "revoked" {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && key.expires_at <= now ? "expired" : "active";
}
