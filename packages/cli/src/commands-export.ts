/** The commands that hand out what was recorded: their names, options and examples. */
import { type Command, Option } from "commander";
import { example, moment } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Forms there are. */
const FORMATS = ["parquet"];

/** Adds `export`. */
export function addExportCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("export")
      .argument("[session]", "a session's id, or the beginning of it")
      .description("messages as a table for DuckDB and its like; needs nothing running")
      .option("--all", "every session")
      .addOption(new Option("--format <form>", "how").choices(FORMATS).default("parquet"))
      .option("--out <file>", "where to; without it, a new file in exports/ under home")
      .option("--force", "also over a file that is there")
      .option("--source <name>", "of one source")
      .option("--sender <name>", "said by one party")
      .addOption(
        new Option("--tier <tier>", "of one tier").choices(["A", "C", "E", "unclassified"]),
      )
      .option("--chain <type>", "of one domain, like testing_validation")
      .addOption(new Option("--since <time>", "said at or after").argParser(moment))
      .addOption(new Option("--until <time>", "said before").argParser(moment)),
    "verbatim export --all --out messages.parquet",
    "verbatim export 7c9c",
    "verbatim export --all --since 2026-11-01 --source bus",
  ).action(async (session: string | undefined, _, command: Command) => {
    const { exportMessages } = await import("./wire/export.ts");
    await exportMessages(session, command.optsWithGlobals(), surface);
  });
}
