/**
 * Files of a home in which somebody who is forgotten may be named: exports and
 * reports, which are taken away, and the log of looks, where names are written
 * over.
 *
 * A file that is not text cannot be looked into and goes too: all of them can be
 * made again.
 *
 *   Y21  No export that names whoever is forgotten is left, nor is any told of
 *        whose file is gone; those that went are named to whoever asks.
 */
import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { auditEntryOf } from "@verbatim/core";

const TEXT = /[.](md|json|jsonl|html|txt|csv)$/;
const WINDOW_BYTES: number = 1024 * 1024;
/** Longest name looked for: windows overlap by it. */
const NAME_BYTES_MAX = 4096;
/** With more names than this every file is taken to hold one. */
const NAMES_MAX = 500;
const DASH = 45;
const NEWLINE = 10;

/** Takes away the files at or below a folder that name any of these; their names, below the folder. */
export async function removeNaming(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const removed: string[] = [];
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const file of found.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    if (isReadable(file.name, names) && !(await namesAny(path, names))) continue;
    await rm(path, { force: true });
    removed.push(path.slice(folder.length + 1));
  }
  return removed;
}

/** What is known of an export lies under its name with this behind it. */
const ABOUT = ".about.json";

/**
 * Takes away every export that names any of these, whole and with what is known of
 * it: a folder of which one file went would not be what was asked for. Those with
 * secrets taken out go too, because a name may be among them.
 */
export async function removeExports(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const redacted = new Set<string>();
  for (const { name } of found.filter((one) => one.name.endsWith(ABOUT)))
    if (await isRedacted(join(folder, name))) redacted.add(name.slice(0, -ABOUT.length));
  const removed: string[] = [];
  for (const one of found.filter(({ name }) => !name.endsWith(ABOUT))) {
    const id = one.name.replace(/[.][a-z]+$/, "");
    const path = join(folder, one.name);
    const isHeld = standsIn(Buffer.from(one.name), names) || redacted.has(id);
    if (!isHeld && !(await holdsAny(path, one.isFile(), names))) continue;
    await rm(path, { recursive: true, force: true });
    await rm(join(folder, `${id}${ABOUT}`), { force: true });
    removed.push(one.name);
  }
  return removed;
}

/** What repairs kept of what they replaced: whole segments and rows, of anybody. What they could not put right lies in its place. */
const REPLACED = /[.]before-repair|^postgres-.*[.]jsonl$/;

/** Takes away what repairs of a journal kept; how many files. */
export async function removeReplaced(journal: string): Promise<number> {
  const folder = join(journal, "quarantine");
  const found = (await readdir(folder).catch((): string[] => [])).filter((one) =>
    REPLACED.test(one),
  );
  for (const name of found) await rm(join(folder, name), { force: true });
  return found.length;
}

async function isRedacted(path: string): Promise<boolean> {
  try {
    return Object(JSON.parse(await readFile(path, "utf8"))).asked?.redact !== false;
  } catch {
    return true;
  }
}

/** Whether a file, or one below a folder, names any of these, or cannot be looked into. */
async function holdsAny(path: string, isFile: boolean, names: readonly string[]): Promise<boolean> {
  if (isFile) return !isReadable(path, names) || (await namesAny(path, names));
  for (const file of await readdir(path, { recursive: true, withFileTypes: true }))
    if (file.isFile() && (await holdsAny(join(file.parentPath, file.name), true, names)))
      return true;
  return false;
}

function isReadable(path: string, names: readonly string[]): boolean {
  return TEXT.test(path) && names.length <= NAMES_MAX;
}

async function namesAny(path: string, names: readonly string[]): Promise<boolean> {
  const wanted = names.flatMap((name) => [
    Buffer.from(name),
    Buffer.from(encodeURIComponent(name)),
  ]);
  const file = await open(path, "r");
  try {
    const window = Buffer.allocUnsafe(WINDOW_BYTES + NAME_BYTES_MAX);
    for (let at = 0; ; at += WINDOW_BYTES) {
      const { bytesRead } = await file.read(window, 0, window.length, at);
      const held = window.subarray(0, bytesRead);
      if (wanted.some((name) => isIn(held, name))) return true;
      if (bytesRead < window.length) return false;
    }
  } finally {
    await file.close();
  }
}

function standsIn(bytes: Buffer, names: readonly string[]): boolean {
  return names.some((name) => isIn(bytes, Buffer.from(name)));
}

/** As a word of its own: a session named 1 is not in every number. */
function isIn(bytes: Buffer, name: Buffer): boolean {
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) {
    if (!isWord(bytes[at - 1]) && !isWord(bytes[at + name.length])) return true;
  }
  return false;
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9]/.test(String.fromCharCode(byte));
}

/** A look, as far as it names anybody. */
type Look = {
  readonly user: string | null;
  readonly session: string | null;
  readonly owner: string | null;
};

/** Writes over the users and sessions of the log of looks that are meant; how many looks. The log goes on being added to. */
export async function blankLooks(
  folder: string,
  isMeant: (look: Look) => boolean,
): Promise<number> {
  let blanked = 0;
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((one) => /^audit.*[.]jsonl$/.test(one))) {
    const file = await open(join(folder, name), "r+");
    try {
      const text = await file.readFile();
      for (const { at, line, look } of looksIn(text)) {
        if (!isMeant(look)) continue;
        for (const field of ["user", "session", "owner"] as const) blank(line, field, look[field]);
        await file.write(line, 0, line.length, at);
        blanked += 1;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  }
  return blanked;
}

function* looksIn(text: Buffer): Generator<{ at: number; line: Buffer; look: Look }> {
  for (let at = 0, end = text.indexOf(NEWLINE); end !== -1; ) {
    const line = text.subarray(at, end);
    const look = auditEntryOf(line.toString());
    if (look !== null) yield { at, line, look };
    at = end + 1;
    end = text.indexOf(NEWLINE, at);
  }
}

/** In place and as long: whoever adds to the file is not disturbed. */
function blank(line: Buffer, field: string, value: string | null): void {
  if (value === null) return;
  const text = JSON.stringify(value);
  const at = line.indexOf(`"${field}":${text}`);
  if (at === -1) return;
  const from = at + field.length + 4;
  line.fill(DASH, from, from + Buffer.byteLength(text) - 2);
}
