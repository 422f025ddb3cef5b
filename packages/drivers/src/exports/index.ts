/** Exports on disk: where they are written, and where they are kept. */
export { openFilePlace, openFolderPlace, openOriginalsPlace, openTarPlace } from "./places.ts";
export { openExportShelf, readyFolder } from "./shelf.ts";
