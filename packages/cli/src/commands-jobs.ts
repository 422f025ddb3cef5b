/** `verbatim jobs`: its commands, their options and examples. */
import { QUEUES } from "@verbatim/core";
import { type Command, Option } from "commander";
import { example } from "./options.ts";
import type { Surface } from "./surface.ts";

/** Adds `jobs`. */
export function addJobCommands(program: Command, surface: Surface): void {
  const jobs = program.command("jobs").description("jobs of the queues");
  const queue = (): Option => new Option("--queue <name>", "of one queue").choices(QUEUES);
  const changeJob = async (
    what: "retry" | "cancel",
    job: { readonly queue: string; readonly id: string },
    command: Command,
  ): Promise<void> =>
    (await import("./wire/jobs.ts")).changeJob(what, job, command.optsWithGlobals(), surface);
  const state = (): Option =>
    new Option("--state <state>", "in this state")
      .choices(["waiting", "active", "delayed", "completed", "failed"])
      .default("failed");
  example(
    jobs
      .command("list")
      .description("counts, and jobs of one state")
      .addOption(queue())
      .addOption(state()),
    "verbatim jobs list --queue ingest --state completed",
  ).action(async (_, command: Command) =>
    (await import("./wire/jobs.ts")).listJobs(command.optsWithGlobals(), surface),
  );
  example(
    jobs.command("show").argument("<queue>").argument("<id>").description("one job"),
    "verbatim jobs show ingest 1",
  ).action(async (queueName: string, id: string, _, command: Command) =>
    (await import("./wire/jobs.ts")).showJob(queueName, id, command.optsWithGlobals(), surface),
  );
  example(
    jobs
      .command("retry")
      .argument("<queue>")
      .argument("<id>")
      .description("try a failed job again"),
    "verbatim jobs retry ingest 1",
  ).action(async (queueName: string, id: string, _, command: Command) =>
    changeJob("retry", { queue: queueName, id }, command),
  );
  example(
    jobs
      .command("cancel")
      .argument("<queue>")
      .argument("<id>")
      .description("take a job out of its queue, or stop it where it runs"),
    "verbatim jobs cancel export 1",
  ).action(async (queueName: string, id: string, _, command: Command) =>
    changeJob("cancel", { queue: queueName, id }, command),
  );
}
