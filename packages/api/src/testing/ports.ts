/** Ports of an API without servers: a list of messages, an intake that remembers what it was handed. */
import { createHash } from "node:crypto";
import {
  type AccessKey,
  type AuditEntry,
  type EnrichedMessage,
  type IngestStatus,
  type Library,
  type LiveEvent,
  makeSettle,
  type Offered,
  openSettledReader,
  type Receipt,
  type SessionSummary,
  STANDARD_TAXONOMY,
  VerbatimError,
} from "@verbatim/core";
import type { Checkpoint } from "@verbatim/core/checkpoints";
import { anEntry } from "@verbatim/core/testing";
import type { ApiPorts } from "../ports.ts";
import { fakeCheckpoints } from "./checkpoints.ts";
import { fakeExports } from "./exports.ts";
import { fakeForgets } from "./forgets.ts";
import { fakeJobs } from "./jobs.ts";
import { fakeKeeping } from "./keeping.ts";
import { fakeNumbers, fakeReports } from "./numbers.ts";
import { type FakeSessions, fakeSessions, HEARD_AT } from "./sessions.ts";
import { type FakeSettings, fakeSettings } from "./settings.ts";
import { fakeWork } from "./work.ts";

export type Fake = {
  readonly ports: ApiPorts;
  readonly handed: Offered[];
  readonly sessions: FakeSessions;
  readonly settings: FakeSettings;
  /** What is away fails with this. */
  readonly away: { intake: boolean; library: boolean; redis: boolean; journal: boolean };
  /** What the deep store knows of ids. */
  readonly known: Map<string, { seq: number; sha256: string }>;
  /** What the live feed gives, whatever place it is asked for. */
  readonly events: LiveEvent[];
  /** The places the live feed was asked for. */
  readonly followed: number[];
  /** Reports that lie in files. */
  readonly reports: Map<string, { readonly json: string; readonly md: string }>;
  /** Checkpoints that lie in files, the oldest first. */
  readonly checkpoints: Checkpoint[];
  /** Keys by their tokens. */
  readonly keys: Map<string, AccessKey>;
  /** What was written of looks. */
  readonly looks: AuditEntry[];
  /** Errors in the log: the event and its facts. */
  readonly logged: { readonly event: string; readonly facts: object }[];
};

const FAKE_PAGE = {
  type: "text/html;charset=utf-8",
  bytes: new TextEncoder().encode("<!doctype html><title>Verbatim</title>"),
  gzip: new Uint8Array(),
};

/** The digest as the programs make it. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Messages 1 to `count`. */
export function fakeMessages(count: number): readonly EnrichedMessage[] {
  const settle = makeSettle({ sha256 });
  return Array.from({ length: count }, (_, one) => settle(anEntry(one + 1)).messages).flat();
}

/** A journal of the entries that the messages are of. */
function journalOf(count: number): Parameters<typeof openSettledReader>[0] {
  const entries = Array.from({ length: count }, (_, one) => anEntry(one + 1));
  return { read: async ({ from, to }) => entries.slice(from - 1, to) };
}

/** Ports over messages 1 to `count`. */
export function fakePorts(count = 30): Fake {
  const messages = fakeMessages(count);
  const handed: Offered[] = [];
  const away = { intake: false, library: false, redis: false, journal: false };
  const known: Fake["known"] = new Map();
  const events: LiveEvent[] = messages.map((message) => ({ kind: "message", message }));
  const followed: number[] = [];
  const logged: Fake["logged"] = [];
  const reports: Fake["reports"] = new Map();
  const checkpoints: Fake["checkpoints"] = [];
  const keys: Fake["keys"] = new Map();
  const looks: AuditEntry[] = [];
  const unlessAway = async (part: keyof typeof away): Promise<void> => {
    if (away[part]) throw AWAY[part];
  };
  const sessions = fakeSessions(
    handed,
    () => unlessAway("redis"),
    () => unlessAway("library"),
  );
  const settings = fakeSettings();
  const intake: ApiPorts["intake"] = {
    hand: async (batch) => {
      await unlessAway("intake");
      return batch.map((one) => receiptOf(one, handed));
    },
    heard: async () => {
      await unlessAway("intake");
      return handed.length;
    },
    status: async () => {
      await unlessAway("intake");
      return statusOf(count);
    },
    rotate: async () => null,
    erased: async () => {},
    close: async () => {},
  };
  const ports: ApiPorts = {
    library: fakeLibrary(messages, known, () => unlessAway("library")),
    intake,
    forgets: fakeForgets(intake, sha256, HEARD_AT),
    entry: async (seq) => {
      const one = handed[seq - 1];
      return one === undefined ? null : { ...one, seq, at: HEARD_AT };
    },
    heard: async () => {
      await unlessAway("journal");
      return { seq: handed.length, sure: true };
    },
    entries: async ({ from, to }) =>
      handed.slice(from - 1, to).map((one, at) => ({ ...one, seq: from + at, at: HEARD_AT })),
    sessionStore: sessions.store,
    hotDays: () => 7,
    sessionLibrary: sessions.library,
    settled: async () => openSettledReader(journalOf(count), makeSettle({ sha256 })),
    live: {
      follow: async function* (after): AsyncGenerator<LiveEvent> {
        followed.push(after);
        for (const event of events)
          if (event.kind === "gap" || event.message.seq > after) yield event;
      },
      head: async () => {
        await unlessAway("redis");
        return count - 2;
      },
      followers: () => 0,
    },
    jobs: fakeJobs(() => unlessAway("redis")),
    numbers: fakeNumbers(messages, () => unlessAway("library")),
    reports: fakeReports(reports),
    exports: fakeExports(),
    checkpoints: fakeCheckpoints(checkpoints),
    domains: async () => Object.keys(STANDARD_TAXONOMY.domains),
    ...{ settings, alerts: settings.alerts },
    ...{ ...fakeKeeping(), ...fakeWork(() => unlessAway("redis")) },
    ...{ bus: async () => null, stores: async () => ({ redis: null, postgres: null }) },
    notFound: async () => [{ source: "claude-code", path: "/home/ada/.claude/projects" }],
    processes: async () => [
      { name: "api", pid: 1, state: "running", restarts: 2, since: "2026-01-01T00:00:00.000Z" },
    ],
    sealing: { seal: (text) => text, unseal: (sealed) => sealed, sha256 },
    pages: { page: async () => FAKE_PAGE, asset: async () => null },
    keys: {
      hasAny: async () => keys.size > 0,
      keyOf: async (token) => keys.get(token) ?? null,
    },
    audit: { note: (entry) => void looks.push(entry) },
    log: {
      ...{ info: () => {}, warn: () => {} },
      error: (event, facts) => void logged.push({ event, facts: facts ?? {} }),
    },
    now: () => new Date("2026-01-01T00:00:05.000Z"),
    newId: () => `new-${handed.length}`,
    sha256,
    stopping: new AbortController().signal,
  };
  return {
    ports,
    handed,
    ...{ sessions, settings },
    away,
    known,
    events,
    followed,
    keys,
    looks,
    logged,
    reports,
    checkpoints,
  };
}

