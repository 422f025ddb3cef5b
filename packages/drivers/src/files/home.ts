/** A home as keeping sees it: its policy, its files, and what can be done with them. */
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { FILES, type SegmentInfo, VerbatimError } from "@verbatim/core";
import {
  copiesStatus,
  copyNoteOf,
  type Home,
  type KeptFile,
  type KeptPlace,
  type RetentionStep,
  readRetention,
  type Sizes,
  sizesOf,
} from "@verbatim/core/keeping";
import { ownerOf, takeLock } from "../process/lock.ts";
import { freeBytes } from "./disk.ts";
import { folderBytes, lyingIn } from "./folder.ts";
import { packFile } from "./pack.ts";
import { textAt } from "./text.ts";

/** A checkpoint's readable file; not the index, nor what is being written. */
const CHECKPOINT = /^\d{8}_\d{6}.*[.]json$/;

/** What keeping asks of the journal. */
export type KeptJournal = {
  segments(): Promise<readonly SegmentInfo[]>;
  /** Makes a sealed segment small; its bytes on disk, or null when it is already. */
  compress: Home["compress"];
  /** Drops a sealed segment; likewise. */
  drop: Home["drop"];
  recorded: Home["recorded"];
  forget: Home["forget"];
  copies: Home["copies"];
};

/** Opens the home of this path; `program` says who does what is done. */
export function openHome(home: string, journal: KeptJournal, program: string): Home {
  const policyPath = join(home, FILES.retention);
  return {
    policyPath,
    policyText: () => textAt(policyPath),
    files: async () => [
      ...(await segmentsIn(journal)),
      ...(await filesIn(home, "checkpoints")).filter((one) => CHECKPOINT.test(one.file)),
      ...(await filesIn(home, "reports")),
      ...(await filesIn(home, "exports")),
    ],
    compress: (step, along) =>
      step.place === "journal"
        ? journal.compress(step, along)
        : named(step, () => packed(home, step, along, program)),
    drop: (step, along) => journal.drop(step, along),
    remove: (step) => named(step, () => rm(pathOf(home, step), { force: true, recursive: true })),
    recorded: (signal) => journal.recorded(signal),
    forget: (files, before) => journal.forget(files, before),
    copies: (to) => journal.copies(to),
    nowMs: () => Date.now(),
  };
}

/** What lies under a home and how it grows. */
export async function homeSizes(
  home: string,
  { segments }: Pick<KeptJournal, "segments">,
  nowMs: number,
): Promise<Sizes> {
  const of = (name: string): Promise<number | null> => folderBytes(join(home, name));
  const folders = {
    checkpoints_bytes: (await of(FILES.checkpoints)) ?? 0,
    exports_bytes: (await of(FILES.exports)) ?? 0,
    reports_bytes: (await of(FILES.reports)) ?? 0,
    redis_bytes: await of(FILES.redis),
    postgres_bytes: await of(FILES.postgres),
    disk_free_bytes: await freeBytes(home),
  };
  return sizesOf(await segments(), { ...folders, copies: await copiesOf(home) }, nowMs);
}

/** What is known of copies elsewhere; null when none are wanted, or nobody can say where. */
async function copiesOf(home: string): Promise<Sizes["copies"]> {
  const path = join(home, FILES.retention);
  const text = await textAt(path).catch(() => null);
  try {
    const { copy_to } = readRetention(text, path);
    const note = await textAt(join(home, FILES.copies)).catch(() => null);
    return copy_to === null ? null : copiesStatus(copyNoteOf(note, copy_to));
  } catch {
    return null;
  }
}

async function segmentsIn(journal: KeptJournal): Promise<readonly KeptFile[]> {
  return (await journal.segments())
    .filter((one) => one.sealed)
    .map((one) => ({
      place: "journal",
      file: basename(one.file),
      bytes: one.stored_bytes,
      written_at: one.written_at,
      compressible: !one.compressed,
      droppable: !one.dropped,
    }));
}

async function filesIn(home: string, place: KeptPlace): Promise<readonly KeptFile[]> {
  return (await lyingIn(join(home, FILES[place]))).map(({ name, bytes, written_at }) => ({
    ...{ place, file: name, bytes, written_at },
    ...{ compressible: place === "checkpoints", droppable: false },
  }));
}

/** Under the lock of whoever writes checkpoints. */
async function packed(
  home: string,
  step: RetentionStep,
  along: Parameters<Home["compress"]>[1],
  program: string,
): Promise<number | null> {
  const path = join(home, FILES.checkpoints, "writer.lock");
  const lock = takeLock(path, { program, pid: process.pid, since: new Date().toISOString() });
  if (lock === null) {
    const who = ownerOf(path)?.program ?? "another process";
    throw new VerbatimError("busy", `${step.file} waits: ${who} writes checkpoints now`);
  }
  try {
    return await packFile(pathOf(home, step), along);
  } finally {
    lock.release();
  }
}

function pathOf(home: string, { place, file }: RetentionStep): string {
  return join(home, FILES[place], file);
}

/** What the system refuses, by the file's name. */
async function named<Value>(step: RetentionStep, run: () => Promise<Value>): Promise<Value> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof VerbatimError) throw cause;
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VerbatimError("output_failed", `${step.file} stays as it was: ${why}`, { cause });
  }
}
