/** What options of several commands have in common: how they are read, and how an example is shown. */
import { VerbatimError } from "@verbatim/core";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Global } from "./surface.ts";

const LIMIT_MAX = 100_000;
/** The API takes no more. */
const DOLLARS_MAX = 1e9;

/** A whole number of things. */
export function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= LIMIT_MAX) return value;
  throw new InvalidArgumentError(`must be a whole number from 1 to ${LIMIT_MAX}`);
}

/** US dollars. */
export function dollars(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0 && value <= DOLLARS_MAX) return value;
  throw new InvalidArgumentError("must be US dollars, such as 2.50");
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

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DAY_MS = 86_400_000;

/** A length of time: 90s, 5m, 1.5h, 10d; a bare number is minutes. Gives minutes. */
export function minutes(text: string): number {
  const [, number = "", unit = "m"] = /^(\d+(?:\.\d+)?)(s|m|h|d)?$/.exec(text) ?? [];
  const value = (Number(number) * (UNITS_MS[unit] ?? 0)) / 60_000;
  if (number !== "" && value > 0) return value;
  throw new InvalidArgumentError("must be a length of time like 90s, 5m, 1h or 2d");
}

/** A moment in time, as UTC: a date, a time, or how long ago. */
export function moment(text: string): string {
  return momentAt(text, Date.now());
}

/** The same for whoever knows what time it is. */
export function momentAt(text: string, nowMs: number): string {
  const day = Math.floor(nowMs / DAY_MS) * DAY_MS;
  if (text === "today") return new Date(day).toISOString();
  if (text === "yesterday") return new Date(day - DAY_MS).toISOString();
  const [, number, unit = ""] = /^(\d{1,5})(m|h|d)$/.exec(text) ?? [];
  if (number !== undefined)
    return new Date(nowMs - Number(number) * (UNITS_MS[unit] ?? 0)).toISOString();
  const [date] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  const found = new Date(date === text ? `${text}T00:00:00Z` : text);
  if (date !== undefined && isDay(date) && !Number.isNaN(found.getTime()))
    return found.toISOString();
  throw new InvalidArgumentError(
    "must be a time like 2026-11-21 or 2026-11-21T02:00:00Z, or 7d or 12h (so long ago), today, yesterday",
  );
}

/** The thirtieth of February is none. */
function isDay(date: string): boolean {
  const found = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(found.getTime()) && found.toISOString().startsWith(date);
}

type Period = { readonly since?: string; readonly until?: string };

/** A time that ends before it begins is a mistake worth telling. */
export function checkPeriod({ since, until }: Period): void {
  if (since !== undefined && until !== undefined && until <= since)
    throw new VerbatimError("usage", `--until (${until}) must be after --since (${since})`);
}

/** Options that this way of asking does not heed are refused, never left out without a word. */
export function refuse(given: object, names: readonly string[], why: string): void {
  const found = Object.entries(given)
    .filter(([name, value]) => names.includes(name) && value !== undefined && value !== false)
    .map(([name]) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  if (found.length > 0) throw new VerbatimError("usage", `${found.join(", ")}: ${why}`);
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
