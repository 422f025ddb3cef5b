/**
 * The items of a posted list, as the exact bytes the client sent.
 *
 *   V1  The slices are what JSON.parse sees as the list's elements, byte for byte
 *       as they stood.
 *
 * The body was parsed before this is called, so it is known to be JSON; this
 * only finds where each element of one array begins and ends. Linear.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = [0x7b, 0x5b];
const CLOSE = [0x7d, 0x5d];
const COMMA = 0x2c;

/** The elements of the array that is the value of `field` in a JSON object; the last such field, as JSON.parse takes it. */
export function sliceItems(body: Uint8Array, field: string): readonly Uint8Array[] {
  let found: readonly Uint8Array[] = [];
  for (const { name, start, end } of membersOf(body)) {
    if (name === field) found = elementsOf(body.subarray(start, end));
  }
  return found;
}

/** The exact bytes of the value of `field` in a JSON object, or null when it has no such field. */
export function sliceField(body: Uint8Array, field: string): Uint8Array | null {
  let found: Uint8Array | null = null;
  for (const { name, start, end } of membersOf(body)) {
    if (name === field) found = trimmed(body.subarray(start, end));
  }
  return found;
}

type Member = { readonly name: string; readonly start: number; readonly end: number };

/** Members of the outermost object: their names and where their values lie. */
function membersOf(body: Uint8Array): readonly Member[] {
  const members: Member[] = [];
  let at = body.indexOf(0x7b) + 1;
  for (;;) {
    const nameStart = body.indexOf(QUOTE, at);
    if (nameStart === -1) return members;
    const nameEnd = endOfString(body, nameStart);
    const name: unknown = JSON.parse(new TextDecoder().decode(body.subarray(nameStart, nameEnd)));
    const start = body.indexOf(0x3a, nameEnd) + 1;
    const end = endOfValue(body, start);
    members.push({ name: String(name), start, end });
    if (body[end] !== COMMA) return members;
    at = end + 1;
  }
}

function elementsOf(array: Uint8Array): readonly Uint8Array[] {
  const elements: Uint8Array[] = [];
  let at = array.indexOf(0x5b) + 1;
  if (at === 0) return elements;
  for (;;) {
    const end = endOfValue(array, at);
    const element = trimmed(array.subarray(at, end));
    if (element.length > 0) elements.push(element);
    if (array[end] !== COMMA) return elements;
    at = end + 1;
  }
}

/** The place of the comma or bracket that ends the value which begins at `start`. */
function endOfValue(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (depth === 0 && (byte === COMMA || CLOSE.includes(byte))) return at;
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else depth += stepOf(byte);
  }
  return bytes.length;
}

function stepOf(byte: number): number {
  if (OPEN.includes(byte)) return 1;
  return CLOSE.includes(byte) ? -1 : 0;
}

/** The place after the string that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return bytes.length;
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start])) start += 1;
  while (end > start && isSpace(bytes[end - 1])) end -= 1;
  return bytes.subarray(start, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** How deep arrays and objects lie in each other in a JSON text; brackets inside strings do not count. */
export function nestingOf(json: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfString(json, at) - 1;
    else {
      depth += stepOf(byte);
      deepest = Math.max(deepest, depth);
    }
  }
  return deepest;
}
