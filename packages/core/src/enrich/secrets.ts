/**
 * Secrets in a text: which kinds, and where; never the value.
 *
 * The forms are those secretlint's recommended rules document, and a few more;
 * why not the package: docs/decisions/0011. A text is first asked for what every
 * rule needs to be worth a look, so one without any costs next to nothing.
 *
 *   Z1  What has the form of a secret is found wherever it stands, and no
 *       keyword or tag is taken out of it.
 *   Z2  A bounded time for each character, whatever the text.
 *
 * Z2 holds because a rule begins only where a run of its characters begins, or
 * at a literal, and goes on behind what it took.
 */
import type { Secret, SecretKind } from "../message/message.ts";

/** A text with more is a dump; the rest of it is not looked at. */
export const SECRETS_MAX = 1000;

type Rule = {
  readonly kind: SecretKind;
  /** One of these is in every text with such a secret. */
  readonly needles: readonly string[];
  /** Its first group is the secret. */
  readonly form: RegExp;
  readonly holds?: (value: string) => boolean;
};

/** What one of the tokens begins with; most texts hold none of it, and need no other look. */
const TOKEN_HINT: RegExp =
  /AKIA|ASIA|gh[pousr]_|github_pat_|xox|xapp-|hooks\.slack\.com|sk-|npm_|AIza|k_live_|eyJ/;
