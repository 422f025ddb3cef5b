/** Stores that were made from a journal which then was restored from an older backup, on a real Redis and Postgres. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JournalReader, type Log, makeSettle } from "@verbatim/core";
import { aHeard } from "@verbatim/core/testing";
import { openHotStore } from "@verbatim/drivers/hot";
import { openJournal, openJournalReader } from "@verbatim/drivers/journal";
import { openDeepStore } from "@verbatim/drivers/store";
import { testDatabaseUrl, testRedisUrl } from "@verbatim/drivers/testing";
import { type Settler, settlerOf } from "./settler.ts";

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const settle = makeSettle({ sha256: (data) => createHash("sha256").update(data).digest("hex") });
const hot = openHotStore(await testRedisUrl());
const deep = openDeepStore(await testDatabaseUrl());
const stores = [
  { name: "redis", store: hot, take: hot.apply },
  { name: "postgres", store: deep, take: deep.save },
];
const folder = mkdtempSync(join(tmpdir(), "verbatim-past-"));
let stop = new AbortController();

// Other files leave claims of their own journals in the servers that all tests share.
beforeAll(async () => {
  for (const { store } of stores) await store.clear();
});
afterEach(async () => {
  stop.abort();
  stop = new AbortController();
  for (const { store } of stores) await store.clear();
});
afterAll(async () => {
  for (const { store } of stores) await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Appends records `from` to `to`, heard in this hour. */
async function appended(dir: string, from: number, to: number, hour: number): Promise<void> {
  const at = `2026-01-01T${String(hour).padStart(2, "0")}:00:00.000Z`;
  const journal = await openJournal({ dir, program: "test" });
  for (let number = from; number <= to; number += 1) await journal.append([aHeard(number, { at })]);
  await journal.close();
}

/** A journal of 9 entries, and a backup of it when it had 5. */
async function aJournal(name: string): Promise<{ whole: string; backup: string }> {
  const whole = join(folder, name);
  const backup = `${whole}-backup`;
  await appended(whole, 1, 5, 1);
  cpSync(whole, backup, { recursive: true });
  await appended(whole, 6, 9, 2);
  return { whole, backup };
}

/** A settler of one store, and what it says of it: the newest, or the next that `held` is true of. */
function aSettler(which: (typeof stores)[number], journal: JournalReader) {
  let said: string | null = null;
  const waiting: { held: (problem: string | null) => boolean; found: () => void }[] = [];
  const { store, take, name } = which;
  const settler: Settler = settlerOf({
    consumer: {
      name,
      cursor: () => store.cursor(),
      newest: () => store.newest(),
      take: (stretch) => take(stretch),
    },
    claim: () => store.claim("one journal"),
    afterwards: async () => {},
    tell: (problem) => {
      said = problem;
      for (const one of waiting) if (one.held(problem)) one.found();
    },
    journal,
    settling: async () => settle,
    log,
  });
  const until = (held: (problem: string | null) => boolean): Promise<void> =>
    new Promise((found) => {
      if (held(said)) found();
      else waiting.push({ held, found });
    });
  return { reach: (upTo: number) => settler.reach(upTo, stop.signal), until, said: () => said };
}

for (const which of stores) {
  test(`W3: ${which.name} that is ahead of the journal is refused with what to do, and goes on once made again`, async () => {
    const { whole, backup } = await aJournal(`ahead-${which.name}`);
    await aSettler(which, openJournalReader(whole)).reach(9);
    expect(await which.store.cursor()).toBe(9);

    const settler = aSettler(which, openJournalReader(backup));
    const reached = settler.reach(0);
    await settler.until((problem) => problem?.includes("verbatim rebuild") === true);
    expect(settler.said()).toContain(
      `${which.name} is made up to entry 9, but the journal ends at 5`,
    );
    expect(await which.store.cursor()).toBe(9);

    await which.store.clear();
    await reached;
    await settler.reach(5);
    expect(settler.said()).toBeNull();
    expect(await which.store.cursor()).toBe(5);
  });

  test(`W3: ${which.name} whose seqs mean other entries by now is refused with what to do`, async () => {
    const { whole, backup } = await aJournal(`other-${which.name}`);
    await aSettler(which, openJournalReader(whole)).reach(9);
    await appended(backup, 10, 20, 3);
    const settler = aSettler(which, openJournalReader(backup));
    const reached = settler.reach(16);
    await settler.until((problem) => problem?.includes("verbatim rebuild") === true);
    expect(settler.said()).toContain("entry 9 as heard at 2026-01-01T02:00:00.000Z");
    expect(await which.store.cursor()).toBe(9);
    stop.abort();
    await reached;
  });

  test(`W3: ${which.name} with the journal's own past goes on, also after a hint of less than it has`, async () => {
    const { whole } = await aJournal(`same-${which.name}`);
    const reader = openJournalReader(whole);
    await aSettler(which, reader).reach(7);
    const settler = aSettler(which, reader);
    for (const upTo of [0, 3, 9, 7]) await settler.reach(upTo);
    expect(settler.said()).toBeNull();
    expect(await which.store.cursor()).toBe(9);
  });

  test(`W3: a journal that is exchanged under a running worker is noticed by its hints, for ${which.name}`, async () => {
    const { whole, backup } = await aJournal(`under-${which.name}`);
    const [before, after] = [openJournalReader(whole), openJournalReader(backup)];
    let journal = before;
    const settler = aSettler(which, {
      ...before,
      read: (stretch) => journal.read(stretch),
      last: () => journal.last(),
    });
    await settler.reach(9);
    journal = after;
    const reached = settler.reach(5);
    await settler.until((problem) => problem?.includes("the journal ends at 5") === true);
    stop.abort();
    await reached;
    expect(await which.store.cursor()).toBe(9);
  });
}
