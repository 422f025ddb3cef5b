/**
 * The alarm: a message published on 5555 like anybody's, every minute, and asked
 * for on 5558. What does not come back in time says that the bus is deaf, however
 * well everything else answers. That it also reaches the archive is looked at by
 * whoever reads our status: its id is in it.
 */
import { CANARY_TOPIC, type Canary, type Frames } from "@verbatim/core";

const EVERY_MS = 60_000;
const LISTEN_MS = 10_000;
const CONFIRM_MS = 10_000;
/** While it fails it is tried more often, so that a mended bus is green again soon. */
const FAILED_MS = 5000;

export type CanaryPorts = {
  readonly voice: { publish(frames: Frames, ms: number): Promise<void> };
  readonly asker: { ask(frames: Frames): Promise<void>; answer(ms: number): Promise<Frames> };
  /** How far the record was when it was last looked at: the canary lies behind it. */
  readonly durable: () => number;
  readonly newId: () => string;
  /** The id under which a message is archived. */
  readonly idOf: (message: object) => string;
  readonly now: () => Date;
  /** Waits, or less when it is to stop. */
  readonly wait: (ms: number) => Promise<void>;
  readonly isStopped: () => boolean;
  readonly told: (canary: Canary) => void;
};

/** Sings until it is stopped. */
export async function sing(ports: CanaryPorts): Promise<void> {
  while (!ports.isStopped()) {
    const name = ports.newId();
    const published_at = ports.now().toISOString();
    const message = song(name, published_at);
    const id = ports.idOf(message);
    try {
      const after = ports.durable();
      await ports.voice.publish(
        [bytesOf(CANARY_TOPIC), bytesOf(JSON.stringify(message))],
        LISTEN_MS,
      );
      const seq = await confirmed(ports, name, after);
      ports.told({ id, published_at, seq, problem: null });
      await ports.wait(EVERY_MS);
    } catch (error) {
      if (ports.isStopped()) return;
      const why = error instanceof Error ? error.message : String(error);
      const problem = `a message published on the bus did not come back from the record (${why})`;
      ports.told({ id, published_at, seq: null, problem });
      await ports.wait(FAILED_MS);
    }
  }
}

function song(id: string, at: string): object {
  return {
    message_id: id,
    sender_id: "verbatim",
    timestamp: at,
    content: { message: "canary" },
    metadata: { sender_role: "system" },
  };
}

/** Follows the canary's topic until this one comes by; gives its seq. */
async function confirmed(ports: CanaryPorts, id: string, after: number): Promise<number> {
  const ask = { op: "replay", topic: CANARY_TOPIC, after_seq: after, follow: true };
  await ports.asker.ask([new Uint8Array(0), bytesOf(JSON.stringify(ask))]);
  const until = ports.now().getTime() + CONFIRM_MS;
  for (;;) {
    const left = until - ports.now().getTime();
    if (left <= 0) throw new Error(`not confirmed in ${CONFIRM_MS / 1000} s`);
    const [, body] = await ports.asker.answer(left);
    const said: unknown = JSON.parse(new TextDecoder().decode(body));
    if (!isMine(said, id)) continue;
    await ports.asker.ask([new Uint8Array(0), bytesOf('{"op":"stop"}')]);
    return said.seq;
  }
}

function isMine(said: unknown, id: string): said is { readonly seq: number } {
  if (typeof said !== "object" || said === null || !("seq" in said)) return false;
  return typeof said.seq === "number" && JSON.stringify(said).includes(id);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
