/** The commands about the numbers: reports, the score, threads. */
import { type Command, Option } from "commander";
import { count, example, minutes, moment } from "./options.ts";
import type { Surface } from "./surface.ts";

const filters = (): readonly Option[] => [
  new Option("--since <time>", "said at or after").argParser(moment),
  new Option("--until <time>", "said before").argParser(moment),
  new Option("--project <folder>", "said in this folder: its path, or the last part of it"),
  new Option("--speaker <name>", "said by one party"),
  new Option("--session <id>", "of one session"),
];

function filtered(command: Command): Command {
  for (const option of filters()) command.addOption(option);
  return command;
}

/** Adds them. */
export function addAnalyticsCommands(program: Command, surface: Surface): void {
  reportCommand(program, surface);
  scoreCommand(program, surface);
  threadsCommand(program, surface);
}

function reportCommand(program: Command, surface: Surface): void {
  example(
    filtered(
      program
        .command("report")
        .description("who said what about what, what it cost, what is open; kept as a file"),
    )
      .addOption(new Option("--format <form>", "print the report itself").choices(["md", "json"]))
      .option("--out <file>", "and write it there (Markdown, or JSON for a name in .json)")
      .option("--no-save", "compute it now and keep no file"),
    "verbatim report --since 2026-11-01",
    "verbatim report --format md --no-save > report.md",
  ).action(async (_, command: Command) =>
    (await import("./wire/report.ts")).report(command.optsWithGlobals(), surface),
  );
}

function scoreCommand(program: Command, surface: Surface): void {
  example(
    filtered(
      program
        .command("score")
        .argument("[file...]", "with --classic: logs of an earlier recorder")
        .description("how well people and agents work together, in five parts, 0 to 100"),
    ).option(
      "--classic",
      "the earlier recorders' formula, over files or over their records in the journal; needs nothing running",
    ),
    "verbatim score --since 2026-11-01",
    "verbatim score --classic old/conversation_log.json",
  ).action(async (files: string[], _, command: Command) =>
    (await import("./wire/score.ts")).score(files, command.optsWithGlobals(), surface),
  );
}

function threadsCommand(program: Command, surface: Surface): void {
  example(
    program
      .command("threads")
      .argument("[session]", "its id, or the beginning of it; without it, everything")
      .description("what belongs together, with how it ended")
      .addOption(
        new Option(
          "--gap <time>",
          "a silence that ends a thread where the source knows no sessions (the bus, old logs); transcripts go by session. A bare number is minutes",
        )
          .argParser(minutes)
          .default(5, "5m"),
      )
      .addOption(
        new Option("--window <time>", "length of a window").argParser(minutes).default(60, "60m"),
      )
      .addOption(new Option("--min-messages <n>", "with so many messages or more").argParser(count))
      .addOption(
        new Option("--min-duration <time>", "that went on so long or longer").argParser(minutes),
      )
      .addOption(new Option("--since <time>", "said at or after").argParser(moment))
      .addOption(new Option("--until <time>", "said before").argParser(moment)),
    "verbatim threads --since 7d --min-messages 3",
    "verbatim threads 7c9c",
  ).action(async (session: string | undefined, _, command: Command) =>
    (await import("./wire/threads.ts")).threads(session, command.optsWithGlobals(), surface),
  );
}
