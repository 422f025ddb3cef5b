/** The language of a text: by its stop words, or by its script where one language writes it. */
import { LANGUAGES } from "./stop-words.ts";

/** Scripts of one language; Cyrillic, Arabic and Devanagari are written by many. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["ja", /[\u3040-\u30ff]/],
  ["ko", /[\uac00-\ud7af]/],
  ["zh", /[\u4e00-\u9fff]/],
  ["th", /[\u0e00-\u0e7f]/],
  ["el", /[\u0370-\u03ff]/],
  ["he", /[\u0590-\u05ff]/],
];
/** So much of a text is looked at for its script. */
const SCRIPT_CHARS_MAX = 2048;
const UNKNOWN = "und";

/** ISO 639-1, or "und" when the text does not say. `stops` counts stop words by the bits of their languages. */
export function languageOf(text: string, stops: Int32Array): string {
  const counts = new Int32Array(LANGUAGES.length);
  for (let bits = 1; bits < stops.length; bits += 1) {
    const seen = stops[bits] ?? 0;
    for (let at = 0; seen > 0 && at < counts.length; at += 1) {
      if ((bits & (1 << at)) !== 0) counts[at] = (counts[at] ?? 0) + seen;
    }
  }
  const most = Math.max(...counts);
  if (most > 0) return LANGUAGES[counts.indexOf(most)] ?? UNKNOWN;
  const head = text.slice(0, SCRIPT_CHARS_MAX);
  return SCRIPTS.find(([, script]) => script.test(head))?.[0] ?? UNKNOWN;
}
