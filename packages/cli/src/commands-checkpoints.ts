/** The commands about checkpoints: their names, options and examples. */
import type { Command } from "commander";
import { Option } from "commander";
import { count, example } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Adds `checkpoint` and `checkpoints`. */
export function addCheckpointCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("checkpoint")
      .description("what came since the last one, as JSON and Parquet; needs nothing running")
      .option("--label <text>", "what it is for", "manual"),
    "verbatim checkpoint --label 'before the migration'",
  ).action(async (_, command: Command) =>
    (await import("./wire/checkpoint.ts")).checkpoint(command.optsWithGlobals(), surface),
  );
  const checkpoints = program
    .command("checkpoints")
    .description("those there are, what is in one, and whether all are as they were made");
  example(
    checkpoints
      .command("list")
      .description("the newest first")
      .addOption(new Option("--limit <n>", "at most so many").argParser(count).default(50)),
    "verbatim checkpoints list --limit 5",
  ).action(async (_, command: Command) =>
    (await import("./wire/checkpoints.ts")).listCheckpoints(command.optsWithGlobals(), surface),
  );
  example(
    checkpoints
      .command("show")
      .argument("<id>", "its name, the beginning of it, or: latest")
      .description("what is in one, and where its files are"),
    "verbatim checkpoints show latest",
  ).action(async (id: string, _, command: Command) =>
    (await import("./wire/checkpoints.ts")).showCheckpoint(id, command.optsWithGlobals(), surface),
  );
  example(
    checkpoints
      .command("verify")
      .description("every byte of every file, the chain of the index, and gaps"),
    "verbatim checkpoints verify",
  ).action(async (_, command: Command) =>
    (await import("./wire/checkpoints.ts")).verifyCheckpoints(command.optsWithGlobals(), surface),
  );
}
