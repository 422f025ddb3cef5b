/** Exports: what was recorded, in forms that people and other programs read. */
export {
  checkAsk,
  type ExportAsk,
  type Exported,
  type ExportedFile,
  type ExportFilter,
  type ExportFormat,
  type ExportProgress,
  FORMATS,
} from "./ask.ts";
export { type ExportPlace, makeExport, type Sheet } from "./exporting.ts";
export type { SessionFacts } from "./facts.ts";
export {
  askSchema,
  type ExportShelf,
  endingOf,
  exportIdOf,
  isExportId,
  type KeptExport,
  keptExportOf,
  MEDIA_TYPES,
  newestExportFirst,
  type Original,
  type Originals,
  originalsSchema,
} from "./kept.ts";
export { makeOriginals, type OriginalsPlace } from "./originals.ts";
export type { ExportSource } from "./runs.ts";
export { SHAPES } from "./shapes.ts";
export { fillTable, type Table } from "./table.ts";
export { tarEnd, tarFill, tarHead } from "./tar.ts";
