/** Events of sessions on their way into Postgres, and lists read back page by page: for the tests of the store. */
import { createHash } from "node:crypto";
import { type DeepStore, makeSettle, type Settled } from "@verbatim/core";
import type { EventFields, EventName, Happened, PagedAsk } from "@verbatim/core/sessions";
import { aHappened, anEntry, anEventEntry } from "@verbatim/core/testing";

export const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");
export const settle: ReturnType<typeof makeSettle> = makeSettle({ sha256 });

/** The entry of an event, settled. */
export const entryOf = (one: Happened): Settled => settle(anEventEntry(one));

/** Saves events in a few stretches, entries of others between them. */
export async function saveIn(deep: DeepStore, events: readonly Happened[]): Promise<void> {
  const from = (await deep.cursor()) + 1;
  const of = new Map(events.map((one) => [one.moment.seq, one]));
  const to = events.at(-1)?.moment.seq ?? 0;
  const all = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => {
    const one = of.get(from + at);
    return one === undefined ? settle(anEntry(from + at)) : entryOf(one);
  });
  const middle = all.length >> 1;
  await deep.save(all.slice(0, middle));
  await deep.save(all.slice(middle));
}

/** Every row of a list, page by page. */
export async function paged<Row>(
  read: (ask: PagedAsk) => Promise<{ rows: readonly Row[]; next_seq: number | null }>,
  limit: number,
  newestFirst = false,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let next: number | null = newestFirst ? Number.MAX_SAFE_INTEGER : -1;
  while (next !== null) {
    const page = await read({
      limit,
      ...(newestFirst ? { before_seq: next } : { after_seq: next }),
    });
    rows.push(...page.rows);
    next = page.next_seq;
  }
  return rows;
}

/** An event of this number; of ada's session s-1 unless told. */
export const heard = <Name extends EventName>(
  number: number,
  event: Name,
  fields: EventFields[Name],
  over: { readonly user_id?: string; readonly session_id?: string } = {},
): Happened => aHappened(number, event, fields, over);

/** Words of a user in that session. */
export const said = (number: number, over = {}): Happened =>
  heard(
    number,
    "message_said",
    { message_id: `m-${number}`, role: "user", content: `word ${number}` },
    over,
  );
