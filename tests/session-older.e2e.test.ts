/**
 * A Redis that is put back as it was a while ago, under servers that were killed:
 * every session is what was acknowledged, in Redis too, and again when Postgres
 * has lost its tables.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { openSessionStore } from "../packages/drivers/src/sessions/index.ts";
import { openSessionLibrary } from "../packages/drivers/src/store/index.ts";
import { leave, systemIn } from "./world/place.ts";
import { type Actor, act, actorOf, pathOf } from "./world/session-actor.ts";
import { shownIn, shownOf } from "./world/session-model.ts";
import { type System, until } from "./world/system.ts";
import { numbersFrom } from "./world/transcripts.ts";

const ACTS = 25;
const USERS = ["ada", "bob/1"];

let place: string;
let system: System;
let actors: readonly Actor[];

beforeAll(async () => {
  ({ place, system } = await systemIn("older"));
  await system.start();
  actors = USERS.map((user, at) => actorOf(system.url, user, numbersFrom(40 + at)));
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

async function urls(): Promise<{ readonly redis_url: string; readonly database_url: string }> {
  return JSON.parse(await readFile(join(place, "home/run/urls.json"), "utf8"));
}

async function everybodyActs(): Promise<void> {
  await Promise.all(
    actors.map(async (actor) => {
      for (let turn = 0; turn < ACTS; turn += 1) await act(actor);
    }),
  );
}

/** Postgres and Redis, each alone, after the API was asked. */
async function everythingIsAsTheModelSays(): Promise<void> {
  await system.settled();
  const { redis_url, database_url } = await urls();
  await using store = openSessionStore(redis_url);
  await using library = openSessionLibrary(database_url);
  for (const session of actors.flatMap((one) => one.sessions)) {
    const name = { user_id: session.user, session_id: session.session_id };
    const expected = shownOf(session);
    await until(`Redis knows ${session.session_id}`, 30_000, async () => {
      expect((await fetch(system.url + pathOf(session))).status).toBe(200);
      return (await store.state(name)) !== null;
    });
    const [hot, deep] = [await store.state(name), await library.state(name)];
    expect(hot === null ? null : shownIn(hot)).toEqual(expected);
    expect(deep === null ? null : shownIn(deep)).toEqual(expected);
  }
}

test("G4: a Redis put back as it was a while ago shows what was acknowledged since", async () => {
  const redis = join(place, "home/redis");
  const older = join(place, "older");
  await everybodyActs();
  await system.settled();
  await system.stop();
  await cp(redis, older, { recursive: true });
  await system.start();
  await everybodyActs();
  await system.stop();
  await rm(redis, { recursive: true });
  await cp(older, redis, { recursive: true });
  await system.start();
  await everythingIsAsTheModelSays();
}, 200_000);

test("G5: tables that were dropped under it are made again, and both stores by a rebuild", async () => {
  const { database_url } = await urls();
  const client = new Bun.SQL(database_url);
  await client`DROP SCHEMA verbatim CASCADE`;
  await client.close();
  await everybodyActs();
  await everythingIsAsTheModelSays();
  for (const store of ["--deep", "--hot"]) {
    const rebuilt = await system.cli("rebuild", store);
    expect(`${rebuilt.code} ${rebuilt.err}`).toStartWith("0");
    await everythingIsAsTheModelSays();
  }
}, 240_000);
