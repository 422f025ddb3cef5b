/** What ingest is told from outside, checked once, everything wrong named at once. */

import { FILE_SOURCES, isFolderSource, VerbatimError } from "@verbatim/core";
import { z } from "zod";

/** A folder to watch: its source, or "auto" to look into each file. */
export type Watch = { readonly source: string; readonly path: string };

export type Config = {
  readonly home: string;
  /** Without one no hints are given and no import jobs are taken; recording goes on. */
  readonly redisUrl: string | null;
  readonly watch: readonly Watch[];
  /** Open the journal although acknowledged bytes of it are damaged. */
  readonly acceptLoss: boolean;
};

const absolute = z.string().refine((path) => path.startsWith("/"), "must be an absolute path");
const watches = z.array(
  z.strictObject({
    source: z.string().refine(isFolderSource, `must be one of auto, ${FILE_SOURCES.join(", ")}`),
    path: absolute,
  }),
);
const environment = z.object({
  VERBATIM_HOME: absolute,
  REDIS_URL: z.string().min(1).optional(),
  VERBATIM_ACCEPT_LOSS: z.enum(["0", "1"]).default("0"),
  VERBATIM_WATCH: z
    .string()
    .default("[]")
    .transform((text, context) => {
      const read = watches.safeParse(jsonOf(text));
      if (read.success) return read.data;
      context.addIssue(`must be JSON like [{"source":"auto","path":"/folder"}]`);
      return z.NEVER;
    }),
});

/** The configuration in an environment. Throws `config_invalid`, naming every variable that is wrong. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): Config {
  const read = environment.safeParse(env);
  if (!read.success) {
    const wrong = read.error.issues.map((one) => `${String(one.path[0])}: ${one.message}`);
    throw new VerbatimError("config_invalid", wrong.join("; "));
  }
  return {
    home: read.data.VERBATIM_HOME,
    redisUrl: read.data.REDIS_URL ?? null,
    acceptLoss: read.data.VERBATIM_ACCEPT_LOSS === "1",
    watch: read.data.VERBATIM_WATCH.map(({ source, path }) => ({ source, path: withoutEnd(path) })),
  };
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
