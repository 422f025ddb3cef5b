/**
 * Rows in Postgres's binary COPY format.
 *
 *   C1  What is put in is what Postgres reads, for any text and any bytes. NUL
 *       and half a surrogate pair, which Postgres has no text for, are U+FFFD.
 *
 * The format is documented with the COPY command: a signature, then for each row
 * a count of fields, and for each field its length and its bytes; -1 is null.
 */

/** A row under construction. Fields are put in the order of the columns. */
export interface CopyRows {
  row(fields: number): void;
  text(value: string | null): void;
  bytes(value: Uint8Array | null): void;
  json(value: unknown): void;
  int8(value: number): void;
  int4(value: number): void;
  int2(value: number): void;
  bool(value: boolean): void;
  /** ISO 8601 UTC. */
  moment(value: string | null): void;
  /** Bytes put in so far. */
  size(): number;
  /** The whole, with signature and end. */
  finish(): Uint8Array;
}

const SIGNATURE: Uint8Array = Uint8Array.from([
  ...new TextEncoder().encode("PGCOPY\n"),
  0xff,
  0x0d,
  0x0a,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
]);
const EPOCH_MS: number = Date.UTC(2000, 0, 1);
const FIRST_BYTES: number = 256 * 1024;

/** An empty set of rows. */
export function copyRows(): CopyRows {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let at = 0;

  function room(bytes: number): void {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }
  function length(bytes: number): void {
    room(bytes + 4);
    at = buffer.writeInt32BE(bytes, at);
  }
  const nothing = (): void => {
    room(4);
    at = buffer.writeInt32BE(-1, at);
  };
  function text(value: string | null): void {
    if (value === null) {
      nothing();
      return;
    }
    room(4 + value.length * 3);
    // Half a surrogate pair becomes U+FFFD by being written as UTF-8.
    const written = buffer.write(value.replaceAll("\0", "\ufffd"), at + 4);
    buffer.writeInt32BE(written, at);
    at += 4 + written;
  }
  function int8(value: number): void {
    length(8);
    at = buffer.writeBigInt64BE(BigInt(value), at);
  }

  buffer.set(SIGNATURE, at);
  at += SIGNATURE.length;

  return {
    row: (fields) => {
      room(2);
      at = buffer.writeInt16BE(fields, at);
    },
    text,
    bytes: (value) => {
      if (value === null) return nothing();
      length(value.length);
      buffer.set(value, at);
      at += value.length;
    },
    json: (value) => {
      if (value === null || value === undefined) return nothing();
      const json = JSON.stringify(value);
      room(5 + json.length * 3);
      // jsonb's binary form is a version byte and the text.
      buffer[at + 4] = 1;
      const written = buffer.write(json, at + 5);
      buffer.writeInt32BE(written + 1, at);
      at += 5 + written;
    },
    int8,
    int4: (value) => {
      length(4);
      at = buffer.writeInt32BE(value, at);
    },
    int2: (value) => {
      length(2);
      at = buffer.writeInt16BE(value, at);
    },
    bool: (value) => {
      length(1);
      at = buffer.writeUInt8(value ? 1 : 0, at);
    },
    moment: (value) => (value === null ? nothing() : int8((Date.parse(value) - EPOCH_MS) * 1000)),
    size: () => at,
    finish: () => {
      room(2);
      at = buffer.writeInt16BE(-1, at);
      return buffer.subarray(0, at);
    },
  };
}
