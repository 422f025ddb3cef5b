/** The commands that hand out what was recorded: their names, options and examples. */
import { FORMATS, SHAPES } from "@verbatim/core/export";
import { type Command, Option } from "commander";
import { example, moment } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Adds `export`. */
export function addExportCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("export")
      .argument("[session]", "a session's id, or the beginning of it")
      .description(
        "sessions as transcripts, messages as lines or as a table; needs nothing running",
      )
      .option(
        "--all",
        "every session, each in a file of its own, and a page that leads to them; one table of parquet",
      )
      .addOption(
        new Option(
          "--format <form>",
          "how; without it, as the ending of --out says, or Markdown; original: use verbatim restore",
        ).choices(FORMATS),
      )
      .addOption(new Option("--as <shape>", "lines of another shape, with jsonl").choices(SHAPES))
      .option("--redact", "secrets and personal data replaced by tokens")
      .option("--records", "also the bookkeeping of chat sessions; for json, jsonl and parquet")
      .option(
        "--out <path>",
        "where to: a file, or a folder with --all; without it, a new one in exports/ under home",
      )
      .option("--force", "also over a file that is there")
      .option("--source <name>", "of one source")
      .option("--sender <name>", "said by one party")
      .addOption(
        new Option("--tier <tier>", "of one tier").choices(["A", "C", "E", "unclassified"]),
      )
      .option("--chain <type>", "of one domain, like testing_validation")
      .addOption(new Option("--since <time>", "said at or after").argParser(moment))
      .addOption(new Option("--until <time>", "said before").argParser(moment)),
    "verbatim export 7c9c --out talk.md",
    "verbatim export --all --format html --out ./pages --redact",
    "verbatim export --all --out messages.parquet",
    "verbatim export --all --since 2026-11-01 --source bus",
  ).action(async (session: string | undefined, _, command: Command) => {
    const { exportMessages } = await import("./wire/export.ts");
    await exportMessages(session, command.optsWithGlobals(), surface);
  });
}
