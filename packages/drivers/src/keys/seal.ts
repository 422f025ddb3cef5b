/**
 * Sealing a key into a cookie, so that a browser carries it and no script of any
 * page can read it (AES-256-GCM). The secret lies under home: a restart logs
 * nobody out, and what was sealed elsewhere opens nothing here.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { writeWhole } from "../process/index.ts";

const CIPHER = "aes-256-gcm";
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type Sealer = {
  seal(text: string): string;
  /** What was sealed, or null where it was not sealed here or was changed. */
  unseal(sealed: string): string | null;
};

/** The sealer of this secret, which is made where it is not there yet; one that cannot be kept lasts as long as this process. */
export async function openSealer(path: string): Promise<Sealer> {
  const kept = Buffer.from(await readFile(path, "utf8").catch(() => ""), "base64url");
  const secret = kept.length === SECRET_BYTES ? kept : randomBytes(SECRET_BYTES);
  if (secret !== kept) await writeWhole(path, secret.toString("base64url")).catch(() => undefined);
  return {
    seal: (text) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, secret, nonce);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    unseal: (sealed) => {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
      const body = NONCE_BYTES + TAG_BYTES;
      const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, body));
      try {
        return decipher.update(bytes.subarray(body), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return null;
      }
    },
  };
}
