/**
 * Taking secrets and personal data out of messages that are handed out.
 *
 *   X10  No secret and no personal datum that is recognised is left anywhere in
 *        what is handed out; one value is the same token wherever it stands.
 *
 * Every text of a message is gone through at its leaves, names of fields as
 * well, and a field with its name before it: that tells a password. What was
 * worked out from the words is left out where it would give them away.
 */
import { secretsIn } from "../enrich/secrets.ts";
import { fieldsOf } from "../sources/json.ts";
import type { Shown } from "./facts.ts";
import { personalIn } from "./personal.ts";

/** What was found and taken out, by kind. */
type Redacted = Readonly<Record<string, number>>;

export interface Redactor {
  message(message: Shown): Shown;
  text(text: string): string;
  /** Values taken out, by kind; each counted once however often it stood there. */
  counts(): Redacted;
}

type Place = { readonly kind: string; readonly start: number; readonly end: number };

/** A token may complete something else; more rounds than this nobody's text needs. */
const ROUNDS_MAX = 4;

/** Texts that were gone through a moment ago, where that is worth remembering. */
const LATELY_CHARS = 200;
const LATELY_MAX = 16;

/** Opens the tokens of one export. */
export function openRedactor(): Redactor {
  const tokens = new Map<string, string>();
  const counts = new Map<string, number>();

  function tokenOf(kind: string, value: string): string {
    const key = `${kind}\0${kind === "email" ? value.toLowerCase() : value}`;
    const known = tokens.get(key);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    const token = `[${kind.toUpperCase()}_${count}]`;
    counts.set(kind, count);
    tokens.set(key, token);
    return token;
  }

  function replaced(text: string, places: readonly Place[]): string {
    let at = 0;
    const pieces: string[] = [];
    for (const { kind, start, end } of places) {
      pieces.push(text.slice(at, start), tokenOf(kind, text.slice(start, end)));
      at = end;
    }
    return [...pieces, text.slice(at)].join("");
  }

  function gone(whole: string): string {
    let left = whole;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const places = sensitiveIn(left);
      if (places.length === 0) return left;
      left = replaced(left, places);
    }
    return left;
  }

  const text = remembering(gone);

  /** A text that is the value of a field: its name may say what it is. */
  function field(name: string, value: string): string {
    const before = `"${name}": "`;
    const whole = `${before}${value}"`;
    const places = secretsIn(whole)
      .filter(({ start, end }) => start >= before.length && end <= whole.length - 1)
      .map(({ kind, start, end }) => ({
        kind,
        start: start - before.length,
        end: end - before.length,
      }));
    return text(places.length === 0 ? value : replaced(value, places));
  }

  function deep(value: unknown): unknown {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(deep);
    const fields = fieldsOf(value);
    if (fields === null) return value;
    return Object.fromEntries(
      Object.entries(fields).map(([name, inner]) => [
        text(name),
        typeof inner === "string" ? field(name, inner) : deep(inner),
      ]),
    );
  }

  return {
    text,
    counts: () => Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    message: (message) => {
      const { enrichment, parts, ...rest } = message;
      const clean = whole(deep(rest), message);
      return {
        ...clean,
        parts: parts.map((part) => whole(deep(part), part)),
        ...(enrichment === undefined ? {} : { enrichment: without(enrichment, text) }),
      };
    },
  };
}

/** The same shape with other texts in it. */
function whole<Value extends object>(changed: unknown, was: Value): Value {
  return Object.assign({}, was, changed);
}

/** The same work, done once for what comes again soon: a message says most things in its parts and as its text. */
function remembering(work: (text: string) => string): (text: string) => string {
  const lately = new Map<string, string>();
  return (text) => {
    const before = lately.get(text);
    if (before !== undefined) return before;
    const made = work(text);
    if (text.length < LATELY_CHARS) return made;
    if (lately.size >= LATELY_MAX) lately.clear();
    lately.set(text, made);
    return made;
  };
}

type Enrichment = NonNullable<Shown["enrichment"]>;

/** What was worked out, without what would give the words away: their digests, places and quotations. */
function without(enrichment: Enrichment, text: (text: string) => string): Enrichment {
  const said = (words: readonly string[]): readonly string[] =>
    words.filter((word) => text(word) === word && !/[@\d]/.test(word));
  return {
    ...enrichment,
    keywords: said(enrichment.keywords),
    content_hash: "",
    normal_hash: "",
    secrets: [],
    explain: {
      chain_type: { ...enrichment.explain.chain_type, matched: [] },
      ace_tier: { ...enrichment.explain.ace_tier, matched: [] },
      shl_tags: {},
      dialogue_acts: {},
    },
  };
}

/** Secrets and personal data in their order; where both are found, what begins first. */
export function sensitiveIn(text: string): readonly Place[] {
  const shown = unescaped(text);
  const places: readonly Place[] = [
    ...foundIn(text),
    // JSON within a text: what stands behind the n of a \\n begins there.
    ...(shown === text ? [] : foundIn(shown)),
  ];
  let end = 0;
  return places
    .filter(isNoToken(text))
    .toSorted((a, b) => a.start - b.start)
    .filter((one) => {
      if (one.start < end) return false;
      end = one.end;
      return true;
    });
}

function foundIn(text: string): readonly Place[] {
  return [...secretsIn(text), ...personalIn(text)];
}

/** The text with blanks for escapes of JSON: of the same length. */
function unescaped(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\[nrtbf"/]/g, "  ") : text;
}

/** What was put there by us is left there. */
function isNoToken(text: string): (place: Place) => boolean {
  return ({ start, end }) => !/\[[A-Z_]+_\d+/.test(text.slice(Math.max(0, start - 1), end + 1));
}
