/**
 * Times as sources write them, made UTC with milliseconds. The one place in
 * core that may use Date: to read a text, never to ask what time it is.
 */

/** ISO 8601 with a zone: without one nobody can say which moment is meant. */
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** As we write it, on a day that every month has: nothing has to be worked out. */
const AS_WRITTEN =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d[.]\d{3}Z$/;

const UTC_CHARS: number = "2026-11-21T02:00:00.000Z".length;

/** The moment as `2026-11-21T02:00:00.000Z`, or null when the text names none. */
export function utcOf(text: unknown): string | null {
  if (typeof text !== "string") return null;
  if (AS_WRITTEN.test(text)) return text;
  if (!ZONED.test(text)) return null;
  const moment = new Date(text);
  const utc = Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
  // A zone may carry a time out of the years 0 to 9999, and no database has a year 0: nothing else could read it.
  return utc.length === UTC_CHARS && !utc.startsWith("0000") ? utc : null;
}

/** Milliseconds since 1970 of a time `utcOf` gave. */
export function msOf(utc: string): number {
  return Date.parse(utc);
}

/** A number of milliseconds since 1970 as `utcOf` writes it. Throws a RangeError beyond the years that a Date knows. */
export function utcOfMs(ms: number): string {
  return new Date(ms).toISOString();
}
