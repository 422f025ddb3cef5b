/** What `up` will run, worked out from what it was told. Pure. */
import { isAbsolute, join, resolve } from "node:path";

/** What the person asked for. */
export type UpOptions = {
  readonly home: string;
  readonly port: number;
  readonly host: string;
  /** Folders given with --watch, as typed. */
  readonly watch: readonly string[];
  readonly noWatch: boolean;
  /** Open the journal although acknowledged bytes of it are damaged. */
  readonly acceptLoss: boolean;
  /** Null for none. A port that was not asked for may turn out to be taken: then there is no bus. */
  readonly bus: {
    readonly port: number | null;
    readonly host: string;
    readonly safe: boolean;
  } | null;
};

/** Where agents expect a bus. */
export const BUS_PORT = 5555;

/** A folder to hear from. */
export type Watched = { readonly source: "claude-code" | "auto"; readonly path: string };

export type Surroundings = {
  readonly cwd: string;
  readonly userHome: string;
  readonly claudeConfigDir: string | undefined;
  readonly exists: (path: string) => boolean;
  /** A folder with a small conversation of our own, for machines without any. */
  readonly sample: string;
};

/** What is watched, and what was looked for and is not there. */
export type Plan = {
  readonly folders: readonly Watched[];
  readonly sample: boolean;
  readonly notFound: readonly Watched[];
};

/** Folders to watch: those that were named; else the known ones that exist; else the sample. */
export function watchedOf(options: UpOptions, around: Surroundings): Plan {
  const named = options.watch.map(
    (path): Watched => ({ source: "auto", path: resolve(around.cwd, path) }),
  );
  if (options.noWatch) return { folders: [], sample: false, notFound: [] };
  if (named.length > 0) return { folders: named, sample: false, notFound: [] };
  const known: readonly Watched[] = [
    { source: "claude-code", path: join(claudeFolder(around), "projects") },
  ];
  const folders = known.filter(({ path }) => around.exists(path));
  const notFound = known.filter(({ path }) => !around.exists(path));
  if (folders.length > 0) return { folders, sample: false, notFound };
  return { folders: [{ source: "claude-code", path: around.sample }], sample: true, notFound };
}

function claudeFolder(around: Surroundings): string {
  const named = around.claudeConfigDir;
  return named !== undefined && isAbsolute(named) ? named : join(around.userHome, ".claude");
}
