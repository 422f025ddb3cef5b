/** The commands that forget. */
import type { Command } from "commander";
import { example } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Adds them. */
export function addForgetCommands(program: Command, surface: Surface): void {
  const forget = example(
    program
      .command("forget")
      .argument("[session]", "its id; with --user, of that user alone")
      .description("erase a session or a user everywhere, with a receipt")
      .option("--user <id>", "a user: all of their sessions and conversations")
      .option("--message <id>", "of the session: one message alone")
      .option("--conversation <id>", "with --user: one conversation of theirs")
      .option("--reason <text>", "why; kept for ever, so name nobody")
      .option(
        "--dry-run",
        "say what would be erased, from the journal alone; nothing need be running",
      )
      .option("--yes", "do not ask")
      .option("--no-wait", "do not wait until it is done"),
    "verbatim forget 7c9c1b9e-0000-4000-8000-000000000001 --dry-run",
    'verbatim forget --user ada --reason "asked by mail on 21 November" --yes',
    "verbatim forget chat-1 --user ada --message m-7 --yes",
    "verbatim forget list",
    "verbatim forget show RECEIPT",
  ).action(async (session: string | undefined, _, command: Command) =>
    (await import("./wire/forget.ts")).forget(session, command.optsWithGlobals(), surface),
  );
  example(
    forget.command("list").description("receipts, the newest first"),
    "verbatim forget list",
  ).action(async (_, command: Command) =>
    (await import("./wire/forget.ts")).listForgets(command.optsWithGlobals(), surface),
  );
  example(
    forget
      .command("show")
      .argument("<receipt>", "its id, or the beginning of it")
      .description("what was erased where"),
    "verbatim forget show 5a3b1c9e",
  ).action(async (id: string, _, command: Command) =>
    (await import("./wire/forget.ts")).showForget(id, command.optsWithGlobals(), surface),
  );
}
