/** What options of several commands have in common: how they are read, and how an example is shown. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Global } from "./surface.ts";

const LIMIT_MAX = 100_000;

/** A whole number of things. */
export function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= LIMIT_MAX) return value;
  throw new InvalidArgumentError(`must be a whole number from 1 to ${LIMIT_MAX}`);
}

/** A TCP port. */
export function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError("must be a port from 1 to 65535");
}

/** A place in the journal. */
export function seq(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("must be a whole number, 0 or more");
}

/** A moment in time, as UTC. */
export function moment(text: string): string {
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new InvalidArgumentError("must be a time like 2026-11-21 or 2026-11-21T02:00:00Z");
}

/** The first of the four ports of the bus. */
export function busPort(): Option {
  return new Option("--bus-port <n>", "the first of the bus's four ports (default: 5555)")
    .env("VERBATIM_BUS_PORT")
    .argParser(port);
}

/** Examples below a command's help. */
export function example(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExample:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

/** What may be typed behind `bus` and its commands. */
export type BusTyped = Global & {
  readonly busPort?: number;
  readonly busHost?: string;
  readonly id?: string;
  readonly plain?: boolean;
  readonly count?: number;
  readonly after?: number;
  readonly follow?: boolean;
  readonly new?: string;
};
