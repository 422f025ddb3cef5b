/**
 * Heads of files in a tar, as POSIX wrote it down (ustar): what every system
 * unpacks.
 *
 *   X63  Whatever a file is called, however long it is and whenever it was
 *        written, to the millisecond: that comes out again. What a head has no
 *        room for stands in one of its own before it (pax), and nowhere else.
 */
const TAR_BLOCK = 512;
const NAME_BYTES = 100;
const SIZE_MAX = 8 ** 11;
/** What a head says of a file whose name stands before it, to programs that do not read that. */
const SHORT_NAME_BYTES = 80;
const encoder: TextEncoder = new TextEncoder();

/** The blocks before a file's bytes. `at` is seconds since 1970. */
export function tarHead(name: string, bytes: number, at: number): Uint8Array {
  const path = encoder.encode(name);
  const isPlain = path.length <= NAME_BYTES && path.length === name.length;
  const records = [
    ...(isPlain ? [] : [paxRecord("path", name)]),
    ...(bytes < SIZE_MAX ? [] : [paxRecord("size", String(bytes))]),
    ...(Number.isInteger(at) && at >= 0 ? [] : [paxRecord("mtime", at.toFixed(3))]),
  ];
  const plain = isPlain ? path : shortName(path);
  const head = block(plain, { bytes: bytes < SIZE_MAX ? bytes : 0, at, type: "0" });
  if (records.length === 0) return head;
  const said = encoder.encode(records.join(""));
  const before = block(encoder.encode("././@PaxHeader"), { bytes: said.length, at: 0, type: "x" });
  return joined([before, said, tarFill(said.length), head]);
}

type About = { readonly bytes: number; readonly at: number; readonly type: "0" | "x" };

function block(path: Uint8Array, { bytes, at, type }: About): Uint8Array {
  const made = new Uint8Array(TAR_BLOCK);
  const put = (offset: number, text: string): void => made.set(encoder.encode(text), offset);
  const seconds = Math.min(SIZE_MAX - 1, Math.max(0, Math.floor(at)));
  made.set(path, 0);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${octal(bytes)}\0`);
  put(136, `${octal(seconds)}\0`);
  put(148, "        ");
  put(156, type);
  put(257, "ustar\u000000");
  const sum = made.reduce((all, byte) => all + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return made;
}

function octal(value: number): string {
  return value.toString(8).padStart(11, "0");
}

/** `<length> <key>=<value>`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** Its beginning, in letters every program reads. */
function shortName(path: Uint8Array): Uint8Array {
  return path.slice(0, SHORT_NAME_BYTES).map((byte) => (byte > 0x7e || byte < 0x20 ? 0x5f : byte));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What fills the last block of a file. */
export function tarFill(bytes: number): Uint8Array {
  return new Uint8Array((TAR_BLOCK - (bytes % TAR_BLOCK)) % TAR_BLOCK);
}

/** What ends a tar. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * TAR_BLOCK);
}
