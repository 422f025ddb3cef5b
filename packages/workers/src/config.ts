/** What the workers are told from outside. Read once, in main.ts, and checked whole. */
import { VerbatimError } from "@verbatim/core";
import { z } from "zod";

const configSchema = z.object({
  /** The folder everything of this node lies in. */
  VERBATIM_HOME: z.string().startsWith("/", "must be an absolute path"),
  /** The hot store and the queues. */
  REDIS_URL: z.string().min(1),
  /** The deep store. */
  DATABASE_URL: z.string().min(1),
  /** Alerts are looked at this often, in seconds. */
  VERBATIM_ALERTS_EVERY_S: z.coerce.number().int().min(1).max(86_400).default(300),
});

export type WorkersConfig = {
  readonly home: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly alertsMs: number;
};

/** The configuration, or `config_invalid` naming everything that is wrong with it. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): WorkersConfig {
  const read = configSchema.safeParse(env);
  if (!read.success) throw new VerbatimError("config_invalid", z.prettifyError(read.error));
  return {
    home: read.data.VERBATIM_HOME,
    redisUrl: read.data.REDIS_URL,
    databaseUrl: read.data.DATABASE_URL,
    alertsMs: read.data.VERBATIM_ALERTS_EVERY_S * 1000,
  };
}
