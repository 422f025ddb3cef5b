/** The commands about who may ask the API, and who has: their names, options and examples. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { count, example, moment } from "./options.ts";
import type { Surface } from "./surface.ts";

const DAY_MS: number = 24 * 3600 * 1000;

/** How long from now, in days, weeks or years; or a moment. */
function expiry(text: string): string {
  const [, many, unit] = /^(\d{1,4})([dwy])$/.exec(text) ?? [];
  if (many === undefined) return moment(text);
  const days = { d: 1, w: 7, y: 365 }[unit ?? "d"] ?? 1;
  return new Date(Date.now() + Number(many) * days * DAY_MS).toISOString();
}

function scopes(text: string): readonly string[] {
  const asked = text.split(",").map((one) => one.trim());
  if (asked.every((one) => ["ingest", "read", "admin"].includes(one))) return [...new Set(asked)];
  throw new InvalidArgumentError("must be some of ingest,read,admin with commas between");
}

/** Adds `keys` and `audit`. */
export function addKeyCommands(program: Command, surface: Surface): void {
  const keys = program
    .command("keys")
    .description("who may ask the API; needs nothing running, and what runs heeds it in a second");
  example(
    keys
      .command("add")
      .argument("<name>", "what the key is called in lists and in the log of looks")
      .description("make a key; it is shown once and kept nowhere")
      .option("--owner <user>", "it opens this user's data alone; without it, everything")
      .addOption(new Option("--tenant <name>", "whose user that is").default("default"))
      .addOption(
        new Option("--scope <scopes>", "ingest, read, admin, with commas between")
          .argParser(scopes)
          .default(["ingest", "read"], "ingest,read"),
      )
      .addOption(
        new Option("--expires <when>", "90d, 12w, 1y, or a time; without it, never").argParser(
          expiry,
        ),
      ),
    "verbatim keys add chat-server --scope ingest,read",
    "verbatim keys add adas-phone --owner ada --scope read --expires 90d",
  ).action(async (name: string, _, command: Command) =>
    (await import("./wire/keys.ts")).addKeyNamed(name, command.optsWithGlobals(), surface),
  );
  example(
    keys.command("list").description("the keys there are, and when each was last used"),
    "verbatim keys list",
  ).action(async (_, command: Command) =>
    (await import("./wire/keys.ts")).listKeys(command.optsWithGlobals(), surface),
  );
  example(
    keys
      .command("revoke")
      .argument("<name>", "as keys list shows it")
      .description("make a key open nothing any more"),
    "verbatim keys revoke adas-phone",
  ).action(async (name: string, _, command: Command) =>
    (await import("./wire/keys.ts")).revokeKeyNamed(name, command.optsWithGlobals(), surface),
  );
  example(
    program
      .command("audit")
      .description("who read what of whom with an API key; needs nothing running")
      .addOption(new Option("--since <time>", "at or after").argParser(moment))
      .option("--key <name>", "with one key")
      .option("--user <user>", "whose data was asked for")
      .addOption(new Option("--limit <n>", "at most so many").argParser(count).default(50)),
    "verbatim audit --user ada --since 2026-11-01",
  ).action(async (_, command: Command) =>
    (await import("./wire/audit.ts")).showAudit(command.optsWithGlobals(), surface),
  );
}
