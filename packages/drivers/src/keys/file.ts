/**
 * `<home>/keys.json`: written as a whole, readable by its owner alone, one writer
 * at a time. A file that is broken lets nobody in, and is not written over.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AccessKey,
  FILES,
  keyProblem,
  keysText,
  readKeys,
  VerbatimError,
} from "@verbatim/core";
import { takeLock, writeWhole } from "../process/index.ts";

const TOKEN_BYTES = 32;
/** Says in a log or a repository whose secret this is: scanners know prefixes. */
const PREFIX = "vb_";

/** The keys there are; none when there is no file. Throws `config_invalid` when it cannot be read. */
export async function loadKeys(home: string): Promise<readonly AccessKey[]> {
  const path = join(home, FILES.keys);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw broken(path, error instanceof Error ? error.message : String(error));
  });
  if (text === null) return [];
  const read = readKeys(text);
  if (!read.ok) throw broken(path, read.why);
  return read.value;
}

function broken(path: string, why: string): VerbatimError {
  return new VerbatimError(
    "config_invalid",
    `${path} holds no list of keys: ${why}. No key in it opens anything until it is mended`,
  );
}

/** What is said of a new key. */
export type NewKey = Pick<AccessKey, "name" | "tenant" | "owner" | "scopes" | "expires_at">;

/** Makes a key; its token is in the answer and nowhere else. */
export async function addKey(
  home: string,
  wanted: NewKey,
  now: Date,
): Promise<{ readonly key: AccessKey; readonly token: string }> {
  const token = `${PREFIX}${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const key: AccessKey = {
    ...wanted,
    sha256: digestOf(token),
    created_at: now.toISOString(),
    revoked_at: null,
  };
  const problem = keyProblem(key);
  if (problem !== null) throw new VerbatimError("usage", problem);
  await change(home, (keys) => {
    if (keys.some(({ name }) => name === key.name))
      throw new VerbatimError(
        "conflict",
        `there is a key ${key.name} already, or there was: the log of looks knows keys by name; take another`,
      );
    return [...keys, key];
  });
  return { key, token };
}

/** Makes a key open nothing any more. Revoking again changes nothing. */
export async function revokeKey(home: string, name: string, now: Date): Promise<AccessKey> {
  const keys = await change(home, (before) =>
    before.map((one) =>
      one.name === name && one.revoked_at === null
        ? { ...one, revoked_at: now.toISOString() }
        : one,
    ),
  );
  const found = keys.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new VerbatimError("not_found", `there is no key ${name}; verbatim keys list shows them`);
}

/** The digest a token is known by. */
export function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

async function change(
  home: string,
  to: (keys: readonly AccessKey[]) => readonly AccessKey[],
): Promise<readonly AccessKey[]> {
  mkdirSync(join(home, FILES.run), { recursive: true, mode: 0o700 });
  const owner = { program: "keys", pid: process.pid, since: new Date().toISOString() };
  const lock = takeLock(join(home, FILES.run, "keys.lock"), owner);
  if (lock === null)
    throw new VerbatimError("busy", "another command is changing the keys; try again");
  try {
    const keys = to(await loadKeys(home));
    const path = join(home, FILES.keys);
    await writeWhole(path, keysText(keys));
    await chmod(path, 0o600);
    return keys;
  } finally {
    lock.release();
  }
}
