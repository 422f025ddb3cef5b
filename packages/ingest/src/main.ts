/**
 * Ingest: the one writer of the journal.
 *
 * Watched folders, the intake socket and import jobs all end in one append;
 * whatever was appended is announced. Redis may be away or never there: then
 * nobody is told, and the journal grows all the same.
 */
import { join } from "node:path";
import {
  FILE_SOURCES,
  FILES,
  type ImportJob,
  keepingSettings,
  keptDays,
  namesFrom,
  openDesk,
  openHearer,
  rememberNames,
  sniffSource,
} from "@verbatim/core";
import {
  checksum,
  digest,
  freeBytes,
  openDisk,
  openNote,
  textAt,
  watchFolder,
} from "@verbatim/drivers/files";
import { serveIntake } from "@verbatim/drivers/intake";
import { openJournal } from "@verbatim/drivers/journal";
import { openLog, run } from "@verbatim/drivers/process";
import { openHints, runWorker } from "@verbatim/drivers/queue";
import { announcing } from "./announcing.ts";
import { answering } from "./answering.ts";
import { configFrom, type Watch } from "./config.ts";
import { openFolder } from "./folder.ts";
import { doImport } from "./imports.ts";
import { keepNotes, letGo } from "./notes.ts";

const log = openLog("ingest");

await run(async (signal, opened) => {
  const config = configFrom(process.env);
  const under = (path: string): string => join(config.home, path);
  const now = (): string => new Date().toISOString();

  const file = await openJournal({
    dir: under(FILES.journal),
    program: "ingest",
    acceptLoss: config.acceptLoss,
  });
  opened.defer(() => file.close());
  const hints = config.redisUrl === null ? null : opened.use(openHints(config.redisUrl, log));
  const journal = announcing(file, hints ?? { announce: () => {} });

  const watched = config.watch.map((one) => one.path).toSorted((a, b) => a.length - b.length);
  const hearer = await openHearer({
    journal,
    disk: openDisk(),
    note: openNote(under("run/cursors.note")),
    checksum,
    sniff: sniffSource,
    now,
    watched,
  });
  const names = namesFrom(digest, FILE_SOURCES);
  const remembering = { journal, note: openNote(under("run/names.note")), checksum };
  await rememberNames(names, remembering);
  const desk = openDesk({ journal, names, now });

  const folders = config.watch.map((watch) =>
    openFolder(watch, {
      hearer,
      watched,
      hints: watchFolder,
      log,
      now: Date.now,
      keptDays: keptIn,
    }),
  );
  const socket = under(FILES.intakeSocket);
  const handler = answering({
    journal,
    desk,
    folders,
    socket,
    facts: () => file.facts(),
    freeBytes: () => freeBytes(config.home),
    erased: (range) => letGo({ hearer, names, desk, journal, remembering }, range),
    failed: (why) => log.warn("intake_failed", { why }),
  });
  opened.use(await serveIntake(socket, handler));
  if (config.redisUrl !== null) {
    opened.use(
      runWorker<ImportJob, object>(
        config.redisUrl,
        "ingest",
        (work, stopped) => doImport(hearer, work, { now: Date.now, signal: stopped }),
        log,
      ),
    );
  }

  log.info("ready", { journal: journal.id, heard: journal.durable(), watched });
  await Promise.all([
    ...folders.map((folder) => folder.run(signal)),
    keepNotes({ hearer, names, desk, journal, hints, remembering, log }, signal),
  ]);
}, log);

/** How many days files of a folder are kept, as the settings of the program that writes them say now. */
async function keptIn(watch: Watch): Promise<number | null> {
  const settings = keepingSettings(watch);
  // What cannot be read says nothing: then the days hold that hold without settings.
  return settings === null ? null : keptDays(await textAt(settings).catch(() => null));
}
