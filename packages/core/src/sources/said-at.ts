/**
 * When something was said, out of times that do not always say in which zone.
 *
 * A time without a zone is some agent's local clock. Heard live it can only be
 * minutes old, so the zone is the one that makes it so: whole quarters of an hour
 * from UTC, as all zones are. In a file that is imported later nobody can tell,
 * and it is read as UTC. `note` says which of these it was.
 */
import { msOf, utcOf, utcOfMs } from "../message/time.ts";

export type SaidAt = { readonly at: string; readonly note: string | null };

const LOCAL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)([.,]\d+)?$/;
const QUARTER_MS: number = 15 * 60 * 1000;
const ZONE_MS_MAX: number = 14 * 3600 * 1000;
/** Numbers above this are milliseconds: as seconds they would be the year 5138. */
const SECONDS_MAX = 1e11;
/** The year 10000: no time of ours has five digits of year. Microseconds are beyond it. */
const MS_MAX = 253_402_300_800_000;

/** `live`: heard within minutes of being said. */
export function saidAtOf(value: unknown, heardAt: string, live: boolean): SaidAt {
  if (typeof value === "number") return ofNumber(value, heardAt);
  const zoned = utcOf(value);
  if (zoned !== null) return { at: zoned, note: null };
  const local = typeof value === "string" ? localMs(value) : null;
  if (local === null) return { at: heardAt, note: "heard" };
  if (live) {
    const offset = Math.round((msOf(heardAt) - local) / QUARTER_MS) * QUARTER_MS;
    if (Math.abs(offset) <= ZONE_MS_MAX)
      return {
        at: utcOfMs(local + offset),
        note: offset === 0 ? "zone taken as UTC" : "zone inferred",
      };
  }
  return { at: utcOfMs(local), note: "zone unknown" };
}

function ofNumber(value: number, heardAt: string): SaidAt {
  const ms = value < SECONDS_MAX ? value * 1000 : value;
  const fits = Number.isFinite(ms) && ms > 0 && ms < MS_MAX;
  return fits ? { at: utcOfMs(ms), note: null } : { at: heardAt, note: "heard" };
}

function localMs(text: string): number | null {
  const found = LOCAL.exec(text);
  if (found === null) return null;
  const [, day = "", time = "", fraction = ""] = found;
  const utc = utcOf(`${day}T${time}${fraction.replace(",", ".").slice(0, 4)}Z`);
  return utc === null ? null : msOf(utc);
}
