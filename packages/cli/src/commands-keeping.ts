/** The commands about keeping the record: their names, options and examples. */
import type { Command } from "commander";
import { example } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Adds `compact`, `retention` and `copies`. */
export function addKeepingCommands(program: Command, surface: Surface): void {
  example(
    program
      .command("compact")
      .description(
        "compress every sealed segment of the journal now; needs nothing running, loses nothing",
      )
      .option("--dry-run", "only say what would be compressed"),
    "verbatim compact",
  ).action(async (_, command: Command) =>
    (await import("./wire/retention.ts")).compact(command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("retention")
      .description(
        "do now what retention.json says: compress, drop, remove, forget what is old, and copy",
      )
      .option("--dry-run", "only say what it is time for"),
    "verbatim retention --dry-run",
  ).action(async (_, command: Command) =>
    (await import("./wire/retention.ts")).retention(command.optsWithGlobals(), surface),
  );
  const copies = example(
    program
      .command("copies")
      .description("what has a second copy in the place that retention.json names, and what waits")
      .option("--verify", "read every copy back; exit 1 when one is not as it was made"),
    "verbatim copies --verify",
  ).action(async (_: unknown, command: Command) =>
    (await import("./wire/copies.ts")).copies(command.optsWithGlobals(), surface),
  );
  example(
    copies
      .command("fetch")
      .description("get all copies back into an empty folder, which is a home then")
      .requiredOption("--out <dir>", "an empty folder")
      .option("--from <place>", "a folder or s3://bucket/prefix, where this home does not know it"),
    "verbatim copies fetch --out ./again",
  ).action(async (_, command: Command) =>
    (await import("./wire/copies.ts")).fetchCopies(command.optsWithGlobals(), surface),
  );
}
