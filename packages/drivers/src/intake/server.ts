/**
 * The writer's end of the intake socket.
 *
 * Every connection is read until too much of it waits for the disk, or it does
 * not read its own receipts; then it is left unread until that has passed, so
 * that a fast sender waits instead of filling our memory. What waits is counted
 * by what it holds: records without a receipt, and the frame that is not whole
 * yet. While nothing else waits that frame is read to its end, however long: a
 * frame has its own bound. A connection that sends what is no frame is told why
 * and closed; a sender that dies in the middle of a frame loses that frame only.
 */
import { chmodSync, unlinkSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import {
  decodeRequests,
  encodeGoodbye,
  encodeReceipts,
  encodeReply,
  type FromClient,
  type Offered,
  openDecoder,
  PENDING_BYTES_MAX,
  type Receipt,
  VerbatimError,
} from "@verbatim/core";
import { makeShortFolder } from "../process/short-folder.ts";

/** Of one connection so many bytes may wait for the disk: enough to fill a commit, small beside the whole. */
const WAITING_BYTES_MAX: number = PENDING_BYTES_MAX / 8;
/** Receipts that a client does not read; it gets no more until it does. */
const UNREAD_BYTES_MAX: number = 1024 * 1024;

/** Who answers. What they throw that is not a VerbatimError ends the connection it came from. */
export type IntakeHandler = {
  offer(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  control(ask: unknown): Promise<unknown>;
  /** Something is wrong with a connection or our answer to it; for the log. */
  failed(why: string): void;
};

/** Listens on the socket, which only our own user may open; a socket left by the dead is replaced. */
export async function serveIntake(path: string, handler: IntakeHandler): Promise<AsyncDisposable> {
  const name = basename(path);
  const address = join(makeShortFolder(dirname(path), { nameBytes: name.length }), name);
  removeSocket(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    serve(socket, handler);
  });
  await listen(server, address);
  chmodSync(path, 0o600);
  return {
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      removeSocket(path);
    },
  };
}

/** Only the journal's one writer listens, so whatever lies here was left by a writer that died. */
function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Nothing was there. What cannot be removed makes listening fail, with its reason.
  }
}

async function listen(server: Server, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Serves one connection until it ends. */
export function serve(socket: Duplex, handler: IntakeHandler): void {
  const decoder = openDecoder();
  let waiting = 0;
  /** Receipts are written in the order of the batches. */
  let last: Promise<void> = Promise.resolve();

  const flow = (): void => {
    const full =
      (waiting > 0 && waiting + decoder.held() > WAITING_BYTES_MAX) ||
      socket.writableLength > UNREAD_BYTES_MAX;
    if (full) socket.pause();
    else if (socket.isPaused()) socket.resume();
  };
  const end = (why: string): void => {
    handler.failed(why);
    socket.end(encodeGoodbye(why));
    socket.pause();
  };
  const offer = (batch: readonly Offered[]): void => {
    const receipts = handler.offer(batch);
    const bytes = batch.reduce((sum, one) => sum + one.key.length + one.raw.length, 0);
    waiting += bytes;
    last = Promise.all([receipts, last])
      .then(([given]) => {
        if (!socket.destroyed) socket.write(encodeReceipts(given));
      })
      .catch((error: unknown) => end(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        waiting -= bytes;
        flow();
      });
  };
  const control = async (ask: Extract<FromClient, { kind: "control" }>): Promise<void> => {
    const reply = encodeReply(ask.id, await answer(handler, ask.ask));
    if (!socket.destroyed) socket.write(reply);
  };

  socket.on("data", (bytes: Uint8Array) => {
    const frames = decoder.push(bytes);
    const requests = frames.ok ? decodeRequests(frames.value) : frames;
    if (!requests.ok) {
      socket.removeAllListeners("data");
      void last.then(() => end(`That is no frame of the intake: ${requests.why}.`));
      return;
    }
    const records = requests.value.flatMap((one) => (one.kind === "record" ? [one.offered] : []));
    if (records.length > 0) offer(records);
    for (const one of requests.value) if (one.kind === "control") void control(one);
    flow();
  });
  socket.on("drain", flow);
  // A client that went away has its records in the journal or sends them again; either is fine.
  socket.on("error", () => socket.destroy());
}

/** Asks the handler; a failure with a name is an answer too. */
async function answer(handler: IntakeHandler, ask: unknown): Promise<unknown> {
  try {
    return { ok: true, value: await handler.control(ask) };
  } catch (error) {
    const code = error instanceof VerbatimError ? error.code : "ingest_unreachable";
    const message = error instanceof Error ? error.message : String(error);
    handler.failed(message);
    return { ok: false, code, message };
  }
}
