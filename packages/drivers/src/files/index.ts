/** Files on this machine: reading them, being told that they changed, and notes that may be lost. */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Checksum, Digest } from "@verbatim/core";

export { freeBytes, openDisk } from "./disk.ts";
export { blankLooks, removeExports, removeNaming, removeReplaced } from "./forgetting.ts";
export { homeSizes, openHome } from "./home.ts";
export { type HotDays, openHotDays } from "./hot-days.ts";
export { openKept } from "./kept.ts";
export { openNote } from "./note.ts";
export { openReceiptShelf, type ReceiptShelf } from "./receipts.ts";
export { openReportShelf } from "./reports.ts";
export { loadTaxonomy, readTaxonomyAt } from "./taxonomy.ts";
export { textAt } from "./text.ts";
export type { Watching } from "./watch.ts";
export { watchFolder } from "./watch.ts";

/** The platform's crc32, as cursors want it. */
export const checksum: Checksum = (bytes, before) => crc32(bytes, before ?? 0);

/** The first 132 bits of a sha-256, as names want it. */
export const digest: Digest = (bytes) =>
  createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
