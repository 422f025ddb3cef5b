/** A deep store with events of sessions in it, and all its tables to look at; for tests of what is hidden. */
import { createHash } from "node:crypto";
import { makeSettle, type Settled } from "@verbatim/core";
import type { EventFields, EventName } from "@verbatim/core/sessions";
import { aHappened, anEventEntry } from "@verbatim/core/testing";
import { Client } from "pg";
import { checkNumbers } from "../src/store/check-numbers.ts";
import { openDeepStore } from "../src/store/deep.ts";
import { openLibrary } from "../src/store/library.ts";
import { testDatabaseUrl } from "./services.ts";

const settle = makeSettle({
  sha256: (data) => createHash("sha256").update(data).digest("hex"),
});

const TABLES = [
  ...["messages", "repeats", "sessions", "tallies", "threads", "past_enrichments"],
  ...[
    "search_tail",
    "search_postings",
    "session_events",
    "session_heads",
    "session_members",
    "citations",
    "snapshots",
  ],
];

type Rows = Readonly<Record<string, readonly string[]>>;

/** A store of its own. */
export type HidingWorld = AsyncDisposable & {
  readonly url: string;
  readonly deep: ReturnType<typeof openDeepStore>;
  readonly library: ReturnType<typeof openLibrary>;
  /** Empties it. */
  anew(): Promise<void>;
  /** Every row of every table as text, but for the journal's bytes. */
  everything(): Promise<Rows>;
  tablesWith(word: string): Promise<readonly string[]>;
  /** Fills the index. */
  index(): Promise<void>;
  found(words: string): Promise<readonly number[]>;
  /** What counting again says of the numbers. */
  problems(): Promise<readonly string[]>;
};

/** Opens one on a fresh database. */
export async function hidingWorld(): Promise<HidingWorld> {
  const url = await testDatabaseUrl();
  const deep = openDeepStore(url);
  const library = openLibrary(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  const everything = async (): Promise<Rows> => {
    const all: Record<string, readonly string[]> = {};
    for (const table of TABLES) {
      const { rows } = await client.query(
        `SELECT (to_jsonb(t) - 'raw')::text AS row FROM verbatim.${table} t`,
      );
      all[table] = rows.map(({ row }) => String(row)).toSorted();
    }
    return all;
  };
  return {
    url,
    deep,
    library,
    everything,
    anew: async () => {
      await deep.clear();
      await deep.claim("journal-1");
    },
    tablesWith: async (word) =>
      Object.entries(await everything())
        .filter(([, rows]) => rows.some((row) => row.includes(word)))
        .map(([name]) => name),
    index: async () => {
      while ((await deep.indexSome()) > 0);
    },
    found: async (words) =>
      (await library.search(words, {}, { limit: 9 })).rows.map(({ message }) => message.seq),
    problems: async () => (await checkNumbers(url, () => undefined)).problems,
    [Symbol.asyncDispose]: async () => {
      await client.end();
      for (const one of [deep, library]) await one[Symbol.asyncDispose]();
    },
  };
}

type Over = Parameters<typeof aHappened>[3];

/** Event `seq` of session s-1 of ada, settled. */
export function event<Name extends EventName>(
  seq: number,
  name: Name,
  fields: EventFields[Name],
  over: Over = {},
): Settled {
  return settle(anEventEntry(aHappened(seq, name, fields, over)));
}

/** Somebody says something. */
export const says = (seq: number, message_id: string, content: string, over: Over = {}): Settled =>
  event(seq, "message_said", { message_id, role: "user", content }, over);
/** And takes it back. */
export const deletes = (seq: number, message_id: string, over: Over = {}): Settled =>
  event(seq, "message_deleted", { message_id }, over);
