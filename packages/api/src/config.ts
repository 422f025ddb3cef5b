/** What the API is told from outside. Read once, in main.ts, and checked whole. */
import { VerbatimError } from "@verbatim/core";
import { URI_SCHEME } from "@verbatim/core/sessions";
import { z } from "zod";
import type { Rate } from "./ports.ts";

const configSchema = z.object({
  /** The folder everything of this node lies in. */
  VERBATIM_HOME: z.string().startsWith("/", "must be an absolute path"),
  /** Where to listen. Anything but this machine alone needs a key. */
  VERBATIM_HOST: z.string().min(1).default("127.0.0.1"),
  VERBATIM_PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  /** Who has it may ask; at least 16 characters, because it may be guessed at. */
  VERBATIM_API_KEY: z.string().min(16, "must have at least 16 characters").optional(),
  /** Requests a second that one key may ask in the long run; 0 is no bound. Unset: 500 for keys, none on this machine. */
  VERBATIM_API_RATE_PER_S: z.coerce.number().min(0).max(1_000_000).optional(),
  /** And so many at once; twice the rate when unset. */
  VERBATIM_API_RATE_BURST: z.coerce.number().int().min(1).max(1_000_000).optional(),
  /** 1 writes looks down also where no key is needed. */
  VERBATIM_API_AUDIT: z.enum(["0", "1"]).default("0"),
  /** Origins of pages that may ask, with commas between: https://chat.example,https://other.example */
  VERBATIM_CORS_ORIGINS: z
    .string()
    .default("")
    .transform((text) => text.split(",").map((one) => one.trim()))
    .transform((origins) => origins.filter((one) => one !== ""))
    .refine((origins) => origins.every(isOrigin), {
      message: "must be origins such as https://chat.example, with commas between and no path",
    }),
  /** What URIs of citations and exports begin with (RFC 3986, 3.1). */
  VERBATIM_URI_SCHEME: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*$/, "must be a scheme: small letters, digits, + - .")
    .default(URI_SCHEME),
  REDIS_URL: z.string().min(1),
  DATABASE_URL: z.string().min(1),
});

export type ApiConfig = {
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly key: string | null;
  readonly rate: Rate | null;
  readonly auditAll: boolean;
  readonly corsOrigins: readonly string[];
  readonly uriScheme: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
};

/** Ten times what a busy chat server asks; what is posted in hundreds at a time fits as well. */
const RATE_PER_S = 500;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1", "[::1]"]);

/** The configuration, or `config_invalid` naming everything that is wrong with it. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): ApiConfig {
  const read = configSchema.safeParse(env);
  if (!read.success) throw new VerbatimError("config_invalid", z.prettifyError(read.error));
  const { data } = read;
  return {
    home: data.VERBATIM_HOME,
    host: data.VERBATIM_HOST,
    port: data.VERBATIM_PORT,
    key: data.VERBATIM_API_KEY ?? null,
    rate: rateOf(data.VERBATIM_API_RATE_PER_S, data.VERBATIM_API_RATE_BURST),
    auditAll: data.VERBATIM_API_AUDIT === "1",
    corsOrigins: data.VERBATIM_CORS_ORIGINS,
    uriScheme: data.VERBATIM_URI_SCHEME,
    redisUrl: data.REDIS_URL,
    databaseUrl: data.DATABASE_URL,
  };
}

function rateOf(given: number | undefined, burst: number | undefined): Rate | null {
  const perS = given ?? RATE_PER_S;
  if (perS === 0) return null;
  return { perS, burst: burst ?? Math.max(1, Math.ceil(2 * perS)), local: given !== undefined };
}

/** Whether it is what browsers send as Origin. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Whether only this machine can reach us. */
export function isLoopback({ host }: Pick<ApiConfig, "host">): boolean {
  return LOOPBACK.has(host);
}

/** Throws `config_invalid` when others could ask without a key. `hasKeys`: there are some under home. */
export function mayListen(config: Pick<ApiConfig, "host" | "key">, hasKeys: boolean): void {
  if (isLoopback(config) || config.key !== null || hasKeys) return;
  throw new VerbatimError(
    "config_invalid",
    `listening on ${config.host} lets other machines ask: make a key (verbatim keys add NAME) or set VERBATIM_API_KEY (16 characters or more), or listen on 127.0.0.1`,
  );
}
