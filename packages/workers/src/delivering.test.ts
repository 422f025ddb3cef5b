import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { type AlertEvent, failureOf, VerbatimError, webhookBody } from "@verbatim/core";
import { type DeliveryPorts, deliver } from "./delivering.ts";

const event: AlertEvent = {
  id: "alert_quiet_1_fired",
  type: "alert.fired",
  at: "2026-01-01T00:00:00.000Z",
  rule: {
    name: "quiet",
    metric: "words",
    below: 1,
    hours: 24,
    webhook: { url: "http://ada:secret@127.0.0.1:9/hook?key=1", secret_env: "HOOK_SECRET" },
  },
  value: 0,
  since: "2026-01-01T00:00:00.000Z",
  says: "quiet: words of the last 24 h is 0, below 1.",
};

function portsOf(status: number | Error, sent: Record<string, string>[] = []): DeliveryPorts {
  return {
    env: { HOOK_SECRET: "a secret of enough letters" },
    now: () => new Date("2026-01-01T00:00:00.900Z"),
    hmac: (key, text) => createHmac("sha256", key).update(text).digest("base64"),
    post: async (_, headers) => {
      sent.push({ ...headers });
      if (status instanceof Error) throw status;
      return status;
    },
  };
}
const stay = new AbortController().signal;

async function failure(status: number | Error): Promise<VerbatimError> {
  const error = await deliver(event, portsOf(status), stay).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof VerbatimError) return error;
  throw new Error(`no failure of ours: ${String(error)}`);
}

test("O2: what was heard is done, and what was refused for good is not tried again", async () => {
  expect(await deliver(event, portsOf(204), stay)).toEqual({ status: 204 });
  for (const status of [400, 404, 410])
    expect(failureOf((await failure(status)).code).retry).toBe("never");
  for (const status of [408, 429, 500, 503, 302, 199, new Error("connection refused")])
    expect(failureOf((await failure(status)).code).retry).toBe("later");
});

test("a delivery is signed over its id, its second and its body", async () => {
  const sent: Record<string, string>[] = [];
  await deliver(event, portsOf(200, sent), stay);
  const signature = createHmac("sha256", "a secret of enough letters")
    .update(`${event.id}.1767225600.${webhookBody(event)}`)
    .digest("base64");
  expect(sent).toEqual([
    {
      "content-type": "application/json",
      "webhook-id": event.id,
      "webhook-timestamp": "1767225600",
      "webhook-signature": `v1,${signature}`,
    },
  ]);
});

test("a secret that is not set, and a body beyond bounds, are told and never sent", async () => {
  const sent: Record<string, string>[] = [];
  const ports = portsOf(200, sent);
  await expect(deliver(event, { ...ports, env: {} }, stay)).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringContaining("HOOK_SECRET"),
  });
  await expect(deliver({ ...event, says: "é".repeat(40_000) }, ports, stay)).rejects.toMatchObject({
    code: "too_large",
  });
  expect(sent).toEqual([]);
});

test("errors name the host and never the rest of the address", async () => {
  const { message } = await failure(500);
  expect(message).toContain("127.0.0.1:9");
  expect(message).not.toMatch(/secret|key=1/);
});
