/** `verbatim bus`: talking on the bus, and how it is doing. Sockets are opened by a program on Node. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StatusAnswer } from "@verbatim/api/contract";
import { type BusStatus, busProblem, busStatusOf, FILES, VerbatimError } from "@verbatim/core";
import { clientOf } from "../client.ts";
import { busText } from "../render/bus.ts";
import type { Global, Surface } from "../surface.ts";
import { busCommand } from "./bus-program.ts";

type BusOptions = Global & {
  readonly busPort?: number;
  readonly busHost?: string;
};

/** What a client is to do; its words are in packages/bus/src/client/deeds.ts. */
type Deed = Readonly<Record<string, unknown>> & { readonly do: string };

/** Runs a client to its end, with its exit code. */
export async function busClient(deed: Deed, options: BusOptions, surface: Surface): Promise<void> {
  mkdirSync(join(options.home, FILES.run), { recursive: true, mode: 0o700 });
  const command = await busCommand(options.home, "client/main.ts");
  const running = statusIn(options.home);
  const port = options.busPort ?? running?.ports.publish;
  const host = options.busHost ?? running?.host;
  const child = Bun.spawn([...command, JSON.stringify({ ...deed, json: options.json === true })], {
    stdio: ["inherit", "inherit", "inherit"],
    env: {
      ...process.env,
      VERBATIM_HOME: options.home,
      ...(port === undefined ? {} : { VERBATIM_BUS_PORT: String(port) }),
      ...(host === undefined ? {} : { VERBATIM_BUS_HOST: host }),
      ...(running?.curve === true ? { VERBATIM_BUS_CURVE: "1" } : {}),
    },
  });
  surface.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  process.exitCode = await child.exited;
}

/** The bus alone, in the foreground, for whoever runs ingest elsewhere on this home. */
export async function busServe(options: BusOptions, surface: Surface): Promise<void> {
  mkdirSync(join(options.home, FILES.run), { recursive: true, mode: 0o700 });
  const child = Bun.spawn([...(await busCommand(options.home, "main.ts"))], {
    stdio: ["inherit", "inherit", "inherit"],
    env: { ...process.env, VERBATIM_HOME: options.home },
  });
  surface.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  process.exitCode = await child.exited;
}

/** Numbers of the bus of this home, or of a Verbatim elsewhere. */
export async function busStats(options: BusOptions, surface: Surface): Promise<void> {
  const status =
    options.url === undefined
      ? statusIn(options.home)
      : (await clientOf(options, surface).get<StatusAnswer>("/v1/status")).bus;
  if (status === null) {
    throw new VerbatimError(
      "not_found",
      `no bus has run on ${options.home}; start it: verbatim up (and not with --no-bus)`,
    );
  }
  const problem = busProblem(status, Date.now());
  surface.out(
    options.json === true
      ? `${JSON.stringify({ ...status, ok: problem === null, why: problem }, null, 2)}\n`
      : busText(status, problem, surface),
  );
  if (problem !== null) process.exitCode = 1;
}

function statusIn(home: string): BusStatus | null {
  try {
    return busStatusOf(readFileSync(join(home, FILES.busFile), "utf8"));
  } catch {
    return null;
  }
}
