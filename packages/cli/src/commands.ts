/**
 * The commands: their names, options and examples. What they do is in wire/,
 * one file each, loaded when the command is asked for.
 */
import { type Command, Option } from "commander";
import { addAnalyticsCommands } from "./commands-analytics.ts";
import { addBusCommands } from "./commands-bus.ts";
import { addCheckpointCommands } from "./commands-checkpoints.ts";
import { addExportCommands } from "./commands-export.ts";
import { addForgetCommands } from "./commands-forget.ts";
import { addJobCommands } from "./commands-jobs.ts";
import { addKeepingCommands } from "./commands-keeping.ts";
import { addKeyCommands } from "./commands-keys.ts";
import { addTaxonomyCommands } from "./commands-taxonomy.ts";
import { busPort, count, dollars, example, moment, port } from "./options.ts";
import type { Surface } from "./surface.ts";

function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

const since = (): Option => new Option("--since <time>", "said at or after").argParser(moment);
const until = (): Option => new Option("--until <time>", "said before").argParser(moment);
const tier = (): Option =>
  new Option("--tier <tier>", "of one tier").choices(["A", "C", "E", "unclassified"]);
const limit = (preset: number): Option =>
  new Option("--limit <n>", "at most so many").argParser(count).default(preset);

/** Adds every command. */
export function addCommands(program: Command, surface: Surface): void {
  runCommands(program, surface);
  lookCommands(program, surface);
  findCommands(program, surface);
  importCommands(program, surface);
  journalCommands(program, surface);
  careCommands(program, surface);
  addJobCommands(program, surface);
  addAnalyticsCommands(program, surface);
  addForgetCommands(program, surface);
  addCheckpointCommands(program, surface);
  addExportCommands(program, surface);
  addBusCommands(program, surface);
  addTaxonomyCommands(program, surface);
  addKeepingCommands(program, surface);
  addKeyCommands(program, surface);
}

function runCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("up")
      .description("start everything and keep it running until Ctrl-C")
      .addOption(
        new Option("--port <n>", "for the API").env("VERBATIM_PORT").argParser(port).default(4400),
      )
      .addOption(
        new Option(
          "--host <address>",
          "where the API listens; others than this machine need keys: verbatim keys add",
        )
          .env("VERBATIM_HOST")
          .default("127.0.0.1"),
      )
      .addOption(
        new Option(
          "--watch <dir>",
          "a folder of transcripts to listen to; may be given several times",
        )
          .argParser(several)
          .default([], "those of known tools"),
      )
      .option("--no-watch", "listen to no folder")
      .option("--no-bus", "without the ZeroMQ bus")
      .addOption(busPort())
      .addOption(
        new Option(
          "--bus-host <address>",
          "where the bus listens; others than this machine need keys: verbatim bus keys",
        ).env("VERBATIM_BUS_HOST"),
      )
      .option("--bus-safe", "the bus forwards a message only when it is in the journal")
      .option(
        "--accept-loss",
        "open a journal with damaged acknowledged bytes: the rest is kept, the loss written down",
      ),
    "verbatim up --watch ~/transcripts",
    "verbatim up --bus-port 6555",
  ).action(async (_, command: Command) =>
    (await import("./wire/start.ts")).up(command.optsWithGlobals(), surface),
  );
}

