/**
 * An alert as a webhook: body and headers as the Standard Webhooks
 * specification has them, signed over `id.timestamp.body`. The one who sends
 * gives the time and the HMAC.
 */
import { msOf } from "../message/time.ts";
import type { AlertEvent } from "./alerts.ts";

/** HMAC with SHA-256, in base64. */
export type Hmac = (key: Uint8Array, text: string) => string;

export type SignedWebhook = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const PREFIX = "whsec_";

/** The body of an alert's webhook: the same text however often it is sent. */
export function webhookBody({ type, at, rule, value, since, says }: AlertEvent): string {
  const { name, metric, above, below, hours } = rule;
  return JSON.stringify({
    type,
    timestamp: at,
    data: { name, metric, value, above, below, hours, since, says },
  });
}

/** What to send now: a receiver refuses a time long past, so each attempt is signed anew. */
export function signedWebhook(
  event: AlertEvent,
  by: { readonly now: string; readonly secret: string; readonly hmac: Hmac },
): SignedWebhook {
  const body = webhookBody(event);
  const timestamp = String(Math.floor(msOf(by.now) / 1000));
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": event.id,
      "webhook-timestamp": timestamp,
      "webhook-signature": webhookSignature({ id: event.id, timestamp, body }, by.secret, by.hmac),
    },
    body,
  };
}

/** The signature of a body that is sent under an id at a time (in seconds). */
export function webhookSignature(
  sent: { readonly id: string; readonly timestamp: string; readonly body: string },
  secret: string,
  hmac: Hmac,
): string {
  return `v1,${hmac(keyOf(secret), `${sent.id}.${sent.timestamp}.${sent.body}`)}`;
}

/** A secret `whsec_…` is base64; any other is taken as it is written. */
function keyOf(secret: string): Uint8Array {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : null;
  if (base64 === null) return new TextEncoder().encode(secret);
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return new TextEncoder().encode(secret);
  }
}
