/**
 * From the bus into the journal: what was heard is held until the writer of the
 * journal has given a receipt.
 *
 *   B2  What is held is handed again, in its order and with its key, until there
 *       is a receipt: the writer may be killed at any moment, nothing is lost and
 *       nothing is recorded twice.
 *   B3  No more is held than HELD_BYTES_MAX and what one read brought: beyond that `isFull`
 *       says so, and whoever reads sockets stops.
 *
 * What failed may be in the journal all the same, with a lower seq than what came
 * after it. So receipts that come while something has failed are kept until all
 * of it has one, and only then told, in the order of the seqs.
 *
 * A disk that is full is waited for like a writer that is away. What the journal
 * will never take is refused, and counted.
 */
import { failureOf, isFailureCode } from "../errors.ts";
import type { Intake, Offered, Receipt } from "../intake/port.ts";

/** What is held while the writer is away: minutes of a busy bus. */
const HELD_BYTES_MAX: number = 64 * 1024 * 1024;
/** What a held message costs beside its bytes. */
const MESSAGE_BYTES = 256;
const BATCH_BYTES_MAX: number = 1024 * 1024;
const BATCH_MESSAGES_MAX = 2000;
/** Batches on their way at once: while one is synced the next is read. */
const BATCHES_MAX = 4;
/** Reading goes on when so much of what may be held is left of it. */
const ROOM_SHARE = 0.75;
const WAIT_MS_MIN = 50;
const WAIT_MS_MAX = 2000;

/** A message to be recorded. `done` is called once, in the order of the seqs. */
export type ToRecord = Offered & { readonly done: (receipt: Receipt) => void };

type RecorderCounts = {
  /** Messages taken since the start. */
  readonly taken: number;
  /** Those with a receipt: they are in the journal. */
  readonly recorded: number;
  /** Those the journal will never take. */
  readonly refused: number;
  readonly waiting: number;
  readonly waiting_bytes: number;
  /** Why nothing gets on at the moment, or null. */
  readonly problem: string | null;
};

export interface Recorder {
  /** Takes a message at once; it is handed on in the order of the calls. */
  take(message: ToRecord): void;
  isFull(): boolean;
  /** Resolves when there is room again. */
  room(): Promise<void>;
  /** Resolves when nothing waits any more. */
  empty(): Promise<void>;
  /** The highest seq a receipt has named. */
  durable(): number;
  counts(): RecorderCounts;
}

export type RecorderPorts = {
  readonly intake: Pick<Intake, "hand">;
  readonly wait: (ms: number) => Promise<void>;
  readonly heldBytesMax?: number;
};

type State = {
  readonly ports: RecorderPorts;
  /**
   * `going`: what is new is handed. `holding`: something failed, and nothing is
   * handed until all that is on its way has come back: else the order would change.
   * `again`: what failed is handed, and nothing else.
   */
  phase: "going" | "holding" | "again";
  /** Not handed over yet. */
  queue: ToRecord[];
  /** To be handed again, before anything in the queue. */
  again: ToRecord[];
  bytes: number;
  waiting: number;
  batches: number;
  /** What came back from batches that failed, by the place they had. */
  failed: { readonly place: number; readonly messages: readonly ToRecord[] }[];
  /** Receipts that are not told yet. */
  kept: Answered[];
  place: number;
  waitMs: number;
  taken: number;
  recorded: number;
  refused: number;
  durable: number;
  problem: string | null;
  wakes: (() => void)[];
};

type Answered = { readonly message: ToRecord; readonly receipt: Receipt };

/** A recorder that holds nothing yet. */
export function openRecorder(ports: RecorderPorts): Recorder {
  const state: State = {
    ...{ ports, phase: "going", queue: [], again: [], failed: [], kept: [], wakes: [] },
    ...{ bytes: 0, waiting: 0, batches: 0, place: 0, waitMs: 0, problem: null },
    ...{ taken: 0, recorded: 0, refused: 0, durable: 0 },
  };
  const max = ports.heldBytesMax ?? HELD_BYTES_MAX;
  const isFull = (): boolean => state.bytes >= max;
  const until = async (fine: () => boolean): Promise<void> => {
    while (!fine()) await new Promise<void>((resolve) => state.wakes.push(resolve));
  };
  return {
    take: (message) => {
      state.queue.push(message);
      state.taken += 1;
      state.waiting += 1;
      state.bytes += sizeOf(message);
      if (state.queue.length === 1) queueMicrotask(() => send(state));
    },
    isFull,
    // A good part of it, so that those who wait do not come and go with every message.
    room: () => until(() => state.bytes < max * ROOM_SHARE),
    empty: () => until(() => state.waiting === 0),
    durable: () => state.durable,
    counts: () => {
      const { taken, recorded, refused, waiting, bytes, problem } = state;
      return { taken, recorded, refused, waiting, waiting_bytes: bytes, problem };
    },
  };
}

