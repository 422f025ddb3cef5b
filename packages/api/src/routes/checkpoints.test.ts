import { expect, test } from "bun:test";
import type { CheckpointListing, CheckpointState } from "../contract.ts";
import { aCheckpoint } from "../testing/checkpoints.ts";
import { type Fake, fakePorts } from "../testing/ports.ts";
import { appOf, jsonOf, post } from "../testing/requests.ts";

function withCheckpoints(many: number): Fake {
  const fake = fakePorts();
  for (let at = 1; at <= many; at += 1) fake.checkpoints.push(aCheckpoint(at));
  return fake;
}
const idOf = (number: number): string => aCheckpoint(number).id;

test("checkpoints are listed page by page, the newest first, each once", async () => {
  const app = appOf(withCheckpoints(5).ports);
  const seen: string[] = [];
  for (let next = ""; ; ) {
    const page = await jsonOf<CheckpointListing>(app.request(`/v1/checkpoints?limit=2${next}`));
    seen.push(...page.data.map(({ id }) => id));
    if (page.next_cursor === null) break;
    next = `&cursor=${page.next_cursor}`;
  }
  expect(seen).toEqual([5, 4, 3, 2, 1].map(idOf));
  expect((await app.request("/v1/checkpoints?cursor=none")).status).toBe(400);
});

test("one is asked for as a job, which says what became of it", async () => {
  const fake = withCheckpoints(1);
  const asked: string[] = [];
  const { jobs } = fake.ports;
  const job = { state: "completed", result: { ids: [idOf(1)] } };
  const app = appOf({
    ...fake.ports,
    jobs: {
      ...jobs,
      addCheckpoint: async (label) => {
        asked.push(label);
        return "8";
      },
      show: async (queue, id) => {
        const other = await jobs.show("ingest", "7");
        if (other === null || queue !== "checkpoint") return null;
        if (id === "8") return { ...other, ...job, queue };
        return id === "9" ? { ...other, ...job, queue, id, result: { ids: [] } } : null;
      },
    },
  });
  const accepted = await app.request("/v1/checkpoints", post({ label: " before\nit " }));
  expect([accepted.status, accepted.headers.get("location")]).toEqual([202, "/v1/checkpoints/8"]);
  await app.request("/v1/checkpoints", post({}));
  expect(asked).toEqual(["before it", "manual"]);
  const made = await jsonOf<CheckpointState>(app.request("/v1/checkpoints/8"));
  expect(made).toMatchObject({ id: idOf(1), state: "completed", checkpoint: { last_seq: 10 } });
  const nothing = await jsonOf<CheckpointState>(app.request("/v1/checkpoints/9"));
  expect(nothing).toMatchObject({ id: "9", state: "completed", checkpoint: null, made: [] });
  expect((await app.request("/v1/checkpoints/10")).status).toBe(404);
  const wrong = await app.request("/v1/checkpoints", post({ label: 1 }));
  expect(wrong.status).toBe(422);
});

test("a file comes whole or in parts, and not twice", async () => {
  const app = appOf(withCheckpoints(1).ports);
  const path = `/v1/checkpoints/${idOf(1)}/file`;
  const json = await app.request(path);
  expect(json.headers.get("content-disposition")).toContain(`${idOf(1)}.json`);
  expect(await json.json()).toEqual({ entries: [] });
  const part = await app.request(`${path}?format=parquet`, { headers: { range: "bytes=4-" } });
  expect([part.status, await part.text()]).toEqual([206, "PAR1"]);
  const etag = json.headers.get("etag") ?? "";
  const again = await app.request(path, { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
});

test("what is in the path names a checkpoint or nothing", async () => {
  const app = appOf(withCheckpoints(1).ports);
  for (const name of ["..%2F..%2Fcurrent", "%00", `${idOf(1)}.json`, "index", idOf(2)])
    expect((await app.request(`/v1/checkpoints/${name}/file`)).status).toBe(404);
});

test("the status says how far they go, and that there is none yet", async () => {
  type Status = { readonly checkpoints: object };
  const status = (fake: Fake): Promise<Status> => jsonOf(appOf(fake.ports).request("/v1/status"));
  expect((await status(withCheckpoints(2))).checkpoints).toEqual({
    ...{ last: idOf(2), made_at: "2026-01-01T00:00:00.000Z", to: 20, since: 10, problem: null },
  });
  expect((await status(withCheckpoints(0))).checkpoints).toMatchObject({ last: null, since: 30 });
});
