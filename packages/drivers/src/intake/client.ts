/**
 * Handing records to the writer of the journal from another process.
 *
 * Runs on Bun and on Node 20. Connects when it is first used, and again when
 * the writer was away. It never waits for a writer that is not there: what had
 * no receipt when the connection ended fails with `ingest_unreachable`, and may
 * or may not be in the journal; offered `once` it can be handed again.
 */
import { connect, type Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import {
  decodeAnswers,
  encodeControl,
  encodeOffered,
  type FromServer,
  heardOf,
  type Intake,
  type Offered,
  openDecoder,
  PENDING_BYTES_MAX,
  type Receipt,
  refusalOf,
  replyOf,
  rotatedOf,
  statusOf,
  VerbatimError,
} from "@verbatim/core";
import { shortFolder } from "../process/short-folder.ts";

/** A writer that answers nothing for so long is taken for gone: no disk of ours stalls longer and recovers. */
const ANSWER_MS = 30_000;

/** Records collected for one write. */
const WRITE_BYTES_MAX: number = 1024 * 1024;

/** Opens the way to the writer that listens on this socket. Nothing is connected before the first call. */
export function openIntake(path: string): Intake {
  let line: Promise<Line> | null = null;
  let closed = false;

  async function ready(): Promise<Line> {
    if (closed) throw away("the intake was closed");
    line ??= openLine(addressOf(path), () => {
      line = null;
    });
    return await line;
  }

  return {
    hand: async (batch) => {
      const refused = batch.map(refusalOf);
      const sent = batch.filter((_, index) => refused[index] === null);
      const receipts = sent.length === 0 ? [] : await (await ready()).offer(sent);
      let next = 0;
      return refused.map((one) => one ?? receipts[next++] ?? lost());
    },
    heard: async () => heardOf(await (await ready()).ask({ op: "heard" })),
    status: async () => statusOf(await (await ready()).ask({ op: "status" })),
    rotate: async () => rotatedOf(await (await ready()).ask({ op: "rotate" })),
    erased: async (from, to) => {
      replyOf(await (await ready()).ask({ op: "erased", from, to }));
    },
    close: async () => {
      closed = true;
      const open = await line?.catch(() => null);
      open?.end();
    },
  };
}

/** One connection. */
type Line = {
  offer(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  ask(control: object): Promise<unknown>;
  end(): void;
};

type Waiting = {
  readonly count: number;
  readonly receipts: Receipt[];
  readonly done: PromiseWithResolvers<readonly Receipt[]>;
  readonly since: number;
};

type Question = PromiseWithResolvers<unknown> & { readonly since: number };

async function openLine(address: string, ended: () => void): Promise<Line> {
  const batches: Waiting[] = [];
  const asked = new Map<number, Question>();
  let asks = 0;
  let goodbye: string | null = null;
  const socket = connect(address);
  const isWaited = (): boolean => batches.length > 0 || asked.size > 0;

  const fail = (why: string): void => {
    ended();
    clearInterval(watch);
    socket.destroy();
    const error = away(goodbye ?? why);
    for (const one of batches.splice(0)) one.done.reject(error);
    for (const one of asked.values()) one.reject(error);
    asked.clear();
  };
  const take = (answer: FromServer): void => {
    if (answer.kind === "goodbye") goodbye = answer.why;
    if (answer.kind === "receipts") deal(batches, answer.receipts);
    if (answer.kind !== "reply") return;
    asked.get(answer.id)?.resolve(answer.value);
    asked.delete(answer.id);
  };
  const decoder = openDecoder();
  socket.on("data", (bytes: Uint8Array) => {
    const frames = decoder.push(bytes);
    const answers = frames.ok ? decodeAnswers(frames.value) : frames;
    if (answers.ok) for (const answer of answers.value) take(answer);
    else fail(`it answered ${answers.why}`);
  });
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => fail("the connection ended"));
  const watch = watchOver(
    () => [batches[0], asked.values().next().value],
    () => fail(`no answer in ${ANSWER_MS / 1000} s`),
  );
  // A line that nobody waits on keeps no process alive.
  const hold = (): void => {
    if (socket.destroyed) return;
    if (isWaited()) socket.ref();
    else socket.unref();
  };

  async function waited<Value>(done: PromiseWithResolvers<Value>): Promise<Value> {
    hold();
    try {
      return await done.promise;
    } finally {
      hold();
    }
  }

  const outbox = openOutbox(socket);
  await connected(socket, address);
  return {
    offer: async (batch) => {
      while (socket.writableLength > PENDING_BYTES_MAX && !socket.destroyed) await drained(socket);
      if (socket.destroyed) throw away("the connection ended");
      const done = Promise.withResolvers<readonly Receipt[]>();
      batches.push({ count: batch.length, receipts: [], done, since: performance.now() });
      outbox.put(batch);
      return await waited(done);
    },
    ask: async (control) => {
      const done = { ...Promise.withResolvers<unknown>(), since: performance.now() };
      asks = (asks + 1) % 0xffffffff;
      asked.set(asks, done);
      outbox.flush();
      socket.write(encodeControl(asks, control));
      return await waited(done);
    },
    end: () => socket.destroy(),
  };
}

/** Looks at what waits longest, because a sender that goes on sending must notice too. Keeps no process alive. */
function watchOver(
  oldest: () => readonly ({ readonly since: number } | undefined)[],
  tooLong: () => void,
): NodeJS.Timeout {
  const watch = setInterval(() => {
    const late = performance.now() - ANSWER_MS;
    if (oldest().some((one) => one !== undefined && one.since < late)) tooLong();
  }, ANSWER_MS / 10);
  watch.unref();
  return watch;
}

/** Records handed in one turn of the event loop go out in one write: a write costs as much as fifty records. */
function openOutbox(socket: Socket): { put(batch: readonly Offered[]): void; flush(): void } {
  let records: Offered[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (records.length > 0 && !socket.destroyed) socket.write(encodeOffered(records));
    records = [];
    bytes = 0;
  };
  return {
    put: (batch) => {
      if (records.length === 0) process.nextTick(flush);
      for (const one of batch) {
        records.push(one);
        bytes += one.raw.length;
      }
      if (bytes > WRITE_BYTES_MAX) flush();
    },
    flush,
  };
}

/** Deals receipts out to the batches that wait for them, in order. */
function deal(batches: Waiting[], receipts: readonly Receipt[]): void {
  for (const receipt of receipts) {
    const [first] = batches;
    if (first === undefined) return;
    first.receipts.push(receipt);
    if (first.receipts.length < first.count) continue;
    batches.shift();
    first.done.resolve(first.receipts);
  }
}

/** Where the socket is reached; somebody else's link to it is not followed. */
function addressOf(path: string): string {
  const name = basename(path);
  const folder = shortFolder(dirname(path), { nameBytes: name.length });
  if (folder === null) throw away(`${path} has no short name of ours`);
  return join(folder, name);
}

async function connected(socket: Socket, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", (error) => reject(away(`${address}: ${error.message}`)));
  });
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });
}

function away(why: string): VerbatimError {
  return new VerbatimError(
    "ingest_unreachable",
    `The writer of the journal does not answer (${why}). Start it: verbatim up`,
  );
}

function lost(): never {
  throw away("it gave fewer receipts than it was given records");
}
