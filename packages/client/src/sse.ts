/**
 * Server-sent events out of bytes, as the HTML standard reads them.
 *
 *   R14  However the bytes are cut into pieces, the events are the same: in the
 *       middle of a character, of a line's end, of a byte order mark.
 *
 * Pure: bytes in, events out. An event that is not whole yet is kept, and gone
 * with the stream it came in.
 */

export type SseEvent = {
  /** `message` when the stream does not say. */
  readonly event: string;
  /** Empty for an event that only moves the place. */
  readonly data: string;
  /** The last id the stream gave, in this event or before it; null when it gave none. */
  readonly id: string | null;
};

export interface SseParser {
  /** The events that these bytes made whole. */
  push(bytes: Uint8Array): readonly SseEvent[];
  /** What the server last asked to wait before coming again. */
  retryMs(): number | null;
}

/** Twice the largest message there can be. Who sends a longer event without an end sends no events. */
const PENDING_CHARS_MAX: number = 64 * 1024 * 1024;

/** An event that is being read. */
type Block = { event: string; readonly data: string[]; chars: number; id: string | null };

/** A parser of one stream. */
export function openSseParser(): SseParser {
  const decoder = new TextDecoder();
  let line = "";
  let afterCr = false;
  let retry: number | null = null;
  let block: Block = { event: "", data: [], chars: 0, id: null };
  let lastId: string | null = null;

  /** A line without anything ends an event; only then its id counts. */
  const ended = (): readonly SseEvent[] => {
    const { event, data, id } = block;
    const isEvent = data.length > 0 || id !== lastId;
    block = { event: "", data: [], chars: 0, id };
    lastId = id;
    return isEvent ? [{ event: event || "message", data: data.join("\n"), id }] : [];
  };
  const take = (whole: string): readonly SseEvent[] => {
    if (whole === "") return ended();
    const [name, value] = fieldOf(whole);
    if (name === "retry" && /^\d{1,9}$/.test(value)) retry = Number(value);
    else note(block, name, value);
    return [];
  };
  /** The text's whole lines, the one before it finished by the first. */
  const linesOf = (text: string): readonly string[] => {
    const pieces = text.split(/\r\n|\r|\n/);
    pieces[0] = line + (pieces[0] ?? "");
    line = pieces.pop() ?? "";
    return pieces;
  };

  return {
    push: (bytes) => {
      const decoded = decoder.decode(bytes, { stream: true });
      if (decoded === "") return [];
      const text = afterCr && decoded.startsWith("\n") ? decoded.slice(1) : decoded;
      afterCr = decoded.endsWith("\r");
      const events = linesOf(text).flatMap(take);
      if (line.length + block.chars > PENDING_CHARS_MAX)
        throw new Error(`an event of the stream is longer than ${PENDING_CHARS_MAX} characters`);
      return events;
    },
    retryMs: () => retry,
  };
}

/** Name and value of a line; a comment's name is empty. */
function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(":");
  if (colon === -1) return [line, ""];
  const from = line[colon + 1] === " " ? colon + 2 : colon + 1;
  return [line.slice(0, colon), line.slice(from)];
}

function note(block: Block, name: string, value: string): void {
  if (name === "data") {
    block.data.push(value);
    block.chars += value.length + 1;
  } else if (name === "event") block.event = value;
  else if (name === "id" && !value.includes("\0")) block.id = value;
}
