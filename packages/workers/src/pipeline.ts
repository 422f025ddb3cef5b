/**
 * journal → settle → store.
 *
 * The whole of a consumer: where it stands, read what follows, think, write. The
 * hot store and the deep store run the same loop, each with its own cursor that
 * lies beside its effect, so dying anywhere in it costs doing a stretch again.
 *
 *   W1  A store that is away is waited for; nothing is skipped and nothing is
 *       set aside because of it.
 *   W2  An entry that a store will not take is found by halving, set aside with
 *       the store's own reason, and holds up nothing else.
 */
import {
  failureOf,
  type Log,
  type Settled,
  type SettledReader,
  STRETCH_BYTES_MAX,
  STRETCH_ENTRIES_MAX,
  type Taken,
  VerbatimError,
} from "@verbatim/core";

/** A store that is made from the journal. */
export interface Consumer {
  readonly name: string;
  /** Everything up to this seq is in it. */
  cursor(): Promise<number>;
  /** The newest entry it remembers; null when there is none. */
  newest(): Promise<Taken | null>;
  /** Takes what follows the cursor, all or nothing. */
  take(stretch: readonly Settled[]): Promise<void>;
}

export type Ports = {
  readonly settled: SettledReader;
  readonly log: Log;
};

/** Brings a store up to `upTo`. Ends early on the signal; throws what says "later". */
export async function catchUp(
  consumer: Consumer,
  ports: Ports,
  upTo: number,
  signal: AbortSignal,
): Promise<number> {
  let at = await consumer.cursor();
  while (at < upTo && !signal.aborted) {
    const settled = await ports.settled.read({
      from: at + 1,
      to: upTo,
      entries: STRETCH_ENTRIES_MAX,
      bytes: STRETCH_BYTES_MAX,
    });
    const last = settled.at(-1)?.entry;
    if (last === undefined) break;
    await takeAll(consumer, withLost(settled, at), ports.log);
    at = last.seq;
  }
  return at;
}

/** Seqs that were lost with accepted damage leave a hole; the stretch then says so in their place. */
function withLost(settled: readonly Settled[], before: number): readonly Settled[] {
  const whole: Settled[] = [];
  let expected = before + 1;
  for (const one of settled) {
    for (; expected < one.entry.seq; expected += 1) whole.push(lost(expected, one.entry));
    whole.push(one);
    expected = one.entry.seq + 1;
  }
  return whole;
}

function lost(seq: number, next: Settled["entry"]): Settled {
  const entry = {
    seq,
    at: next.at,
    source: "verbatim",
    key: `lost/${seq}`,
    raw: new Uint8Array(0),
  };
  return { entry, messages: [], aside: "lost: its bytes in the journal were damaged" };
}

/** Takes a stretch; one that is refused for what is in it is halved until the culprit is alone (W2). */
async function takeAll(consumer: Consumer, stretch: readonly Settled[], log: Log): Promise<void> {
  try {
    await consumer.take(stretch);
  } catch (error) {
    const [only] = stretch;
    if (isForLater(error) || only === undefined) throw error;
    if (stretch.length === 1) {
      const why = `${consumer.name} would not take it: ${error instanceof Error ? error.message : String(error)}`;
      if (only.messages.length === 0) throw error;
      log.warn("entry_set_aside", { store: consumer.name, seq: only.entry.seq, why });
      await consumer.take([{ entry: only.entry, messages: [], aside: why }]);
      return;
    }
    const middle = stretch.length >> 1;
    await takeAll(consumer, stretch.slice(0, middle), log);
    await takeAll(consumer, stretch.slice(middle), log);
  }
}

/** Away, or moved on by somebody else: then the same stretch is right again later, or was never needed (W1). */
export function isForLater(error: unknown): boolean {
  if (!(error instanceof VerbatimError)) return false;
  return error.code === "conflict" || failureOf(error.code).retry === "later";
}
