/** What the bus is told from outside, checked once, everything wrong named at once. */
import { type BusStatus, VerbatimError } from "@verbatim/core";
import { z } from "zod";

export type Config = {
  readonly home: string;
  readonly host: string;
  readonly ports: BusStatus["ports"];
  /** Forward a message only when it is in the journal. */
  readonly safe: boolean;
  /** Only clients with a key on the list may connect; always so beyond this machine. */
  readonly curve: boolean;
};

/** The last of the four ports must be one too. */
const PORT_MAX = 65_535 - 3;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

const flag = z.enum(["0", "1"]).default("0");
const environment = z.object({
  VERBATIM_HOME: z.string().refine((path) => path.startsWith("/"), "must be an absolute path"),
  VERBATIM_BUS_HOST: z.string().min(1).default("127.0.0.1"),
  VERBATIM_BUS_PORT: z.coerce.number().int().min(1).max(PORT_MAX).default(5555),
  VERBATIM_BUS_SAFE: flag,
  VERBATIM_BUS_CURVE: flag,
});

/** The configuration in an environment. Throws `config_invalid`, naming every variable that is wrong. */
export function configFrom(env: Readonly<Record<string, string | undefined>>): Config {
  const read = environment.safeParse(env);
  if (!read.success) {
    const wrong = read.error.issues.map((one) => `${String(one.path[0])}: ${one.message}`);
    throw new VerbatimError("config_invalid", wrong.join("; "));
  }
  const { data } = read;
  const first = data.VERBATIM_BUS_PORT;
  return {
    home: data.VERBATIM_HOME,
    host: data.VERBATIM_BUS_HOST,
    ports: { publish: first, subscribe: first + 1, push: first + 2, confirm: first + 3 },
    safe: data.VERBATIM_BUS_SAFE === "1",
    curve: data.VERBATIM_BUS_CURVE === "1" || !LOOPBACK.has(data.VERBATIM_BUS_HOST),
  };
}
