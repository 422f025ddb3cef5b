/**
 * Looking into JSON of unknown shape without believing it.
 *
 * Every reader here answers for any value; a field that is not what it should
 * be is absent.
 */

/** A JSON object, its fields unknown. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or null. */
export function fieldsOf(value: unknown): Fields | null {
  return isFields(value) ? value : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as text that every store takes: no NUL, no half of a surrogate pair. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" ? wellFormed(value) : null;
}

/** Text without what Postgres and Redis cannot hold; the raw bytes keep it. */
export function wellFormed(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "\ufffd") : whole;
}

/** Deeper than this nobody writes on purpose. JSON.parse has no bound, but every store and JSON.stringify do. */
const NESTING_MAX = 200;

/** The value with every text in it well-formed; what is nested too deep is left out, and the raw bytes keep it. */
export function wellFormedDeep(value: unknown): unknown {
  return isWellFormedDeep(value, 0) ? value : mended(value, 0);
}

/** Nearly everything is: looking is cheaper than writing it anew. */
function isWellFormedDeep(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value !== "object" || value === null) return true;
  if (depth >= NESTING_MAX) return false;
  if (Array.isArray(value)) return value.every((inner) => isWellFormedDeep(inner, depth + 1));
  const fields = fieldsOf(value) ?? {};
  for (const name of Object.keys(fields))
    if (!isWellFormedDeep(name, depth) || !isWellFormedDeep(fields[name], depth + 1)) return false;
  return true;
}

function mended(value: unknown, depth: number): unknown {
  if (typeof value === "string") return wellFormed(value);
  const isArray = Array.isArray(value);
  const fields = fieldsOf(value);
  if (!isArray && fields === null) return value;
  if (depth >= NESTING_MAX) return "(nested too deep)";
  if (isArray) return value.map((inner) => mended(inner, depth + 1));
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, inner]) => [
      wellFormed(name),
      mended(inner, depth + 1),
    ]),
  );
}

/** The value as a count of something, or undefined. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** An object without its undefined fields; their names are ours. */
export function present(fields: Fields): Fields {
  const there: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined && value !== null) there[name] = value;
  }
  return there;
}
