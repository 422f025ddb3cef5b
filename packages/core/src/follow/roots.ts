/**
 * Which folder a path is heard below: what its name in the journal begins at.
 *
 * A file keeps its name whether it is heard by watching a folder, or by
 * importing that folder, a folder inside it, or the file alone. Pure: strings.
 */

/** A file or folder to hear, as the root it belongs to and the path of it below that root ("" is the root itself). */
export type Rooted = { readonly root: string; readonly below: string };

/** The first of these folders that holds the path; without one the path is its own root, a file its folder's. */
export function rootedIn(path: string, roots: readonly string[], isFile: boolean): Rooted {
  const holds = (root: string): boolean =>
    path === root || path.startsWith(root === "/" ? root : `${root}/`);
  const own = isFile ? path.slice(0, path.lastIndexOf("/")) || "/" : path;
  const root = roots.find(holds) ?? own;
  return { root, below: path.slice(root === "/" ? 1 : root.length + 1) };
}
