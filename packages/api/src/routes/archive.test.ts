/** Records by their bytes, and looks at checkpoints. */
import { expect, test } from "bun:test";
import { anEntry } from "@verbatim/core/testing";
import { aCheckpoint } from "../testing/checkpoints.ts";
import { fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

function world() {
  const { ports } = fakePorts();
  return { ...ports, entry: async (seq: number) => (seq > 30 ? null : anEntry(seq)) };
}

test("a record comes back byte for byte, to be saved and never run", async () => {
  const answer = await appOf(world()).request("/v1/messages/9/raw");
  expect(answer.status).toBe(200);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(anEntry(9).raw));
  expect(answer.headers.get("content-disposition")).toContain("attachment");
  expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  expect((await appOf(world()).request("/v1/messages/31/raw")).status).toBe(404);
});

test("A43: of a record in which something is hidden, or that was taken out, no byte is given", async () => {
  const ports = world();
  const { library } = ports;
  const hidden = {
    ...library,
    messages: async (...[filter, page]: Parameters<typeof library.messages>) => {
      const found = await library.messages(filter, page);
      return { ...found, rows: found.rows.filter(({ seq }) => seq !== 9) };
    },
  };
  const app = appOf({ ...ports, library: hidden });
  expect((await app.request("/v1/messages/9/raw")).status).toBe(404);
  expect((await app.request("/v1/messages/10/raw")).status).toBe(200);
  const erased = appOf({
    ...ports,
    entry: async (seq: number) => ({ ...anEntry(seq), erased: true as const }),
  });
  // The first one is set aside, and would be given for that.
  for (const seq of [1, 10])
    expect((await erased.request(`/v1/messages/${seq}/raw`)).status).toBe(404);
});

/** A server that may be told that something waits to be forgotten. */
function forgettingWorld() {
  const fake = fakePorts();
  const waits = { is: false };
  const forgets = {
    ...fake.ports.forgets,
    isAnyPending: () => waits.is,
    isGone: () => false,
  };
  return { ...fake, waits, ports: { ...fake.ports, forgets } };
}

test("A50: no bytes of a record are given that may be meant: one set aside, or one of which a message is kept back", async () => {
  const { ports, waits } = forgettingWorld();
  const aside = { ...anEntry(1), raw: new TextEncoder().encode("no JSON") };
  const { library } = ports;
  const row = { seq: 1, heard_at: aside.at, source: "api", key: "k", why: "no JSON", bytes: 7 };
  const app = appOf({
    ...ports,
    entry: async (seq: number) => (seq === 1 ? aside : anEntry(seq)),
    library: { ...library, aside: async () => ({ rows: [row], next: null }) },
  });
  const statuses = async () =>
    await Promise.all(
      [1, 10].map(async (seq) => (await app.request(`/v1/messages/${seq}/raw`)).status),
    );
  expect(await statuses()).toEqual([200, 200]);
  waits.is = true;
  expect(await statuses()).toEqual([404, 200]);
  const keptBack = appOf({
    ...ports,
    entry: async () => anEntry(10),
    library: { ...library, aside: async () => ({ rows: [{ ...row, seq: 10 }], next: null }) },
    settled: async () => {
      const reader = await ports.settled();
      return {
        ...reader,
        settle: async (entry) => ({ ...(await reader.settle(entry)), messages: [] }),
      };
    },
  });
  expect((await keptBack.request("/v1/messages/10/raw")).status).toBe(404);
});

test("A50: no file of an export or of a checkpoint is given while something waits to be forgotten", async () => {
  const { ports, waits, checkpoints } = forgettingWorld();
  const checkpoint = aCheckpoint(1);
  checkpoints.push(checkpoint);
  const app = appOf(ports);
  const [kept] = await ports.exports.ids();
  const files = [`/v1/exports/${kept}/file`, `/v1/checkpoints/${checkpoint.id}/file`];
  const statuses = async () =>
    await Promise.all(files.map(async (path) => (await app.request(path)).status));
  expect(await statuses()).toEqual([200, 200]);
  waits.is = true;
  expect(await statuses()).toEqual([409, 409]);
});

test("a look at the checkpoints is begun once, and what it found is remembered", async () => {
  const ports = world();
  const waiting = Promise.withResolvers<void>();
  let begun = 0;
  const app = appOf({
    ...ports,
    survey: async (onProgress) => {
      begun += 1;
      onProgress(5, 10);
      await waiting.promise;
      return await ports.survey(onProgress);
    },
  });
  const state = async () =>
    (await jsonOf<{ state: string }>(app.request("/v1/checkpoints/verify"))).state;
  expect(await state()).toBe("never");
  for (const _ of [1, 2])
    expect((await app.request("/v1/checkpoints/verify", post({}))).status).toBe(202);
  expect([begun, await state()]).toEqual([1, "running"]);
  waiting.resolve();
  while ((await state()) === "running") await Promise.resolve();
  expect(await state()).toBe("done");
});
