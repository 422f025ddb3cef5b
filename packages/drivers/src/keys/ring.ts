/**
 * The keys of a home as a running program knows them: looked at again when the
 * file has changed, at most once a second; where there is none yet, at every
 * question.
 *
 *   D6  The first key shuts the door at once. One that was revoked opens nothing a
 *       second later, and a file that is gone or broken opens less than before,
 *       never more.
 */
import { timingSafeEqual } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AccessKey, FILES, type KeyRing, type Log, standingOfKey } from "@verbatim/core";
import { writeWhole } from "../process/index.ts";
import { digestOf, loadKeys } from "./file.ts";

const LOOK_MS = 1000;
/** When a key was last used is known to the minute. */
const USED_MS = 60_000;

type Options = {
  readonly log: Log;
  readonly now: () => Date;
};

/** Looks at the file now: for whoever has just changed it. */
type Refreshing = { readonly refresh: () => Promise<void> };

/** Opens the keys of a home. Throws `config_invalid` when its file is broken. */
export async function openKeyRing(
  home: string,
  { log, now }: Options,
): Promise<KeyRing & AsyncDisposable & Refreshing> {
  let keys = byDigest(await loadKeys(home));
  let mark = markOf(home);
  let lookedAt = now().getTime();
  let isKeyed = keys.size > 0;
  const used = await openUsed(home);

  const look = async (): Promise<void> => {
    const time = now().getTime();
    if (isKeyed && time - lookedAt < LOOK_MS) return;
    lookedAt = time;
    const seen = markOf(home);
    if (seen === mark) return;
    try {
      keys = byDigest(await loadKeys(home));
      mark = seen;
      log.info("keys_read", { keys: keys.size });
    } catch (error) {
      keys = new Map();
      isKeyed = true;
      log.error("keys_broken", { why: error instanceof Error ? error.message : String(error) });
    }
    // Who once needed a key goes on needing one: a file that is lost opens nothing.
    isKeyed ||= keys.size > 0;
  };

  return {
    refresh: async () => {
      lookedAt = Number.NEGATIVE_INFINITY;
      await look();
    },
    hasAny: async () => {
      await look();
      return isKeyed;
    },
    keyOf: async (token) => {
      await look();
      const sha256 = digestOf(token);
      const found = keys.get(sha256);
      if (found === undefined) return null;
      if (!timingSafeEqual(Buffer.from(found.sha256), Buffer.from(sha256))) return null;
      if (standingOfKey(found, now().toISOString()) !== "active") return null;
      used.note(found.name, now());
      return found;
    },
    [Symbol.asyncDispose]: () => used.save(),
  };
}

function byDigest(keys: readonly AccessKey[]): ReadonlyMap<string, AccessKey> {
  return new Map(keys.map((key) => [key.sha256, key]));
}

/** Differs when the file does. A file that is replaced is another inode. Asked at every request: it waits for no thread. */
function markOf(home: string): string {
  try {
    const found = statSync(join(home, FILES.keys), { throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.ino} ${found.size} ${found.mtimeMs}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unreadable";
  }
}

/** When keys were last used, to the minute, by name. Empty when nobody knows. */
export async function keysUsed(home: string): Promise<ReadonlyMap<string, string>> {
  try {
    const found: unknown = JSON.parse(await readFile(join(home, FILES.keysUsed), "utf8"));
    if (typeof found !== "object" || found === null) return new Map();
    return new Map(Object.entries(found).map(([name, at]) => [name, String(at)]));
  } catch {
    return new Map();
  }
}

async function openUsed(
  home: string,
): Promise<{ note(name: string, now: Date): void; save(): Promise<void> }> {
  const used = new Map(await keysUsed(home));
  let savedAt = 0;
  let saving: Promise<void> = Promise.resolve();
  const save = async (): Promise<void> => {
    // Nobody is refused because this cannot be written.
    saving = saving
      .then(() => writeWhole(join(home, FILES.keysUsed), JSON.stringify(Object.fromEntries(used))))
      .catch(() => {});
    await saving;
  };
  return {
    note: (name, now) => {
      used.set(name, `${now.toISOString().slice(0, 16)}:00Z`);
      if (now.getTime() - savedAt < USED_MS) return;
      savedAt = now.getTime();
      void save();
    },
    save,
  };
}
