/**
 * Personal data in a text: which kinds, and where.
 *
 *   Z3  Addresses of mail and network, telephone, card and account numbers are
 *       found wherever they stand; paths, uuids, hashes, versions and times are
 *       left alone.
 *
 * Card and account numbers are told from others by their check digits. A text is
 * first asked for what each rule needs, so one without any costs next to nothing.
 */

type PersonalKind = "email" | "phone" | "card" | "iban" | "ip";

/** [start, end) in UTF-16 units. */
export type Personal = {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
};

type Rule = {
  readonly kind: PersonalKind;
  readonly needs: RegExp;
  readonly form: RegExp;
  readonly holds: (value: string, before: string, after: string) => boolean;
};

/** So much around a value is looked at to tell what it is part of. */
const AROUND = 24;

/** Endings of files and units that look like the end of an address. */
const NO_DOMAIN =
  /[.](?:js|ts|jsx|tsx|mjs|cjs|py|rb|rs|go|sh|md|json|ya?ml|toml|lock|css|scss|html?|xml|svg|png|jpe?g|gif|webp|ico|pdf|txt|log|map|service|socket|timer|target|mount|slice|conf|cfg|ini)$/i;

const RULES: readonly Rule[] = [
  {
    kind: "email",
    needs: /@/,
    form: /(?<![\w.+@-])[A-Za-z0-9_](?:[\w.+'-]{0,62}[\w+-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w-]|\.[A-Za-z0-9])/g,
    // git@host:path and user@host of a clone are places of programs.
    holds: (value, _, after) =>
      !NO_DOMAIN.test(value) && !(value.startsWith("git@") && /^[:/]/.test(after)),
  },
  {
    kind: "iban",
    needs: /[A-Z]{2}\d\d/,
    form: /(?<![\w/.-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w-])/g,
    holds: isIban,
  },
  {
    kind: "card",
    needs: /\d{4}/,
    form: /(?<![\w./+-])(?:[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\w-]|\.\d)/g,
    holds: isCard,
  },
  {
    kind: "ip",
    needs: /\d[.]\d|:[0-9a-fA-F:]*:/,
    form: /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)|(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6})(?![\w-]|[.:][0-9a-fA-F]))/g,
    holds: isAddress,
  },
  {
    kind: "phone",
    needs: /\d{3}/,
    form: /(?<![\w./+#-])(?:\+\d{1,3}[ .\-/]?(?:\(\d{1,5}\)[ .\-/]?)?\d{1,5}(?:[ .\-/]?\d{2,5}){1,5}|\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}([-. ])\d{3}\1\d{4}|0\d{2,4}[ /-]\d{3,4}[ -]?\d{2,5})(?![\w-]|[./]\d)/g,
    holds: isPhone,
  },
];

/** Where personal data stands, in order and apart. */
export function personalIn(text: string): readonly Personal[] {
  const found: Personal[] = [];
  for (const { kind, needs, form, holds } of RULES) {
    if (!needs.test(text)) continue;
    for (const match of text.matchAll(form)) {
      const [value] = match;
      const start = match.index;
      const end = start + value.length;
      const before = text.slice(Math.max(0, start - AROUND), start);
      if (!holds(value, before, text.slice(end, end + AROUND))) continue;
      if (!found.some((one) => start < one.end && one.start < end))
        found.push({ kind, start, end });
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

const IBAN_CHARS_MIN = 15;
const IBAN_CHARS_MAX = 34;

/** ISO 13616: letters count from ten, the first four signs go behind, and 97 leaves one. */
function isIban(value: string): boolean {
  const plain = value.replaceAll(" ", "");
  if (plain.length < IBAN_CHARS_MIN || plain.length > IBAN_CHARS_MAX) return false;
  let rest = 0;
  for (const sign of plain.slice(4) + plain.slice(0, 4)) {
    const number = Number.parseInt(sign, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}

/** The issuers' beginnings and Luhn's sum; a number of one digit alone is nobody's. */
function isCard(value: string): boolean {
  const digits = value.replaceAll(/\D/g, "");
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1*$/.test(digits)) return false;
  if (!/^(?:4|5[1-5]|2[2-7]|3[0478]|6)/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** A version is no address, and an address of nobody (this machine, nowhere, everybody) is nobody's. */
function isAddress(value: string, before: string): boolean {
  if (value.includes(":")) return value !== "::1" && /\d/.test(value) && value.length > 6;
  const parts = value.split(".").map(Number);
  if (parts.some((part) => part > 255) || /(?:^|\.)0\d/.test(value)) return false;
  if (/(?:\bv|version|ver|release|chrome)[ /:"'=]*$|(?:[@~^]|[=<>]=) ?$/i.test(before))
    return false;
  if (/(?<![:/])\/$/.test(before)) return false;
  return parts[0] !== 127 && parts[0] !== 0 && parts[0] !== 255;
}

const PHONE_DIGITS_MIN = 9;
const PHONE_DIGITS_MAX = 15;

/** A date, a time and a range of numbers are no telephone number. */
function isPhone(value: string, before: string, after: string): boolean {
  const digits = value.replaceAll(/\D/g, "");
  if (digits.length < PHONE_DIGITS_MIN || digits.length > PHONE_DIGITS_MAX) return false;
  if (/\d{4}[-/.]\d\d[-/.]\d\d|^\d\d[-/.]\d\d[-/.]\d{4}/.test(value)) return false;
  if (/^\+\d+$/.test(value) && digits.length < 10) return false;
  // A hunk of a diff: @@ -12,3 +14,5 @@; and sums with signs.
  if (/@@ -[\d, ]*$/.test(before) || /^,\d/.test(after)) return false;
  return !/\d[ .,:-]$/.test(before);
}
