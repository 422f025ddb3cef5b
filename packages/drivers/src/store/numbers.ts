/** Reading the numbers. */
import {
  type Counted,
  type EnrichedMessage,
  type Numbers,
  type NumbersFilter,
  type OpenItem,
  openCounter,
  type Secret,
  type TallyRow,
  type Told,
  withoutSecrets,
} from "@verbatim/core";
import type pg from "pg";
import { guarded, openPool } from "./connect.ts";
import { remembering } from "./remembering.ts";
import { MESSAGE_COLUMNS, messageOf } from "./rows.ts";
import { type Answers, atOneMoment } from "./snapshot.ts";

const CONNECTIONS = 2;
/** Messages read at once where they are counted one by one. */
const STEP = 200;
/** So much of an open question is shown. */
const OPEN_CHARS = 300;

/** Opens the numbers. Every method fails with `postgres_unreachable` while Postgres is away. */
export function openNumbers(url: string): Numbers & AsyncDisposable {
  const pool = openPool(url, { max: CONNECTIONS });
  const remembered = remembering(talliesOf);
  return {
    ...answersOf(pool, talliesOf),
    together: (read) =>
      guarded(() =>
        atOneMoment(pool, (client) =>
          read(momentOf(answersOf(client, (_, filter) => remembered(client, filter)))),
        ),
      ),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** The numbers of a moment: whoever reads together within it reads the same. */
function momentOf(answers: Answers): Numbers {
  const numbers: Numbers = { ...answers, together: (read) => read(numbers) };
  return numbers;
}

function answersOf(client: Asking, tallies: typeof talliesOf): Answers {
  return {
    counted: () => guarded(() => countedOf(client)),
    tallies: (filter) =>
      guarded(() =>
        filter.session === undefined
          ? tallies(client, filter)
          : sessionTallies(client, filter.session, filter),
      ),
    sessions: (filter) => guarded(() => sessionsIn(client, filter)),
    open: (filter, limit) => guarded(() => openItems(client, filter, limit)),
    asides: (filter) => guarded(() => asidesIn(client, filter)),
    said: (filter, page) => guarded(() => saidIn(client, filter, page)),
  };
}

/** Whoever may be asked. */
export type Asking = pg.Pool | pg.PoolClient;

/** How far the numbers reach. */
export async function countedOf(client: Asking): Promise<Counted> {
  const found = await client.query(
    "SELECT counted_to, settled_to, taxonomy FROM verbatim.cursors WHERE name = 'deep'",
  );
  return found.rows[0] ?? { counted_to: 0, settled_to: 0, taxonomy: "" };
}

async function talliesOf(client: Asking, filter: NumbersFilter): Promise<readonly TallyRow[]> {
  const found = await client.query(
    `SELECT hour, project, speaker, tally FROM verbatim.tallies
     WHERE ($1::timestamptz IS NULL OR hour >= date_trunc('hour', $1::timestamptz)) AND ($2::timestamptz IS NULL OR hour < $2)
       AND ($3::text IS NULL OR project = $3) AND ($4::text IS NULL OR speaker = $4)
     ORDER BY hour, project, speaker`,
    [filter.since ?? null, filter.until ?? null, filter.project ?? null, filter.speaker ?? null],
  );
  return found.rows;
}

/** A session is small: its messages are counted on the spot. */
async function sessionTallies(
  client: Asking,
  session: string,
  filter: NumbersFilter,
): Promise<readonly TallyRow[]> {
  const counter = openCounter();
  for await (const told of messagesIn(client, "m.session_id = $3", [session])) counter.add(told);
  const since = filter.since === undefined ? "" : `${filter.since.slice(0, 13)}:00:00.000Z`;
  return counter
    .rows()
    .filter(
      ({ hour, project, speaker }) =>
        hour >= since &&
        (filter.until === undefined || hour < filter.until) &&
        (filter.project === undefined || project === filter.project) &&
        (filter.speaker === undefined || speaker === filter.speaker),
    );
}

/** Messages in the order of the journal, each with whether its words are new; $1 and $2 are the place to go on after. */
export async function* messagesIn(
  client: Asking,
  where: string,
  values: readonly unknown[],
): AsyncGenerator<readonly Told[]> {
  const columns = MESSAGE_COLUMNS.split(", ").map((name) => `m.${name}`);
  for (let at = { seq: -1, sub: 0 }; ; ) {
    const found = await client.query(
      `SELECT ${columns.join(", ")}, (s.seq = m.seq AND s.sub = m.sub) IS TRUE AS is_first,
         (c.seq <> m.seq OR c.sub <> m.sub) IS TRUE AS is_call_known
       FROM verbatim.messages m
       LEFT JOIN verbatim.said s ON s.uid = left(m.enrichment ->> 'normal_hash', 32)::uuid
       LEFT JOIN verbatim.said c ON jsonb_typeof(m.usage -> 'call_id') = 'string'
         AND c.uid = left(encode(sha256(convert_to('call ' || m.source || ' ' || (m.usage ->> 'call_id'), 'UTF8')), 'hex'), 32)::uuid
       WHERE (m.seq, m.sub) > ($1, $2) AND ${where} ORDER BY m.seq, m.sub LIMIT ${STEP}`,
      [at.seq, at.sub, ...values],
    );
    const told = found.rows.map(({ is_first, is_call_known, ...row }) => ({
      message: messageOf(row),
      isFirst: is_first === true,
      isCallKnown: is_call_known === true,
    }));
    yield told;
    const last = told.at(-1)?.message;
    if (last === undefined || told.length < STEP) return;
    at = { seq: last.seq, sub: last.sub };
  }
}

async function sessionsIn(client: Asking, filter: NumbersFilter): Promise<number> {
  const found = await client.query(
    `SELECT count(*) AS n FROM verbatim.sessions s
     WHERE s.messages > 0 AND ($1::timestamptz IS NULL OR s.last_said_at >= $1) AND ($2::timestamptz IS NULL OR s.first_said_at < $2)
       AND ($3::text IS NULL OR s.project = $3) AND ($4::text IS NULL OR s.session_id = $4)
       AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM verbatim.threads t WHERE t.session_id = s.session_id AND t.thread -> 'speakers' ? $5))`,
    [
      filter.since ?? null,
      filter.until ?? null,
      filter.project ?? null,
      filter.session ?? null,
      filter.speaker ?? null,
    ],
  );
  return found.rows[0]?.n ?? 0;
}

async function openItems(
  client: Asking,
  filter: NumbersFilter,
  limit: number,
): Promise<readonly OpenItem[]> {
  const found = await client.query(
    `WITH items AS (
       SELECT t.session_id, o.* FROM verbatim.threads t,
         jsonb_to_recordset(t.thread -> 'open') AS o(kind text, seq int8, sub int2, speaker text, said_at text)
       WHERE t.open > 0 AND ($1::text IS NULL OR t.session_id = $1) AND ($2::text IS NULL OR t.thread ->> 'project' = $2)
         AND ($3::text IS NULL OR o.speaker = $3) AND ($4::text IS NULL OR o.said_at < $4)
         AND ($5::text IS NULL OR o.said_at >= $5)
       ORDER BY o.seq DESC, o.sub DESC LIMIT $6)
     SELECT i.kind, i.seq, i.sub, i.speaker, i.said_at, i.session_id, left(m.text, ${OPEN_CHARS}) AS text, m.enrichment -> 'secrets' AS secrets
     FROM items i JOIN verbatim.messages m ON m.seq = i.seq AND m.sub = i.sub AND NOT m.hidden ORDER BY i.seq DESC, i.sub DESC`,
    [
      filter.session ?? null,
      filter.project ?? null,
      filter.speaker ?? null,
      filter.until ?? null,
      filter.since ?? null,
      limit,
    ],
  );
  return found.rows.map(({ secrets, ...item }) => ({ ...item, text: shown(item.text, secrets) }));
}

/** Reports are kept and sent around: no secret goes with them. */
function shown(text: string, secrets: readonly Secret[] | null): string {
  const within = (secrets ?? []).filter(({ start }) => start < text.length);
  return withoutSecrets(text, within, text.length);
}

async function asidesIn(client: Asking, filter: NumbersFilter): Promise<number> {
  const found = await client.query(
    `SELECT count(*) AS n FROM verbatim.asides
     WHERE NOT partial AND ($1::timestamptz IS NULL OR heard_at >= $1) AND ($2::timestamptz IS NULL OR heard_at < $2)`,
    [filter.since ?? null, filter.until ?? null],
  );
  return found.rows[0]?.n ?? 0;
}

async function saidIn(
  client: Asking,
  filter: NumbersFilter,
  page: Parameters<Numbers["said"]>[1],
): Promise<readonly EnrichedMessage[]> {
  const found = await client.query(
    `SELECT ${MESSAGE_COLUMNS} FROM verbatim.messages
     WHERE (seq, sub) > ($1, $2) AND kind = 'message' AND NOT hidden AND role NOT IN ('tool', 'system')
       AND ($3::text IS NULL OR session_id = $3) AND ($4::timestamptz IS NULL OR said_at >= $4) AND ($5::timestamptz IS NULL OR said_at < $5)
       AND ($6::text IS NULL OR author_name = $6) AND ($7::text IS NULL OR meta ->> 'cwd' = $7)
     ORDER BY seq, sub LIMIT $8`,
    [
      page.after?.seq ?? -1,
      page.after?.sub ?? 0,
      filter.session ?? null,
      filter.since ?? null,
      filter.until ?? null,
      filter.speaker ?? null,
      filter.project ?? null,
      page.limit,
    ],
  );
  return found.rows.map(messageOf);
}
