/**
 * URIs of what can be cited: `if://citation/<uuid>`, `if://export/<session>/<id>`.
 *
 *   K7  What a URI was made of is read back from it, whatever characters it held.
 */

export const URI_SCHEME = "if";
export const URI_KINDS = ["citation", "export", "archive", "conversation"] as const;
export type UriKind = (typeof URI_KINDS)[number];

export type Cited = { readonly kind: UriKind; readonly ids: readonly string[] };

/** The URI of a thing; ids are percent-encoded, so that they may hold any character. */
export function uriOf(scheme: string, kind: UriKind, ...ids: readonly string[]): string {
  return `${scheme}://${kind}/${ids.map(percentEncoded).join("/")}`;
}

/** What a URI of this scheme names, or null. */
export function citedBy(scheme: string, uri: string): Cited | null {
  const start = `${scheme}://`;
  if (!uri.startsWith(start)) return null;
  const [kind, ...ids] = uri.slice(start.length).split("/");
  const known = URI_KINDS.find((one) => one === kind);
  if (known === undefined || ids.length === 0) return null;
  try {
    return { kind: known, ids: ids.map((id) => decodeURIComponent(id)) };
  } catch {
    return null;
  }
}

/** A text of letters, digits, `-`, `_`, `.` and `~` only, the rest as %XX: safe in a URI, a Redis key and Markdown. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
