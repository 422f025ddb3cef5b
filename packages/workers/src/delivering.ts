/**
 * Telling an address of an alert, signed as Standard Webhooks are, so that
 * whoever listens can check it with any of their libraries.
 *
 *   O2  What was heard (2xx) or refused for good (4xx but 408 and 429) is not
 *       told again; anything else is, with the same id, until the tries are used up.
 */
import { type AlertEvent, type Hmac, signedWebhook, VerbatimError } from "@verbatim/core";

/** What a delivery may weigh; receivers refuse more than they expect. */
const BODY_BYTES_MAX: number = 64 * 1024;
const LATER: ReadonlySet<number> = new Set([408, 429]);

export type DeliveryPorts = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly hmac: Hmac;
  /** The status of the answer; throws when there was none. */
  readonly post: (
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ) => Promise<number>;
};

/** Tells it once. Throws `alert_undelivered` for another try, or `alert_refused` when there will be none. */
export async function deliver(
  event: AlertEvent,
  ports: DeliveryPorts,
  signal: AbortSignal,
): Promise<{ readonly status: number } | null> {
  const { name, webhook } = event.rule;
  if (webhook === undefined) return null;
  const { url } = webhook;
  const place = `the webhook of alert ${name} (${hostOf(url)})`;
  const { headers, body } = signedWebhook(event, {
    now: ports.now().toISOString(),
    secret: secretOf(event, webhook.secret_env, ports),
    hmac: ports.hmac,
  });
  if (Buffer.byteLength(body) > BODY_BYTES_MAX)
    throw new VerbatimError("too_large", `what ${place} is to be told is over 64 KiB`);
  const status = await ports.post(url, headers, body, signal).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VerbatimError("alert_undelivered", `${place} did not answer: ${why}`, { cause });
  });
  if (status >= 200 && status < 300) return { status };
  const facts = { status, delivery: event.id };
  if (status >= 400 && status < 500 && !LATER.has(status))
    throw new VerbatimError("alert_refused", `${place} answered ${status}, which is a no`, {
      facts,
    });
  throw new VerbatimError("alert_undelivered", `${place} answered ${status}`, { facts });
}

function secretOf({ rule }: AlertEvent, name: string, { env }: DeliveryPorts): string {
  const secret = env[name];
  if (secret !== undefined && secret !== "") return secret;
  throw new VerbatimError(
    "config_invalid",
    `alert ${rule.name} is to be signed with ${name}, which is not set where the workers run`,
  );
}

/** Never the whole address: it may hold a key. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "no address";
}
