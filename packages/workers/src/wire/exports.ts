/** Queue `export`, put together: exports out of the journal, into a folder under home. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  FILES,
  type JournalReader,
  openSettledReader,
  type Settle,
  type Sha256,
} from "@verbatim/core";
import type { ExportAsk, KeptExport } from "@verbatim/core/export";
import { reachedFiles } from "@verbatim/core/forget";
import {
  openExportShelf,
  openFilePlace,
  openOriginalsPlace,
  openTarPlace,
  readyFolder,
} from "@verbatim/drivers/exports";
import { openKept, openReceiptShelf } from "@verbatim/drivers/files";
import { openParquet } from "@verbatim/drivers/parquet";
import { runWorker } from "@verbatim/drivers/queue";
import type { WorkersConfig } from "../config.ts";
import { doExport, type ExportPorts } from "../exporting.ts";

type Known = {
  readonly journal: JournalReader;
  readonly settling: () => Promise<Settle>;
  readonly sha256: Sha256;
  readonly log: ExportPorts["log"];
};

/** Starts it; ends with what was opened. */
export function startExports(
  { home, redisUrl }: WorkersConfig,
  { journal, settling, sha256, log }: Known,
  opened: AsyncDisposableStack,
): void {
  const dir = join(home, FILES.exports);
  const receipts = openReceiptShelf(join(home, FILES.receipts));
  const breathe = (): Promise<void> => new Promise((resume) => setImmediate(resume));
  const ports: ExportPorts = {
    source: async () => ({
      journal,
      settled: openSettledReader(journal, await settling()),
      sha256,
      breathe,
    }),
    shelf: openExportShelf(dir, openKept),
    ready: () => readyFolder(dir),
    one: async (file) => openFilePlace(() => join(dir, file), { replace: true, scratch: dir }),
    many: (file) => openTarPlace(join(dir, file)),
    remove: (file) => rm(join(dir, file), { force: true }),
    forgotten: async () => reachedFiles(await receipts.list()),
    originals: (file) => openOriginalsPlace(join(dir, file)),
    table: (file, columns) => openParquet(join(dir, file), columns, { replace: true }),
    log,
  };
  opened.use(
    runWorker<ExportAsk, KeptExport>(
      redisUrl,
      "export",
      (work, stop) => doExport(work, ports, stop),
      log,
    ),
  );
}
