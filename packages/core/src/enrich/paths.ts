/**
 * Paths of files as evidence: `src/ui/Button.tsx` is about user interfaces
 * whatever the sentence around it says.
 *
 * A pattern is one of four: `ui/` a folder of that name anywhere in the path,
 * `*.tsx` an ending, `*.test.*` a part of a file's name, `Dockerfile` a whole
 * file name. All in lower case; a path is looked up piece by piece, so its
 * patterns cost nothing however many there are.
 */

/** What a pattern says, for whom. */
export type PathTerm = { readonly label: string; readonly text: string; readonly weight: number };

/** Looks a path up among the patterns. */
export type PathTable = (path: string) => readonly PathTerm[];

const ROOTS: ReadonlySet<string> = new Set(
  "src lib app apps packages tests test docs scripts bin cmd internal pkg assets public spec config tools examples migrations components server client core . .. ~ ".split(
    " ",
  ),
);
const FILE_ENDING =
  /\.(?:tsx?|jsx?|mjs|cjs|py|rs|go|java|kt|cs|cpp|cc|c|h|hpp|rb|php|swift|sql|lua|sh|bash|ps1|md|mdx|json|jsonl|ya?ml|toml|ini|env|lock|css|scss|less|html?|svg|png|jpe?g|heic|raw|webp|gif|obj|fbx|ply|gltf|glb|usdz|unity|prefab|asset|shader|mat|csv|parquet|db|sqlite|log|txt|pdf|xml|proto|graphql|vue|svelte|ipynb|snap|dockerfile)$/i;
/** Pieces of a path beyond this say nothing new. */
const PIECES_MAX = 32;

/** Whether a word of a text is the path or the name of a file. */
export function isPath(word: string): boolean {
  if (FILE_ENDING.test(word)) return !/^(?:node|next|vue|three|d3)\.js$/i.test(word);
  const slash = word.indexOf("/");
  if (slash === -1) return false;
  if (/\.[A-Za-z0-9]{1,8}$/.test(word)) return true;
  return word.indexOf("/", slash + 1) !== -1 || ROOTS.has(word.slice(0, slash));
}

/** A table of patterns. */
export function pathTableOf(
  rows: readonly { readonly label: string; readonly paths: Readonly<Record<string, number>> }[],
): PathTable {
  const known = new Map<string, PathTerm[]>();
  for (const { label, paths } of rows) {
    for (const [pattern, weight] of Object.entries(paths)) {
      const key = pattern.toLowerCase();
      known.set(key, [...(known.get(key) ?? []), { label, text: pattern, weight }]);
    }
  }
  return (path) => {
    const keys = new Set(keysOf(path.toLowerCase()).slice(0, PIECES_MAX));
    return [...keys].flatMap((key) => known.get(key) ?? []);
  };
}

/** Every pattern that could speak of a path. */
function keysOf(path: string): readonly string[] {
  const pieces = path.split(/[/\\]/).filter((piece) => piece !== "");
  const file = pieces.at(-1) ?? "";
  const parts = file.split(".");
  return [
    file,
    ...parts.slice(1).map((_, at) => `*.${parts.slice(at + 1).join(".")}`),
    ...parts.slice(1, -1).map((part) => `*.${part}.*`),
    ...(parts.length > 1 ? pieces.slice(0, -1) : pieces).map((folder) => `${folder}/`),
  ];
}
