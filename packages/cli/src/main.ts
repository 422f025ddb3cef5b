/**
 * `verbatim`: the commands, and what they have in common.
 *
 * Each command is one file in wire/, loaded when it is asked for, so that help
 * and version come at once. Errors end here: what, where, what to do next, on
 * stderr, with the exit code of the table of failures.
 *
 *   U4  A pipe whose reader is slow gets everything.
 *   U5  A setting that is empty is one that is not made: no home is "".
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { failureOf, VerbatimError } from "@verbatim/core";
import { Command, CommanderError, Option } from "commander";
import pico from "picocolors";
import root from "../../../package.json" with { type: "json" };
import { addCommands } from "./commands.ts";
import { checkPeriod } from "./options.ts";
import { screenOn } from "./render/screen.ts";
import type { Surface } from "./surface.ts";

// Compose files and shells hand on variables that nobody gave a value. (U5)
const SETTINGS = /^(VERBATIM_|REDIS_URL$|DATABASE_URL$)/;
for (const [name, value] of Object.entries(process.env))
  if (value === "" && SETTINGS.test(name)) Reflect.deleteProperty(process.env, name);

const stop = new AbortController();
let asked = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    asked += 1;
    stop.abort();
    // A second Ctrl-C is a person who will not wait: guards and lifelines stop the rest.
    if (asked > 1) process.exit(130);
  });
}
// `verbatim log | head` closes our stdout: that is an end, not an error.
process.stdout.on("error", (error) => {
  if ("code" in error && error.code === "EPIPE") process.exit(0);
});

/** Resolves once the newest output was taken: a pipe whose reader is slow holds 64 KB, and leaving would drop the rest. */
let taken: Promise<void> = Promise.resolve();

const colours = pico.createColors(pico.isColorSupported && process.stdout.isTTY === true);
const surface: Surface = {
  out: (text) => {
    taken = new Promise((resolve) => process.stdout.write(text, () => resolve()));
  },
  terminal: process.stdout.isTTY === true,
  width: process.stdout.columns ?? 100,
  colours,
  widthOf: (text) => Bun.stringWidth(text),
  screen: screenOn({
    out: process.stderr,
    terminal: process.stderr.isTTY === true,
    bold: process.stderr.isTTY === true ? pico.bold : String,
    dim: process.stderr.isTTY === true ? pico.dim : String,
    widthOf: (text) => Bun.stringWidth(text),
  }),
  signal: stop.signal,
  env: process.env,
};

const program = new Command("verbatim")
  .description("The flight recorder and memory of AI-agent conversations.")
  .addOption(
    new Option("--home <dir>", "where everything of this machine lies")
      .env("VERBATIM_HOME")
      .default(join(homedir(), ".verbatim"), "~/.verbatim")
      .argParser((path: string) => resolve(path)),
  )
  .addOption(
    new Option("--url <url>", "a running Verbatim to ask, here or elsewhere").env("VERBATIM_URL"),
  )
  .option("--json", "for machines: one JSON document; of log and show one a line")
  .version(root.version)
  .showSuggestionAfterError(true)
  .showHelpAfterError("see: verbatim --help, and verbatim COMMAND --help")
  .hook("preAction", (_, command) => checkPeriod(command.optsWithGlobals()))
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });
addCommands(program, surface);

const code = await program.parseAsync().then(() => process.exitCode ?? 0, told);
await taken;
process.exit(code);

/** Tells a person what went wrong; gives the exit code. */
function told(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : failureOf("usage").exit;
  if (error instanceof VerbatimError) {
    const facts = Object.entries(error.facts).map(([name, value]) => `${name}=${value}`);
    process.stderr.write(
      `verbatim: ${error.message}\n${facts.length === 0 ? "" : `  ${facts.join(" ")}\n`}`,
    );
    return failureOf(error.code).exit;
  }
  process.stderr.write(
    `verbatim: this should not have happened\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 70;
}
