/**
 * `<home>/logs/audit.jsonl`: who looked at what, a line each. Added to in
 * stretches, synced at most once a second, put aside whole at 64 MB as
 * `audit-YYYYMMDD_HHMMSS.jsonl` and kept.
 *
 *   D7  What was noted is on the disk within about a second, in order, or it is
 *       counted and told as lost: nobody waits for it, and nothing else does.
 */
import { mkdirSync } from "node:fs";
import { type FileHandle, open, readdir, readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type AuditEntry,
  type AuditFilter,
  type AuditLog,
  auditEntryOf,
  FILES,
  isAudited,
  type Log,
} from "@verbatim/core";

const SYNC_MS = 1000;
const FILE_BYTES_MAX: number = 64 * 1024 * 1024;
/** Held while the disk refuses: about a hundred thousand looks. */
const HELD_CHARS_MAX: number = 32 * 1024 * 1024;
const OLDER = /^audit-(\d{8}_\d{6})(?:-(\d+))?\.jsonl$/;
const NEWLINE = 0x0a;

type Options = {
  readonly log: Log;
  readonly now: () => Date;
  readonly bytesMax?: number;
};

/** Opens the log for adding to it. Disposing writes what is held. */
export function openAuditLog(
  home: string,
  { log, now, bytesMax = FILE_BYTES_MAX }: Options,
): AuditLog & AsyncDisposable {
  const path = join(home, FILES.audit);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let held: string[] = [];
  let chars = 0;
  let lost = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const taken = held;
    if (taken.length === 0) return;
    held = [];
    try {
      const text = taken.join("");
      await append(path, text, { bytesMax, now });
      chars -= text.length;
      if (lost > 0) log.error("audit_lost", { looks: lost });
      lost = 0;
    } catch (error) {
      log.error("audit_failed", { why: error instanceof Error ? error.message : String(error) });
      held = [...taken, ...held];
      later();
    }
  };
  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      writing = writing.then(write);
    }, SYNC_MS);
  };

  return {
    note: (entry) => {
      const line = `${JSON.stringify(entry)}\n`;
      if (chars + line.length > HELD_CHARS_MAX) {
        lost += 1;
        return;
      }
      held.push(line);
      chars += line.length;
      later();
    },
    [Symbol.asyncDispose]: async () => {
      writing = writing.then(write);
      await writing;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Adds to the file, or to a new one when it is full; back when it is on the disk. */
async function append(
  path: string,
  text: string,
  { bytesMax, now }: { readonly bytesMax: number; readonly now: () => Date },
): Promise<void> {
  const size = await sizeOf(path);
  if (size >= bytesMax) await putAside(path, now());
  const file = await open(path, "a+", 0o600);
  try {
    await file.write((await isTorn(file)) ? `\n${text}` : text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Whether the last line was cut off by a crash. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function putAside(path: string, now: Date): Promise<void> {
  const moment = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "_");
  for (let many = 0; ; many += 1) {
    const name = `audit-${moment}${many === 0 ? "" : `-${many}`}.jsonl`;
    const aside = join(dirname(path), name);
    if ((await sizeOf(aside)) > 0) continue;
    await rename(path, aside);
    return;
  }
}

/** The newest looks that fit, newest first. Lines that are none are passed over. */
export async function readAudit(
  home: string,
  filter: AuditFilter,
  limit: number,
): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of looksBack(home)) {
    if (!isAudited(entry, filter)) continue;
    found.push(entry);
    if (found.length === limit) break;
  }
  return found;
}

async function* looksBack(home: string): AsyncGenerator<AuditEntry> {
  const path = join(home, FILES.audit);
  const names = await readdir(dirname(path)).catch((): string[] => []);
  const older = names.filter((name) => OLDER.test(name)).toSorted(byAge);
  for (const file of [path, ...older.map((name) => join(dirname(path), name))]) {
    const text = await readFile(file, "utf8").catch(() => "");
    for (const line of text.split("\n").toReversed()) {
      const entry = auditEntryOf(line);
      if (entry !== null) yield entry;
    }
  }
}

/** Newest first; of one second, the last put aside first. */
function byAge(a: string, b: string): number {
  const parts = (name: string): readonly [string, number] => {
    const [, moment = "", many = "0"] = OLDER.exec(name) ?? [];
    return [moment, Number(many)];
  };
  const [[timeA, manyA], [timeB, manyB]] = [parts(a), parts(b)];
  return timeA === timeB ? manyB - manyA : timeA < timeB ? 1 : -1;
}
