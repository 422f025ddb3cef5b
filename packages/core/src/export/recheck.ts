/**
 * Looking once more at what was written: whether anything that should have been
 * taken out is in it, in whichever way it was written down.
 */
import { sensitiveIn } from "./redact.ts";

/** No value of those that are looked for is longer, but for keys, whose beginning tells. */
const OVERLAP_CHARS = 4096;
/** Looked at at once. */
const WINDOW_CHARS = 1_000_000;

/** Without the signs that the forms put before others, so that nothing hides behind one. */
function plain(text: string): string {
  return text
    .replaceAll(/&#(\d{1,5});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll(/\\n/g, "\n")
    .replaceAll(/\\([!-/:-@[-`{-~])/g, "$1");
}

/** What is left in a text that comes in pieces, by kind; empty when nothing is. */
export async function leftIn(pieces: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const decoder = new TextDecoder();
  const kinds = new Set<string>();
  let window = "";
  const look = (text: string): void => {
    for (const { kind } of [...sensitiveIn(text), ...sensitiveIn(plain(text))]) kinds.add(kind);
  };
  for await (const piece of pieces) {
    window += decoder.decode(piece, { stream: true });
    if (window.length < WINDOW_CHARS) continue;
    // Cut at the end of a line: nothing that is looked for goes over it, and half of a value is none.
    const cut = window.lastIndexOf("\n") + 1 || window.length - OVERLAP_CHARS;
    look(window.slice(0, cut));
    window = window.slice(cut);
  }
  look(window + decoder.decode());
  return [...kinds].toSorted();
}
