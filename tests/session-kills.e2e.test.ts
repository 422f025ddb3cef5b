/**
 * Users of sessions do things by chance while the servers and the processes are
 * killed and Redis is emptied. What was acknowledged is in a model; in the end
 * the API, Redis alone and Postgres alone show what the model does, and again
 * after a rebuild.
 *
 * VERBATIM_KILLS_SEED takes another seed, VERBATIM_KILLS_ACTS more acts.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSessionStore } from "../packages/drivers/src/sessions/index.ts";
import { openSessionLibrary } from "../packages/drivers/src/store/index.ts";
import { leave, systemIn } from "./world/place.ts";
import { type Actor, act, actorOf, pathOf } from "./world/session-actor.ts";
import {
  historyOf,
  type ModelSession,
  shownIn,
  shownOf,
  wordsIn,
  wordsOf,
} from "./world/session-model.ts";
import { jsonOf, type System, until } from "./world/system.ts";
import { numbersFrom } from "./world/transcripts.ts";

const SEED = Number(Bun.env["VERBATIM_KILLS_SEED"] ?? 7);
/** Of each user. */
const ACTS = Number(Bun.env["VERBATIM_KILLS_ACTS"] ?? 60);
const ACTS_A_KILL = 20;
const USERS = ["ada", "bob/1", "eve:ß"];
const PAGE = 500;

let place: string;
let system: System;
let actors: readonly Actor[];

beforeAll(async () => {
  ({ place, system } = await systemIn("kills"));
  await system.start();
  actors = USERS.map((user, at) => actorOf(system.url, user, numbersFrom(SEED * 10 + at)));
}, 120_000);

afterAll(async () => await leave(place, system), 60_000);

async function urls(): Promise<{ readonly redis_url: string; readonly database_url: string }> {
  return JSON.parse(await readFile(join(place, "home/run/urls.json"), "utf8"));
}

/** Kills what chance says, or empties Redis. */
async function harm(random: () => number): Promise<string> {
  if (random() < 0.2) {
    const url = new URL((await urls()).redis_url);
    Bun.spawnSync(["redis-cli", "-s", decodeURIComponent(url.pathname), "FLUSHALL"], {
      env: { ...Bun.env, REDISCLI_AUTH: url.searchParams.get("password") ?? "" },
    });
    return "FLUSHALL";
  }
  const processes = [...(await system.processes())];
  const chosen = processes[Math.floor(random() * processes.length)];
  if (chosen === undefined) return "nothing";
  try {
    process.kill(chosen[1], "SIGKILL");
  } catch {
    // It was dead already: what we wanted.
  }
  return chosen[0];
}

/** Everybody acts; each so many acts, something is killed in the middle of them. */
async function storm(): Promise<readonly string[]> {
  const random = numbersFrom(SEED);
  const harms: string[] = [];
  let acts = 0;
  await Promise.all(
    actors.map(async (actor) => {
      for (let turn = 0; turn < ACTS; turn += 1) {
        acts += 1;
        const [killed] = await Promise.all([
          acts % ACTS_A_KILL === 0 ? harm(random) : null,
          act(actor),
        ]);
        if (killed !== null) harms.push(killed);
      }
    }),
  );
  return harms;
}

type Page<Row> = { readonly data: readonly Row[]; readonly next_cursor: string | null };

async function get<Shape>(path: string): Promise<Shape> {
  const answer = await fetch(system.url + path, { signal: AbortSignal.timeout(20_000) });
  expect(`${path} ${answer.status}`).toBe(`${path} 200`);
  return await jsonOf<Shape>(answer);
}

async function all<Row>(path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Row> = await get<Page<Row>>(`${path}limit=3${after}`);
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

type Word = ReturnType<typeof wordsOf>[number];

/** The history page by page, the export and the citations, by the API. */
async function byApi(session: ModelSession): Promise<void> {
  const path = pathOf(session);
  const words = historyOf(session);
  expect(wordsIn(await all<Word>(`${path}/messages?`))).toEqual([...words]);
  const document = await get<{ readonly messages: readonly Word[]; readonly emotion_history: [] }>(
    `${path}/export?format=json&transcript=all`,
  );
  expect(wordsIn(document.messages)).toEqual([...words]);
  expect(document.emotion_history).toHaveLength(session.felt.length);
  const { user, session_id } = session;
  const names = new URLSearchParams({ user, session: session_id });
  const listed = await all<{ readonly citation_id: string }>(`/v1/citations?${names}&`);
  const ids = listed.map(({ citation_id }) => citation_id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...session.cited]));
  const [some] = session.cited;
  if (some !== undefined)
    expect(await get<object>(`/v1/citations/${some}`)).toMatchObject({ session_id });
}

async function everythingIsAsTheModelSays(): Promise<void> {
  await system.settled();
  await until(
    "nothing is away",
    60_000,
    async () => (await fetch(`${system.url}/health/ready`)).ok,
  );
  const { redis_url, database_url } = await urls();
  await using store = openSessionStore(redis_url);
  await using library = openSessionLibrary(database_url);
  for (const session of actors.flatMap((one) => one.sessions)) {
    const name = { user_id: session.user, session_id: session.session_id };
    const expected = shownOf(session);
    const deep = await library.state(name);
    expect(deep === null ? null : shownIn(deep)).toEqual(expected);
    const { rows } = await library.messages(name, { limit: PAGE });
    expect(wordsIn(rows)).toEqual([...wordsOf(session)]);
    await byApi(session);
    // Redis is asked after the API, which puts back what was emptied.
    await until(`Redis knows ${session.session_id}`, 30_000, async () => {
      await get(pathOf(session));
      return (await store.state(name)) !== null;
    });
    const hot = await store.state(name);
    expect(hot === null ? null : shownIn(hot)).toEqual(expected);
    const recent = (await store.messages(name, 100)) ?? [];
    expect(wordsIn(recent)).toEqual([...wordsOf(session)].slice(-100));
  }
  for (const { user, generation, current } of actors) {
    const id = encodeURIComponent(`telegram:${user}/ä`);
    const shown = await get<object>(`/v1/conversations/${id}?user=${encodeURIComponent(user)}`);
    if (current !== null)
      expect(shown).toMatchObject({ generation, session_id: current.session_id });
  }
}

test(`G4: seed ${SEED}: killed at random, every session is what was acknowledged, wherever it is read`, async () => {
  const harms = await storm();
  expect(harms.length).toBe(Math.floor((ACTS * USERS.length) / ACTS_A_KILL));
  await everythingIsAsTheModelSays();
}, 400_000);

test("G5: and again when both stores are made anew from the journal", async () => {
  const rebuilt = await system.cli("rebuild");
  expect(`${rebuilt.code} ${rebuilt.err}`).toStartWith("0");
  await everythingIsAsTheModelSays();
}, 240_000);