function lookCommands(program: Command, surface: Surface): void {
  example(
    program.command("status").description("what runs, what is recorded, and whether it adds up"),
    "verbatim status --json",
  ).action(async (_, command: Command) =>
    (await import("./wire/status.ts")).status(command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("doctor")
      .description("what this machine has, what is missing, and what to do about it"),
    "verbatim doctor",
  ).action(async (_, command: Command) =>
    (await import("./wire/doctor.ts")).doctor(command.optsWithGlobals(), surface),
  );
  example(
    program.command("version").description("versions of Verbatim and what it runs on"),
    "verbatim version --json",
  ).action(async (_, command: Command) =>
    (await import("./wire/version.ts")).version(command.optsWithGlobals(), surface),
  );
}

function findCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("sessions")
      .description("sessions, those that were spoken in last first")
      .addOption(limit(20))
      .option("--source <name>", "of one source")
      .option("--q <text>", "whose title, project or id holds this")
      .option("--project <path>", "about this folder or project")
      .option("--model <name>", "one of its models")
      .option("--agent <name>", "somebody of this name spoke in it")
      .option("--failed", "a tool failed in it")
      .option("--min-cost <dollars>", "its model calls cost so much or more", dollars)
      .addOption(since())
      .addOption(until()),
    "verbatim sessions --q engine --since 2026-11-01",
  ).action(async (_, command: Command) =>
    (await import("./wire/read.ts")).sessions(command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("show")
      .argument("<session>", "its id, or the beginning of it")
      .description("read one session")
      .option("--full", "long texts and tool calls whole")
      .option("--records", "also the source's bookkeeping"),
    "verbatim show 7c9c",
  ).action(async (id: string, _, command: Command) =>
    (await import("./wire/read.ts")).show(id, command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("search")
      .argument("<query...>", 'words; "a phrase"; -without; begin*')
      .description("find messages, newest first")
      .addOption(limit(20))
      .option("--session <id>", "in one session")
      .option("--source <name>", "of one source")
      .option("--sender <name>", "said by one party")
      .addOption(tier())
      .option("--chain <type>", "of one domain, like testing_validation")
      .addOption(
        new Option("--role <role>", "said by").choices([
          "user",
          "assistant",
          "system",
          "tool",
          "agent",
        ]),
      )
      .addOption(since())
      .addOption(until()),
    "verbatim search torn tail",
    "verbatim search '\"group commit\" -redis' --role user",
  ).action(async (query: string[], _, command: Command) =>
    (await import("./wire/read.ts")).search(query.join(" "), command.optsWithGlobals(), surface),
  );
}

function importCommands(program: Command, surface: Surface): void {
  example(
    program.command("aside").description("what no parser understood, and why").addOption(limit(50)),
    "verbatim aside --limit 5",
  ).action(async (_, command: Command) =>
    (await import("./wire/read.ts")).aside(command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("import")
      .argument("<path...>", "files and folders, or one folder of checkpoints")
      .description("record existing transcripts, once")
      .addOption(
        new Option("--source <name>", "whose they are")
          .choices(["auto", "claude-code", "recorder", "broker-log", "verbatim-export", "openai"])
          .default("auto"),
      ),
    "verbatim import ~/old-transcripts",
    "verbatim --home ~/.verbatim-again import ~/.verbatim/checkpoints",
  ).action(async (paths: string[], _, command: Command) =>
    (await import("./wire/import.ts")).importFiles(paths, command.optsWithGlobals(), surface),
  );
}

function journalCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("log")
      .description("the newest entries of the journal; needs nothing running")
      .addOption(limit(50))
      .option("--session <id>", "of one session")
      .option("--source <name>", "of one source")
      .option("--sender <name>", "said by one party")
      .addOption(tier())
      .option("--chain <type>", "of one domain, like testing_validation")
      .addOption(since())
      .addOption(until())
      .option("--archive <file>", "of one sealed segment")
      .option("--list-archives", "which sealed segments there are")
      .option(
        "--stats",
        "tiers, domains, senders, sources and times of everything that fits; with --json nothing else",
      )
      .option("--follow", "and what comes, until Ctrl-C")
      .option("--reverse", "newest first, each as soon as it is found")
      .option("--full", "whole texts")
      .addOption(new Option("--format <form>", "how").choices(["text", "jsonl"]).default("text")),
    "verbatim log --limit 5 --full",
    "verbatim log --source bus --sender ada --tier A",
    "verbatim log --stats --since 2026-11-01",
  ).action(async (_, command: Command) =>
    (await import("./wire/log.ts")).log(command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("restore")
      .argument("[session]", "a session's id, or the beginning of it")
      .description(
        "the original files, byte for byte, from the journal, Postgres or the checkpoints alone",
      )
      .option("--all", "every file")
      .addOption(
        new Option("--from <where>", "what they are made from: each of them is enough alone")
          .choices(["journal", "postgres", "checkpoints"])
          .default("journal"),
      )
      .requiredOption("--out <dir>", "where to")
      .option("--source <name>", "of one source")
      .option("--path <glob>", "files below --out that this fits, like 'claude-code/**/*.jsonl'")
      .addOption(new Option("--since <time>", "files that went on at or after").argParser(moment))
      .addOption(new Option("--until <time>", "files that went on last before").argParser(moment))
      .option("--generation <n>", "of a file that was written anew: which writing of it, or all")
      .option("--dry-run", "only say what would be written")
      .option("--force", "also over files that are there and differ"),
    "verbatim restore --all --out ./back",
    "verbatim restore --all --from postgres --path '**/agent-*.jsonl' --out ./back --dry-run",
  ).action(async (session: string | undefined, _, command: Command) =>
    (await import("./wire/restore.ts")).restore(session, command.optsWithGlobals(), surface),
  );
}

function careCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("verify")
      .description("every checksum, seal and count of the journal, and the stores against it")
      .option("--repair", "make again what can be made again; what is replaced is kept"),
    "verbatim verify",
    "verbatim verify --repair",
  ).action(async (_, command: Command) =>
    (await import("./wire/verify.ts")).verify(command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("rebuild")
      .description("make the stores again from the journal")
      .option("--hot", "Redis alone")
      .option("--deep", "Postgres alone")
      .option("--numbers", "what reports are made of, alone: everything is counted again"),
    "verbatim rebuild --deep",
  ).action(async (_, command: Command) =>
    (await import("./wire/rebuild.ts")).rebuild(command.optsWithGlobals(), surface),
  );
  example(
    program.command("rotate").description("seal the journal's current segment now"),
    "verbatim rotate",
  ).action(async (_, command: Command) =>
    (await import("./wire/rotate.ts")).rotate(command.optsWithGlobals(), surface),
  );
}
