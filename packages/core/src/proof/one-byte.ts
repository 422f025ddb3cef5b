/**
 * Which single byte, changed, makes a checksum wrong by so much.
 *
 *   V21  Every single changed byte is among those that are named, and each that
 *        is named makes the checksum agree.
 *
 * crc32 is linear: a changed byte moves the checksum by an amount that depends
 * on the change and on how many bytes follow, and on nothing else. Going back
 * byte by byte from what it is wrong by costs one look at each place; to try
 * every value at every place would cost the square of that.
 */

/** At `at`, exclusive or with `by`. */
export type OneByte = { readonly at: number; readonly by: number };

const POLYNOMIAL = 0xedb88320;
const BYTES = 256;
const TABLE: Uint32Array = Uint32Array.from({ length: BYTES }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1)
    value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value >>> 0;
});
/** Highest bytes of the table are all different: which place has which. */
const PLACE_OF: Uint8Array = new Uint8Array(BYTES);
for (const [place, value] of TABLE.entries()) PLACE_OF[value >>> 24] = place;

/** Changes of one of `length` bytes whose checksum is off by `wrong`, an exclusive or. */
export function oneByteChanges(length: number, wrong: number): readonly OneByte[] {
  const found: OneByte[] = [];
  let rest = wrong >>> 0;
  for (let at = length - 1; at >= 0 && rest !== 0; at -= 1) {
    const place = PLACE_OF[rest >>> 24] ?? 0;
    const value = TABLE[place] ?? 0;
    if (value === rest) found.push({ at, by: place });
    rest = ((((rest ^ value) << 8) >>> 0) | place) >>> 0;
  }
  return found;
}
