/**
 * The dashboard as files to serve: bundled by Bun when it is first asked for and
 * kept, so that nobody has to build anything.
 *
 * Names of scripts and styles hold a digest of what is in them: whoever has one
 * has it for good.
 */
import { gzipSync } from "node:zlib";

/** A file as it is served. */
export type PageFile = {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
};

export type PageFiles = {
  /** The page itself, which every address of the dashboard answers with. */
  page(): Promise<PageFile>;
  /** A script, style or picture of it, or null. */
  asset(name: string): Promise<PageFile | null>;
};

type Built = { readonly page: PageFile; readonly assets: ReadonlyMap<string, PageFile> };

/** The files of the dashboard whose page is at `entry`; assets are referred to below `/assets/`. */
export function openPages(entry: string): PageFiles {
  let built: Promise<Built> | null = null;
  const all = async (): Promise<Built> => {
    built ??= build(entry);
    // A build that failed is tried again by whoever asks next.
    built.catch(() => {
      built = null;
    });
    return await built;
  };
  return {
    page: async () => (await all()).page,
    asset: async (name) => (await all()).assets.get(name) ?? null,
  };
}

/** Throws an AggregateError of what does not compile. */
async function build(entry: string): Promise<Built> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    minify: true,
    publicPath: "/assets/",
    define: { "process.env.NODE_ENV": '"production"' },
    naming: {
      entry: "[name].[ext]",
      chunk: "[name]-[hash].[ext]",
      asset: "[name]-[hash].[ext]",
    },
  });
  const files = new Map<string, PageFile>();
  for (const output of outputs) {
    const bytes = new Uint8Array(await output.arrayBuffer());
    const name = output.path.replace(/^.*\//, "");
    files.set(name, { type: output.type, bytes, gzip: gzipSync(bytes) });
  }
  const page = [...files].find(([name]) => name.endsWith(".html"))?.[1];
  if (page === undefined) throw new Error(`${entry} gave no page`);
  return { page, assets: files };
}
