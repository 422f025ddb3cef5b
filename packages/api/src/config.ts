/** What the API is told from outside. Read once, in main.ts, and checked whole. */
import { VerbatimError } from "@verbatim/core";
import { z } from "zod";

const configSchema = z.object({
  /** The folder everything of this node lies in. */
  VERBATIM_HOME: z.string().startsWith("/", "must be an absolute path"),
  /** Where to listen. Anything but this machine alone needs a key. */
  VERBATIM_HOST: z.string().min(1).default("127.0.0.1"),
  VERBATIM_PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  /** Who has it may ask; at least 16 characters, because it may be guessed at. */
  VERBATIM_API_KEY: z.string().min(16, "must have at least 16 characters").optional(),
  REDIS_URL: z.string().min(1),
  DATABASE_URL: z.string().min(1),
});

export type ApiConfig = {
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly key: string | null;
  readonly redisUrl: string;
  readonly databaseUrl: string;
};

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1", "[::1]"]);

/** The configuration, or `config_invalid` naming everything that is wrong with it. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): ApiConfig {
  const read = configSchema.safeParse(env);
  if (!read.success) throw new VerbatimError("config_invalid", z.prettifyError(read.error));
  const { data } = read;
  if (!LOOPBACK.has(data.VERBATIM_HOST) && data.VERBATIM_API_KEY === undefined) {
    throw new VerbatimError(
      "config_invalid",
      `listening on ${data.VERBATIM_HOST} lets other machines ask: set VERBATIM_API_KEY (16 characters or more), or listen on 127.0.0.1`,
    );
  }
  return {
    home: data.VERBATIM_HOME,
    host: data.VERBATIM_HOST,
    port: data.VERBATIM_PORT,
    key: data.VERBATIM_API_KEY ?? null,
    redisUrl: data.REDIS_URL,
    databaseUrl: data.DATABASE_URL,
  };
}
