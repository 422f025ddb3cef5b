import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Log, makeSettle, type Offered, type Receipt, type Settled } from "@verbatim/core";
import {
  type Happened,
  readEvent,
  type SessionName,
  type SessionSnapshot,
} from "@verbatim/core/sessions";
import { aHappened, anEntry, anEventEntry } from "@verbatim/core/testing";
import { doSnapshots, openDueLook, type SnapshotPorts } from "./snapshots.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
const settle = makeSettle({ sha256 });
const ADA: SessionName = { user_id: "ada", session_id: "s-1" };
const stay = new AbortController().signal;
const said = (number: number): Happened =>
  aHappened(number, "message_said", {
    message_id: `m-${number}`,
    role: "user",
    content: `word ${number}`,
  });

/** A world in memory: what is handed in is heard at once. */
function worldOf(events: readonly Happened[]) {
  const heard = [...events];
  const kept = new Map<string, SessionSnapshot>();
  const logged: string[] = [];
  const handed: Offered[] = [];
  const log: Log = {
    info: () => {},
    warn: (event, facts) => void logged.push(`${event} ${facts?.["session_id"]}`),
    error: () => {},
  };
  const hand = async (batch: readonly Offered[]): Promise<readonly Receipt[]> =>
    batch.map((one) => {
      handed.push(one);
      const read = readEvent(one.raw);
      const seq = (heard.at(-1)?.moment.seq ?? 0) + 1;
      if (read.ok)
        heard.push({ event: read.value, moment: { seq, at: "2026-11-21T12:00:00.000Z" } });
      return { status: "created", seq };
    });
  const ports: SnapshotPorts = {
    library: {
      whole: async (name) => ({ name, events: [...heard], up_to: 99 }),
      saveSnapshot: async (snapshot) => void kept.set(snapshot.snapshot_id, snapshot),
      readSnapshot: async (id) => kept.get(id) ?? null,
    },
    sessions: { expiring: async () => [ADA], ttl: async () => 3600 },
    intake: { hand },
    isBehind: async () => false,
    sha256,
    log,
  };
  return { ports, heard, kept, handed, logged };
}

test("W5: a snapshot is saved, read back and then said, once for what was heard", async () => {
  const { ports, heard, kept, handed } = worldOf([said(1), said(2)]);
  expect(await doSnapshots(ADA, ports, stay)).toEqual({ looked_at: 1, taken: 1 });
  expect(await doSnapshots(ADA, ports, stay)).toEqual({ looked_at: 1, taken: 0 });
  expect(handed.length).toBe(1);
  const [snapshot] = kept.values();
  expect(heard.at(-1)?.event).toMatchObject({
    event: "snapshot_taken",
    snapshot_id: snapshot?.snapshot_id ?? "",
    sha256: sha256(snapshot?.content ?? ""),
    seq: 2,
    messages: 2,
  });
  heard.push(said(9));
  expect(await doSnapshots(ADA, ports, stay)).toEqual({ looked_at: 1, taken: 1 });
});

test("W5: what does not come back as it was written is not said to be taken", async () => {
  const { ports, handed } = worldOf([said(1)]);
  const torn = async (): Promise<SessionSnapshot | null> => null;
  const library = { ...ports.library, readSnapshot: torn };
  const doing = doSnapshots(ADA, { ...ports, library }, stay);
  await expect(doing).rejects.toMatchObject({ code: "verify_failed" });
  const other = {
    ...ports.library,
    readSnapshot: async (id: string) => {
      const read = await ports.library.readSnapshot(id);
      return read === null ? null : { ...read, content: `${read.content} ` };
    },
  };
  const again = doSnapshots(ADA, { ...ports, library: other }, stay);
  await expect(again).rejects.toMatchObject({ code: "verify_failed" });
  expect(handed).toEqual([]);
});

test("W5: a job that is done twice says the same, byte for byte", async () => {
  const once = worldOf([said(1), said(2)]);
  const twice = worldOf([said(1), said(2)]);
  await doSnapshots(ADA, once.ports, stay);
  await doSnapshots(ADA, twice.ports, stay);
  expect(once.handed).toEqual(twice.handed);
});

test("W5: sessions about to go are warned of and have a snapshot; one that was closed goes in peace", async () => {
  const open = worldOf([said(1)]);
  expect(await doSnapshots({}, open.ports, stay)).toEqual({ looked_at: 1, taken: 1 });
  expect(open.logged).toEqual(["session_expires s-1"]);
  expect(await doSnapshots({}, open.ports, stay)).toEqual({ looked_at: 1, taken: 0 });
  const closed = worldOf([said(1), aHappened(2, "session_closed", {})]);
  expect(await doSnapshots({}, closed.ports, stay)).toEqual({ looked_at: 1, taken: 1 });
  expect(closed.logged).toEqual([]);
});

test("a journal that does not take it fails the job, and while the archive is behind nothing is taken", async () => {
  const { ports, handed } = worldOf([said(1)]);
  const intake = {
    hand: async (): Promise<readonly Receipt[]> => [
      { status: "refused", code: "journal_full", message: "the disk is full" },
    ],
  };
  await expect(doSnapshots(ADA, { ...ports, intake }, stay)).rejects.toThrow("the disk is full");
  const behind = { ...ports, isBehind: async () => true };
  expect(await doSnapshots(ADA, behind, stay)).toEqual({ looked_at: 0, taken: 0 });
  expect(handed).toEqual([]);
});

test("what is due is looked for only after something was heard of sessions, asked for once until it is done, and again when asking failed", async () => {
  const asked: SessionName[] = [];
  let looks = 0;
  let away = true;
  let isDue = true;
  let now = 0;
  const due = openDueLook({
    library: {
      due: async () => {
        looks += 1;
        return isDue ? [ADA] : [];
      },
    },
    jobs: {
      ask: async (name) => {
        if (away) throw new Error("Redis is away");
        asked.push(name);
      },
    },
    isBehind: async () => false,
    now: () => now,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const saved: Settled[] = [];
  const deep = { save: async (stretch: readonly Settled[]) => void saved.push(...stretch) };
  await due.look();
  away = false;
  await due.look();
  await due.look();
  await due.take([settle(anEntry(1))], deep);
  await due.look();
  expect([looks, asked]).toEqual([2, [ADA]]);
  await due.take([settle(anEntry(2)), settle(anEventEntry(said(3)))], deep);
  await due.look();
  // Its job waits: it is not asked for with every word that is said meanwhile.
  expect([looks, asked]).toEqual([3, [ADA]]);
  isDue = false;
  await due.look();
  isDue = true;
  await due.take([settle(anEventEntry(said(4)))], deep);
  await due.look();
  expect([looks, asked]).toEqual([5, [ADA, ADA]]);
  await due.take([settle(anEventEntry(said(5)))], deep);
  await due.look();
  expect([looks, asked]).toEqual([6, [ADA, ADA]]);
  // A job that Redis lost is asked for again.
  now += 10_000;
  await due.look();
  expect([looks, asked]).toEqual([7, [ADA, ADA, ADA]]);
  expect(saved.map(({ entry }) => entry.seq)).toEqual([1, 2, 3, 4, 5]);
});
