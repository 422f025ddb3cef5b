/** What `degraded` says: a store that the answer should have come from did not answer, or is behind. */
import { expect, test } from "bun:test";
import { appOf, jsonOf, post } from "../testing/requests.ts";
import { AT, aFullSession, USER } from "../testing/session-world.ts";

type Told = { readonly degraded?: boolean; readonly data?: readonly unknown[] };

const READS = [
  "",
  "/messages",
  "/emotion",
  "/emotion/history",
  "/milestones",
  "/breakthroughs",
  "/context",
  "/stats",
  "/journey",
  "/notes",
].map((path) => AT + path);
const CITED = "/v1/citations?user=ada%2F1";
const LIST = `${USER}/sessions`;
const EXPORT = `${AT}/export?transcript=all&audience=therapist`;

async function degradedOf(app: ReturnType<typeof appOf>, path: string) {
  const answer = await app.request(path);
  expect([path, answer.status]).toEqual([path, 200]);
  if (path === EXPORT) return answer.headers.get("x-verbatim-degraded") === "true";
  return (await jsonOf<Told>(answer)).degraded;
}

test("everything there, also right after a start: nothing is degraded, and every answer says so", async () => {
  const world = await aFullSession();
  for (const app of [world.app, appOf(world.ports)])
    for (const path of [...READS, LIST, CITED, EXPORT])
      expect([path, await degradedOf(app, path)]).toEqual([path, false]);
});

test("Redis away: sessions come from Postgres and say so; citations, which always do, are whole", async () => {
  const world = await aFullSession();
  const before = await jsonOf<Told>(world.app.request(CITED));
  world.away.redis = true;
  for (const app of [world.app, appOf(world.ports)]) {
    for (const path of READS) expect([path, await degradedOf(app, path)]).toEqual([path, true]);
    const cited = await jsonOf<Told>(app.request(CITED));
    expect(cited).toEqual(before);
    expect(cited.data?.length).toBeGreaterThan(5);
  }
});

test("Postgres away: what only it has whole is degraded, what Redis has whole is not", async () => {
  const world = await aFullSession();
  world.away.library = true;
  for (const path of READS) {
    const fromPostgres = ["/messages", "/journey", "/notes"].some((one) => path.endsWith(one));
    expect([path, await degradedOf(world.app, path)]).toEqual([path, fromPostgres]);
  }
  expect(await degradedOf(world.app, EXPORT)).toBe(true);
  expect(await degradedOf(world.app, LIST)).toBe(true);
  expect((await world.app.request(CITED)).status).toBe(503);
});

test("Postgres behind, and more than is remembered here missing in it: what may be incomplete says so", async () => {
  const world = await aFullSession();
  const heard = async () => ({ seq: 50_000, sure: true });
  const app = appOf({ ...world.ports, heard, entries: async () => [] });
  world.sessions.hot.clear();
  world.sessions.lag.entries = 1;
  expect(await degradedOf(app, CITED)).toBe(true);
  // Of one session nobody is given a part for the whole.
  for (const path of [AT, `${AT}/messages`]) expect((await app.request(path)).status).toBe(503);
});

test("citations of a moment ago are listed, and stand as they were judged, while Postgres is behind", async () => {
  const world = await aFullSession();
  const all = await jsonOf<{ data: { citation_id: string; seq: number }[] }>(
    world.app.request(CITED),
  );
  const [newest] = all.data;
  await world.app.request(
    `/v1/citations/${newest?.citation_id}/judge`,
    post({ status: "disputed", why: "no" }),
  );
  for (const behind of [1, 3, 6]) {
    world.sessions.lag.entries = behind;
    const rows: { citation_id: string; status: string }[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { data: typeof rows; next_cursor: string | null } = await jsonOf(
        world.app.request(`${CITED}&limit=2${after}`),
      );
      rows.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(rows.map(({ citation_id }) => citation_id)).toEqual(
      all.data.map(({ citation_id }) => citation_id),
    );
    expect(rows[0]?.status).toBe("disputed");
  }
});