/** A word for a secret, and that its value follows. */
const TOLD_HINT: RegExp = /(?:passw(?:or)?d|pwd|secret|token|key)["']?\s{0,3}(?::=|=>|[:=])/i;

/** Tokens with a prefix of their own: whoever issues them made them to be recognised. */
const TOKENS: readonly Rule[] = [
  {
    kind: "aws_access_key",
    needles: ["AKIA", "ASIA"],
    form: /(?<![A-Za-z0-9/+=])((?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9/+=])/dg,
  },
  {
    kind: "github_token",
    needles: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    form: /(?<![A-Za-z0-9_])((?:gh[pousr]_[A-Za-z0-9_]{36,})|(?:github_pat_[A-Za-z0-9_]{22,}))/dg,
  },
  {
    kind: "slack_token",
    needles: ["xox", "xapp-"],
    form: /(?<![A-Za-z0-9-])((?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{20,})/dg,
  },
  {
    kind: "slack_webhook",
    needles: ["hooks.slack.com/"],
    form: /hooks\.slack\.com\/(?:services|workflows)\/([A-Za-z0-9]+\/[A-Za-z0-9]+\/[A-Za-z0-9/]{16,})/dg,
  },
  {
    kind: "anthropic_key",
    needles: ["sk-ant-"],
    form: /(?<![A-Za-z0-9_-])(sk-ant-[A-Za-z0-9_-]{24,})/dg,
  },
  {
    kind: "openai_key",
    needles: ["sk-"],
    form: /(?<![A-Za-z0-9_-])(sk-(?!ant-)[A-Za-z0-9_-]{32,})/dg,
    holds: (value) => isMixed(value.slice(3)),
  },
  {
    kind: "npm_token",
    needles: ["npm_"],
    form: /(?<![A-Za-z0-9_])(npm_[A-Za-z0-9]{36,})/dg,
  },
  {
    kind: "gcp_key",
    needles: ["AIza"],
    form: /(?<![A-Za-z0-9_-])(AIza[A-Za-z0-9_-]{35,})/dg,
  },
  {
    kind: "stripe_key",
    needles: ["k_live_"],
    form: /(?<![A-Za-z0-9_])([rs]k_live_[A-Za-z0-9]{16,})/dg,
  },
  {
    kind: "jwt",
    needles: ["eyJ"],
    form: /(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})/dg,
  },
];

/** In an address, what stands between the name and the host. */
const URL_PASSWORD: Rule = {
  kind: "url_password",
  needles: ["://"],
  form: /:\/\/[^\s:/?#@"'<>`]{0,128}:([^\s/?#@"'<>`]{3,256})@/dg,
  holds: (value) => !STANDS_FOR_ONE.test(value),
};

/** Has no form, but somebody says that it is one. */
const PASSWORD: Rule = {
  kind: "password",
  needles: [""],
  form: /(?:passw(?:or)?d|pwd|secret|token|(?:api|access|auth|secret|account)[_-]?key)["']?\s{0,3}(?::=|=>|[:=])\s{0,3}["'`]?([^\s"'`,;<>(){}[\]]{8,})/dgi,
  holds: (value) => !STANDS_FOR_ONE.test(value) && isMixed(value),
};

/** A variable, a path, a member of an object, a row of stars: a place for a secret. */
const STANDS_FOR_ONE =
  /^(?:[$%{*/.]|x+$|(?:process|os|env|config|import|your|my|example|change)[._-]?\w*[._]|pass(?:word)?$|[A-Za-z_$][\w$]*\.[A-Za-z_$][\w$.]*$)/i;
/** Bits of a character; words of a language have fewer over so few characters. */
const ENTROPY_MIN = 3;

/** Where secrets stand, in their order; places are UTF-16 units of the text. */
export function secretsIn(text: string): readonly Secret[] {
  const found: Secret[] = [];
  if (text.includes("-----BEGIN ")) addPrivateKeys(text, found);
  const tokens = TOKEN_HINT.test(text) ? TOKENS : [];
  const told = TOLD_HINT.test(text) ? [PASSWORD] : [];
  for (const rule of [...tokens, URL_PASSWORD, ...told])
    if (rule.needles.some((needle) => text.includes(needle))) addByRule(text, rule, found);
  if (found.length < 2) return found;
  return apart(found);
}

function addByRule(text: string, { kind, form, holds }: Rule, found: Secret[]): void {
  for (const { indices } of text.matchAll(form)) {
    const [start, end] = indices?.[1] ?? [0, 0];
    if (holds !== undefined && !holds(text.slice(start, end))) continue;
    if (found.length >= SECRETS_MAX) return;
    found.push({ kind, start, end });
  }
}

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
const DASHES = "-----";
const KEY_CHARS_MAX = 20_000;
const KEY = /[A-Za-z0-9+/]{32}/;

/** A key ends at the next row of dashes; one that was cut off is one, too. */
function addPrivateKeys(text: string, found: Secret[]): void {
  for (const { index, 0: head } of text.matchAll(BEGIN)) {
    const from = index + head.length;
    const next = text.indexOf(DASHES, from);
    const end = Math.min(next === -1 ? text.length : next, from + KEY_CHARS_MAX);
    if (!KEY.test(text.slice(from, end))) continue;
    if (found.length >= SECRETS_MAX) return;
    found.push({ kind: "private_key", start: index, end });
  }
}

/** In order, without what lies in another: of two that begin at one place the rule that is more certain. */
function apart(found: readonly Secret[]): readonly Secret[] {
  let end = 0;
  return found
    .toSorted((a, b) => a.start - b.start)
    .filter((one) => {
      if (one.start < end) return false;
      end = one.end;
      return true;
    });
}

/** Letters and digits, as unordered as only machines and careful people write them. */
function isMixed(value: string): boolean {
  return (
    /\d/.test(value) && /[A-Za-z]/.test(value) && entropyOf(value.slice(0, 256)) >= ENTROPY_MIN
  );
}

/** Shannon's, in bits for each character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** The head of a text without its secrets, nor their values where they are said again. */
export function withoutSecrets(text: string, secrets: readonly Secret[], charsMax: number): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of secrets) {
    pieces.push(text.slice(at, start));
    at = end;
  }
  let rest = [...pieces, text.slice(at)].join(" ").slice(0, charsMax);
  for (const value of new Set(secrets.map(({ start, end }) => text.slice(start, end))))
    rest = rest.replaceAll(value, " ");
  return rest;
}
