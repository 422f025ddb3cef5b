/** The commands of the bus: their names, options and examples. */
import { type Command, Option } from "commander";
import { type BusTyped, busPort, count, example, seq } from "./options.ts";
import type { Surface } from "./surface.ts";

const busHost = (): Option =>
  new Option("--bus-host <address>", "where the bus listens").env("VERBATIM_BUS_HOST");

/** Adds `bus` and what it can do. */
export function addBusCommands(program: Command, surface: Surface): void {
  const bus = program.command("bus").description("talk on the ZeroMQ bus, and see how it is doing");
  talkCommands(bus, surface);
  careCommands(bus, surface);
}

function talkCommands(bus: Command, surface: Surface): void {
  example(
    bus
      .command("send")
      .argument("<topic>", "who it is for")
      .argument("[message]", "text or JSON; without it, what comes on stdin")
      .description("publish a message, and wait until it is in the journal")
      .option("--id <id>", "your name for it: sent again with it, it is recorded once")
      .option("--plain", "like every publisher, without confirmation")
      .addOption(busPort())
      .addOption(busHost()),
    `verbatim bus send ada '{"sender_id":"bob","content":{"message":"hello"}}'`,
  ).action(async (topic: string, message: string | undefined, _, command: Command) => {
    const options = command.optsWithGlobals<BusTyped>();
    const deed = { topic, message: message ?? null, id: options.id ?? null };
    const { busClient } = await import("./wire/bus.ts");
    await busClient({ do: "send", ...deed, plain: options.plain === true }, options, surface);
  });
  example(
    bus
      .command("listen")
      .argument("[topic...]", "what topics begin with; without one, everything")
      .description("print messages as they pass, until Ctrl-C")
      .addOption(new Option("--count <n>", "and stop after so many").argParser(count))
      .addOption(busPort())
      .addOption(busHost()),
    "verbatim bus listen ada",
  ).action(async (topics: string[], _, command: Command) => {
    const options = command.optsWithGlobals<BusTyped>();
    const { busClient } = await import("./wire/bus.ts");
    await busClient({ do: "listen", topics, count: options.count ?? null }, options, surface);
  });
  example(
    bus
      .command("replay")
      .argument("[topic]", "what topics begin with; without one, everything", "")
      .description("print what was published, in order, out of the journal")
      .addOption(new Option("--after <seq>", "after this place").argParser(seq).default(0))
      .option("--follow", "and go on with what comes, until Ctrl-C")
      .addOption(busPort())
      .addOption(busHost()),
    "verbatim bus replay ada --after 4711 --follow",
  ).action(async (topic: string, _, command: Command) => {
    const options = command.optsWithGlobals<BusTyped>();
    const deed = { topic, after: options.after ?? 0, follow: options.follow === true };
    const { busClient } = await import("./wire/bus.ts");
    await busClient({ do: "replay", ...deed }, options, surface);
  });
}

function careCommands(bus: Command, surface: Surface): void {
  example(
    bus
      .command("stats")
      .description("what was heard, recorded and is waiting; exit 1 when something is wrong"),
    "verbatim bus stats --json",
  ).action(async (_, command: Command) =>
    (await import("./wire/bus.ts")).busStats(command.optsWithGlobals(), surface),
  );
  example(
    bus
      .command("keys")
      .description("the server's public key and who may connect beyond this machine")
      .option("--new <name>", "make a pair of keys for a client, and allow it"),
    "verbatim bus keys --new ada",
  ).action(async (_, command: Command) => {
    const options = command.optsWithGlobals<BusTyped>();
    const { busClient } = await import("./wire/bus.ts");
    await busClient({ do: "keys", name: options.new ?? null }, options, surface);
  });
  example(
    bus.command("serve").description("the bus alone, beside an ingest that runs on the same home"),
    "verbatim bus serve",
  ).action(async (_, command: Command) =>
    (await import("./wire/bus.ts")).busServe(command.optsWithGlobals(), surface),
  );
}
