/**
 * Who may speak on a bus that others can reach: CURVE keys (RFC 26/ZMTP-CURVE)
 * and the list of those who are allowed, under `<home>/bus/`.
 *
 *     server.json      our own two keys, for nobody else's eyes
 *     client.json      keys of our own clients (canary, `verbatim bus …`)
 *     allowed_keys     one public key a line, then a name for people
 *
 * The list is read at every connection, so that a name can be added or struck out
 * while the bus runs.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { VerbatimError } from "@verbatim/core";
import * as zmq from "zeromq";
import { writeWhole } from "../process/index.ts";

export type KeyPair = { readonly publicKey: string; readonly secretKey: string };
/** The server's pair, and who may connect. */
export type ServerKeys = KeyPair & { readonly isAllowed: (publicKey: string) => Promise<boolean> };

/** Forty characters of Z85. */
const KEY = /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/;
const FOLDER = "bus";
const ALLOWED = "allowed_keys";

/** The server's keys, made when there are none. Our own clients are always allowed. */
export async function serverKeys(home: string): Promise<ServerKeys> {
  const [server, own] = [await pairAt(home, "server.json"), await clientKeys(home)];
  return {
    ...server,
    isAllowed: async (key) => key === own.publicKey || (await allowedKeys(home)).has(key),
  };
}

/** Keys of our own clients. */
export async function clientKeys(home: string): Promise<KeyPair> {
  return await pairAt(home, "client.json");
}

/** Public keys of the list, each with its name. Lines that hold none are passed over. */
export async function allowedKeys(home: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(home, FOLDER, ALLOWED), "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(
    lines.flatMap(([key = "", ...name]) => (KEY.test(key) ? [[key, name.join(" ")]] : [])),
  );
}

/** A new pair whose public half is on the list under this name. */
export async function newClient(home: string, name: string): Promise<KeyPair> {
  const pair = zmq.curveKeyPair();
  folder(home);
  await appendFile(join(home, FOLDER, ALLOWED), `${pair.publicKey} ${name}\n`, { mode: 0o600 });
  return pair;
}

function folder(home: string): void {
  mkdirSync(join(home, FOLDER), { recursive: true, mode: 0o700 });
}

async function pairAt(home: string, name: string): Promise<KeyPair> {
  const path = join(home, FOLDER, name);
  if (!existsSync(path)) {
    folder(home);
    await writeWhole(path, JSON.stringify(zmq.curveKeyPair()));
  }
  const found: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (isPair(found)) return found;
  throw new VerbatimError(
    "config_invalid",
    `${path} holds no pair of keys; move it away and a new one is made`,
  );
}

function isPair(found: unknown): found is KeyPair {
  return (
    typeof found === "object" &&
    found !== null &&
    "publicKey" in found &&
    "secretKey" in found &&
    KEY.test(String(found.publicKey)) &&
    KEY.test(String(found.secretKey))
  );
}
