/** Logs as JSON lines on stdout, by pino. */
import type { Facts, Log } from "@verbatim/core";
import pino from "pino";

/** A log whose lines carry the program's name. */
export function openLog(program: string): Log {
  const logger = pino({
    base: { program },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: "event",
  });
  const facts = (given: Facts | undefined): object => given ?? {};
  return {
    info: (event, given) => logger.info(facts(given), event),
    warn: (event, given) => logger.warn(facts(given), event),
    error: (event, given) => logger.error(facts(given), event),
  };
}
