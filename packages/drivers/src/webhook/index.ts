/** Telling an address something over HTTP, and the signature it is told with. */
import { createHmac } from "node:crypto";

/** Whoever listens has this long to say that it heard. */
const ANSWER_MS = 10_000;

/** Posts once, follows no redirect, and gives the status. Throws when nobody answers in time. */
export async function postOnce(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  const answer = await fetch(url, {
    method: "POST",
    headers,
    body,
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  await answer.body?.cancel();
  return answer.status;
}

/** HMAC with SHA-256 of a text, in base64. */
export function hmacOf(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}
