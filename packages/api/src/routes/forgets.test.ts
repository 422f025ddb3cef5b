/** Forgetting over HTTP: asked for, gone at once from every answer, followed, and whose it may be. */
import { expect, test } from "bun:test";
import { isOf } from "@verbatim/core";
import { type Receipt, receiptFrom } from "@verbatim/core/forget";
import { openForgets } from "../forgets/asked.ts";
import { fakePorts, sha256 } from "../testing/ports.ts";
import { appOf, post } from "../testing/requests.ts";

type Said = { readonly session_id: string } & Parameters<typeof isOf>[0];
type Answer = Receipt & { readonly data: readonly Said[] };
const json = async (answer: Response): Promise<Answer> => (await answer.json()) as Answer;
/** The fake's receipts come at places after everything it holds. */
function aWorld() {
  const fake = fakePorts();
  const { intake } = fake.ports;
  const kept: Receipt[] = [];
  const receipts = {
    list: async () => kept,
    read: async (id: string) => kept.find((one) => one.receipt_id === id) ?? null,
    save: async (one: Receipt) => void kept.push(one),
  };
  const late: typeof intake = {
    ...intake,
    hand: async (batch) =>
      (await intake.hand(batch)).map((one) =>
        "seq" in one ? { ...one, seq: one.seq + 1000 } : one,
      ),
  };
  const sessionsOf = async (_: string, id: string) => (id === "c" ? ["of-c"] : []);
  const parts = { intake: late, receipts, sha256, sessionsOf, now: () => new Date() };
  const restarted = (atStart: readonly Receipt[]) =>
    appOf({ ...fake.ports, forgets: openForgets(parts, atStart) });
  return { fake, kept, app: restarted([]), restarted };
}

test("A16: a session that is to be forgotten is in no answer, from the acknowledgement on and after a restart", async () => {
  const { app, kept, restarted } = aWorld();
  const before = await json(await app.request("/v1/messages?limit=100"));
  expect(before.data.some((one) => one.session_id === "s-1")).toBe(true);
  const asked = await app.request("/v1/forgets", post({ session_id: "s-1", reason: "asked to" }));
  expect(asked.status).toBe(202);
  const receipt = await json(asked);
  expect(receiptFrom(JSON.stringify(receipt))).toEqual(receipt);
  expect(asked.headers.get("location")).toBe(`/v1/forgets/${receipt.receipt_id}`);
  for (const now of [app, restarted(kept)]) {
    for (const path of ["/v1/messages?limit=100", "/v1/search?q=journal", "/v1/sessions"]) {
      const { data } = await json(await now.request(path));
      expect(data.map((one) => one.session_id)).not.toContain("s-1");
    }
    expect((await now.request("/v1/sessions/s-1")).status).toBe(404);
  }
});

test("A16: a user's session is gone at once, and one begun after it under its name is there", async () => {
  const { app } = aWorld();
  const at = "/v1/users/ada/sessions";
  await app.request(at, post({ session_id: "mine" }));
  await app.request(`${at}/mine/messages`, post({ role: "user", content: "wisteria" }));
  const gone = await app.request(`${at}/mine?reason=why`, { method: "DELETE" });
  expect([gone.status, (await json(gone)).reason]).toEqual([202, "why"]);
  expect((await app.request(`${at}/mine`)).status).toBe(404);
  expect((await app.request(`${at}/mine/messages`)).status).toBe(404);
  expect(await (await app.request(at)).text()).not.toContain("mine");
});

test("receipts name nobody, are listed, and one that is not there is said so", async () => {
  const { app, fake } = aWorld();
  await app.request("/v1/users/ada%40example.org", { method: "DELETE" });
  const listing = await (await app.request("/v1/forgets")).text();
  expect(listing).not.toContain("ada");
  expect(new TextDecoder().decode(fake.handed.at(-1)?.raw)).not.toContain("ada");
  expect((await app.request(`/v1/forgets/${crypto.randomUUID()}`)).status).toBe(404);
});

test("what cannot be asked for is refused, and nothing is recorded", async () => {
  const { app, fake } = aWorld();
  for (const body of [
    {},
    { conversation_id: "c" },
    { session_id: "s", extra: 1 },
    { session_id: "verbatim" },
  ])
    expect((await app.request("/v1/forgets", post(body))).status).toBe(422);
  expect(fake.handed).toEqual([]);
});

test("when the recorder is away nothing is hidden and nothing is promised", async () => {
  const { app, fake } = aWorld();
  fake.away.intake = true;
  expect((await app.request("/v1/forgets", post({ session_id: "s-1" }))).status).toBe(503);
  fake.away.intake = false;
  const { data } = await json(await app.request("/v1/messages?limit=100"));
  expect(data.filter((one) => one.session_id === "s-1").length).toBeGreaterThan(0);
  expect(data.some((one) => isOf(one, "nobody"))).toBe(false);
});
