/** The commands about the taxonomy: their names, options and examples. */
import type { Command } from "commander";
import { example } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Adds `taxonomy` and what it can do. */
export function addTaxonomyCommands(program: Command, surface: Surface): void {
  const taxonomy = program
    .command("taxonomy")
    .description("the domains messages are sorted into: see those that hold, check your own");
  example(
    taxonomy
      .command("show")
      .description("print the taxonomy that holds: a start for your own")
      .option("--standard", "the one that comes with Verbatim"),
    "verbatim taxonomy show > ~/.verbatim/taxonomy.json",
  ).action(async (_, command: Command) =>
    (await import("./wire/taxonomy.ts")).showTaxonomy(command.optsWithGlobals(), surface),
  );
  example(
    taxonomy
      .command("check")
      .argument("[file]", "without one, the taxonomy.json of this home")
      .description("say what is wrong with a taxonomy, and where"),
    "verbatim taxonomy check boats.json",
  ).action(async (file: string | undefined, _, command: Command) =>
    (await import("./wire/taxonomy.ts")).checkTaxonomy(file, command.optsWithGlobals(), surface),
  );
}
