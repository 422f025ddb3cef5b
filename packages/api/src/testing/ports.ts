/** Ports of an API without servers: a list of messages, an intake that remembers what it was handed. */
import { createHash } from "node:crypto";
import type { EnrichedMessage, LiveEvent, Offered, Receipt } from "@verbatim/core";
import { makeSettle, VerbatimError } from "@verbatim/core";
import { anEntry } from "@verbatim/core/testing";
import type { ApiPorts } from "../ports.ts";

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

export type Fake = {
  readonly ports: ApiPorts;
  readonly handed: Offered[];
  /** What is away fails with this. */
  readonly away: { intake: boolean; library: boolean };
};

/** Ports over messages 1 to `count`. */
export function fakePorts(count = 30): Fake {
  const settle = makeSettle({ sha256 });
  const messages: EnrichedMessage[] = Array.from(
    { length: count },
    (_, one) => settle(anEntry(one + 1)).messages,
  ).flat();
  const handed: Offered[] = [];
  const away = { intake: false, library: false };
  const library = <Value>(value: () => Value): Promise<Value> =>
    away.library
      ? Promise.reject(new VerbatimError("postgres_unreachable", "Postgres does not answer"))
      : Promise.resolve(value());
  const hand = async (batch: readonly Offered[]): Promise<readonly Receipt[]> => {
    if (away.intake) throw new VerbatimError("ingest_unreachable", "the recorder is away");
    return batch.map((one): Receipt => {
      const before = handed.findIndex((other) => one.once && other.key === one.key);
      if (before === -1) return { status: "created", seq: handed.push(one) };
      const same = Buffer.from(handed[before]?.raw ?? []).equals(one.raw);
      return { status: same ? "known" : "conflict", seq: before + 1 };
    });
  };
  const totals = {
    settled_to: count,
    stored: count,
    aside: 0,
    repeats: 0,
    messages: count,
    sessions: 3,
    indexed_to: count,
    last_heard_at: "2026-01-01T00:00:00.000Z",
  };
  const status = {
    journal_id: "j",
    heard: count,
    last_heard_at: null,
    segments: 1,
    journal_bytes: 1,
    disk_free_bytes: 1,
    write_failures: 0,
    sources: [],
  };
  const ports: ApiPorts = {
    library: {
      totals: () => library(() => totals),
      sessions: () => library(() => ({ rows: [], next: null })),
      session: (id) =>
        library(() =>
          id === "s-1"
            ? {
                session_id: "s-1",
                source: "api",
                conversation_id: null,
                title: null,
                project: null,
                first_said_at: "",
                last_said_at: "",
                messages: 1,
                user_turns: 1,
                models: [],
                first_seq: 1,
                last_seq: 9,
              }
            : null,
        ),
      messages: (filter, page) =>
        library(() => {
          const rest = messages.filter(
            (one) =>
              one.seq > (page.after?.seq ?? 0) &&
              (filter.session === undefined || one.session_id === filter.session),
          );
          const rows = rest.slice(0, page.limit);
          const last = rows.at(-1);
          return {
            rows,
            next:
              rest.length > rows.length && last !== undefined ? { seq: last.seq, sub: 0 } : null,
          };
        }),
      search: () => library(() => ({ rows: [], next: null, count: 0, count_capped: false })),
      aside: () => library(() => ({ rows: [], next: null })),
      known: () => library(() => new Map()),
    },
    intake: {
      hand,
      status: async () => {
        if (away.intake) throw new VerbatimError("ingest_unreachable", "the recorder is away");
        return status;
      },
      rotate: async () => null,
      close: async () => {},
    },
    live: {
      follow: async function* (after): AsyncGenerator<LiveEvent> {
        for (const message of messages) if (message.seq > after) yield { kind: "message", message };
      },
      head: async () => count - 2,
      followers: () => 0,
    },
    jobs: {
      counts: async () => [],
      list: async () => [],
      show: async () => null,
      retry: async () => {
        throw new VerbatimError("not_found", "no such job");
      },
      addImport: async () => "7",
    },
    processes: async () => [],
    stores: async () => ({ redis: null, postgres: null }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => new Date("2026-01-01T00:00:05.000Z"),
    newId: () => `new-${handed.length}`,
    sha256,
    stopping: new AbortController().signal,
  };
  return { ports, handed, away };
}
