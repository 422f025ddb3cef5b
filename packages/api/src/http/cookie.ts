/**
 * A key that a browser carries: sealed into a cookie that no script can read and
 * no other site can send along (RFC 6265bis: HttpOnly, SameSite=Strict).
 *
 *   A13  A cookie opens what its key opens, as long as the key is one, and
 *        nothing is changed by it unless the page sends its token along, which a
 *        page of another site cannot know. Nor can such a page log a browser in.
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

const NAME = "verbatim";
/** Where a page says that it is ours. */
export const TOKEN_HEADER = "x-verbatim-token";
/** A browser forgets the key after so long; the key's own end comes first where it is nearer. */
const KEPT_S: number = 30 * 24 * 3600;
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What seals and opens; and a digest, for tokens. */
export type Sealing = {
  readonly seal: (text: string) => string;
  readonly unseal: (sealed: string) => string | null;
  readonly sha256: (data: string) => string;
};

/** Gives the browser the key to carry. */
export function setKeyCookie(context: Context, key: string, { seal }: Sealing): void {
  const secure = new URL(context.req.url).protocol === "https:";
  setCookie(context, NAME, seal(key), {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: KEPT_S,
    secure,
  });
}

/** Takes it away again. */
export function dropKeyCookie(context: Context): void {
  deleteCookie(context, NAME, { path: "/" });
}

/** The key in the cookie, or null; `token` is what a page must send along to change something. */
export function keyInCookie(
  context: Context,
  sealing: Sealing,
): { readonly key: string; readonly token: string } | null {
  const sealed = getCookie(context, NAME);
  const key = sealed === undefined ? null : sealing.unseal(sealed);
  if (sealed === undefined || key === null) return null;
  return { key, token: sealing.sha256(`token ${sealed}`) };
}

/** Whether a request with this cookie may change something. */
export function mayChange(context: Context, token: string): boolean {
  const { req } = context;
  if (SAFE.has(req.method) || req.header(TOKEN_HEADER) === token) return true;
  return req.path.startsWith(BOARD) && isOwnPage(context);
}

/** bull-board's page knows no token of ours. */
const BOARD = "/queues/";

/** Whether a page of another site asks: it could give somebody's browser a key of its own choice. (A13) */
export function isLedHere(context: Context): boolean {
  // Behind a proxy the host is another one than the browser's; most browsers say it themselves.
  const site = context.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return context.req.header("origin") !== undefined && !isOwnPage(context);
}

/** Whether a page of this very address asks: its browser says so, and no script can say otherwise. (A40) */
function isOwnPage({ req }: Context): boolean {
  const origin = req.header("origin") ?? "";
  const host = req.header("host") ?? "";
  return host !== "" && URL.canParse(origin) && new URL(origin).host === host;
}
