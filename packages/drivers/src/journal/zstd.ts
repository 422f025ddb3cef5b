/**
 * Decompressing a zstd frame where the platform can, and where it cannot: the bus
 * reads the journal on Node 20, which does not have zstd yet.
 */
import * as zlib from "node:zlib";
import { decompress } from "fzstd";

type Inflate = (frame: Uint8Array, plainBytesMax: number) => Uint8Array;

/** In JavaScript: some ten times slower, the same bytes. */
export const inflateAnywhere: Inflate = (frame) => decompress(frame);

/** The plain bytes of one frame; throws when it is damaged. */
export const inflate: Inflate =
  typeof zlib.zstdDecompressSync === "function"
    ? (frame, maxOutputLength) => zlib.zstdDecompressSync(frame, { maxOutputLength })
    : inflateAnywhere;