const AWAY = {
  intake: new VerbatimError("ingest_unreachable", "the recorder is away"),
  library: new VerbatimError("postgres_unreachable", "Postgres does not answer"),
  redis: new VerbatimError("redis_unreachable", "Redis does not answer"),
  journal: new VerbatimError("journal_failed", "the journal cannot be read"),
} as const;

function receiptOf(one: Offered, handed: Offered[]): Receipt {
  const before = handed.findIndex(
    (other) => one.once && other.source === one.source && other.key === one.key,
  );
  if (before === -1) return { status: "created", seq: handed.push(one) };
  const same = Buffer.from(handed[before]?.raw ?? []).equals(one.raw);
  return { status: same ? "known" : "conflict", seq: before + 1 };
}

function statusOf(count: number): IngestStatus {
  return {
    journal_id: "j",
    heard: count,
    last_heard_at: null,
    segments: 1,
    journal_bytes: 1,
    disk_free_bytes: 1,
    write_failures: 0,
    sources: [],
  };
}

const SESSION: SessionSummary = {
  session_id: "s-1",
  source: "api",
  conversation_id: null,
  title: null,
  project: null,
  first_said_at: "2026-01-01T00:00:00.000Z",
  last_said_at: "2026-01-01T00:00:09.000Z",
  messages: 1,
  user_turns: 1,
  hidden: 0,
  models: [],
  first_seq: 1,
  last_seq: 9,
  cost_micro_usd: 2_500_000,
};

function fakeLibrary(
  messages: readonly EnrichedMessage[],
  knownIds: Fake["known"],
  there: () => Promise<void>,
): Library {
  const count = messages.length;
  const answered = async <Value>(value: Value): Promise<Value> => {
    await there();
    return value;
  };
  return {
    totals: () =>
      answered({
        settled_to: count,
        stored: count,
        aside: 0,
        repeats: 0,
        messages: count,
        said: count,
        sessions: 3,
        indexed_to: count,
        counted_to: count,
        last_heard_at: "2026-01-01T00:00:00.000Z",
      }),
    sessions: () => answered({ rows: [SESSION], next: null }),
    session: (id) => answered(id === SESSION.session_id ? SESSION : null),
    messages: (filter, page) => {
      const rest = messages.filter(
        (one) =>
          one.seq > (page.after?.seq ?? 0) &&
          (filter.session === undefined || one.session_id === filter.session),
      );
      const rows = rest.slice(0, page.limit);
      const last = rows.at(-1);
      const isMore = rest.length > rows.length && last !== undefined;
      return answered({ rows, next: isMore ? { seq: last.seq, sub: 0 } : null });
    },
    search: () =>
      answered({
        rows: messages
          .slice(0, 1)
          .map((message) => ({ message, snippet: { text: message.text, marks: [[0, 7]] } })),
        next: null,
        count: 1,
        count_capped: false,
      }),
    repeats: () => answered([]),
    aside: () =>
      answered({
        rows: [
          { seq: 1, source: "api", key: "k", heard_at: SESSION.first_said_at, why: "?", bytes: 2 },
        ],
        next: null,
      }),
    known: async (_, ids) => {
      await there();
      const asked = [...knownIds].filter(([id]) => ids.includes(id));
      // What the database knows was settled from the journal of the writer.
      return new Map(asked.map(([id, one]) => [id, { ...one, journal_id: "j", settled_to: 0 }]));
    },
  };
}