function sizeOf(message: ToRecord): number {
  return message.raw.length + message.key.length + MESSAGE_BYTES;
}

function send(state: State): void {
  while (state.batches < BATCHES_MAX && state.phase !== "holding") {
    const from = state.phase === "again" ? "again" : "queue";
    const batch = cut(state[from]);
    if (batch.length === 0) return;
    // In place: a queue of hundreds of thousands is not copied for every batch.
    state[from].splice(0, batch.length);
    state.batches += 1;
    state.place += 1;
    void handed(state, batch, state.place);
  }
}

function cut(queue: readonly ToRecord[]): readonly ToRecord[] {
  let bytes = 0;
  let count = 0;
  for (const message of queue) {
    bytes += message.raw.length;
    if (count > 0 && (bytes > BATCH_BYTES_MAX || count >= BATCH_MESSAGES_MAX)) break;
    count += 1;
  }
  return queue.slice(0, count);
}

async function handed(state: State, batch: readonly ToRecord[], place: number): Promise<void> {
  try {
    const receipts = await state.ports.intake.hand(batch);
    const again = batch.filter((message, at) => !isAnswered(state, message, receipts[at]));
    if (again.length > 0) hold(state, again, place);
    else if (state.phase === "going") state.problem = null;
  } catch (error) {
    state.problem = error instanceof Error ? error.message : String(error);
    hold(state, batch, place);
  }
  state.batches -= 1;
  if (state.phase === "holding" && state.batches === 0) void again(state);
  if (state.phase === "again" && state.batches === 0 && state.again.length === 0) goOn(state);
  send(state);
  for (const wake of state.wakes.splice(0)) wake();
}

/** Whether the receipt is the last word; if so it is told, now or when all that failed has one. */
function isAnswered(state: State, message: ToRecord, receipt: Receipt | undefined): boolean {
  if (receipt === undefined) {
    state.problem = "the writer of the journal gave too few receipts";
    return false;
  }
  if (receipt.status === "refused" && isForLater(receipt.code)) {
    state.problem = receipt.message;
    return false;
  }
  if (state.phase === "going") tell(state, { message, receipt });
  else state.kept.push({ message, receipt });
  return true;
}

function isForLater(code: string): boolean {
  return isFailureCode(code) && failureOf(code).retry === "later";
}

function tell(state: State, { message, receipt }: Answered): void {
  state.waiting -= 1;
  state.bytes -= sizeOf(message);
  if (receipt.status === "refused" || receipt.status === "conflict") state.refused += 1;
  else {
    state.recorded += 1;
    state.durable = Math.max(state.durable, receipt.seq);
  }
  message.done(receipt);
}

function hold(state: State, messages: readonly ToRecord[], place: number): void {
  state.phase = "holding";
  state.failed.push({ place, messages });
}

/** After a pause, everything that failed is handed in its order; by its key, because some of it may be in the journal. */
async function again(state: State): Promise<void> {
  state.waitMs = Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, state.waitMs * 2));
  await state.ports.wait(state.waitMs);
  const failed = state.failed.toSorted((a, b) => a.place - b.place);
  const more = failed.flatMap((one) => one.messages.map((message) => ({ ...message, once: true })));
  state.failed = [];
  // Some of what failed before may not have had its turn.
  state.again = [...more, ...state.again];
  state.phase = "again";
  send(state);
}

/** All that failed has a receipt. */
function goOn(state: State): void {
  const kept = state.kept.toSorted((a, b) => seqOf(a) - seqOf(b));
  state.kept = [];
  state.phase = "going";
  state.waitMs = 0;
  state.problem = null;
  for (const one of kept) tell(state, one);
}

function seqOf({ receipt }: Answered): number {
  return receipt.status === "refused" ? 0 : receipt.seq;
}
