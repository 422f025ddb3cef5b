/**
 * Producers of durable 1 KB records, in a process of their own:
 * `intake-producer.ts ours|redis SOCKET CONNECTIONS WINDOW COUNT`. Each
 * connection keeps WINDOW records on their way. Prints one JSON line.
 *
 * Redis is spoken to in its own protocol over a unix socket, without a client
 * library between: the leanest rival there is.
 */
import { connect, type Socket } from "node:net";
import { openIntake } from "../packages/drivers/src/intake/index.ts";

const [side = "ours", path = "", connections = "1", window = "1", count = "1000"] =
  process.argv.slice(2);
const body = new Uint8Array(1024).fill(120);

/** Sends one record; resolves when it is safe. */
type Send = (number: number) => Promise<void>;

function oursOn(who: number): Send {
  const intake = openIntake(path);
  return async (number) => {
    const record = { source: "bench", key: `${who}-${number}`, raw: body, once: false };
    const [receipt] = await intake.hand([record]);
    if (receipt?.status !== "created") throw new Error(`not recorded: ${JSON.stringify(receipt)}`);
  };
}

function redisOn(): Send {
  const socket: Socket = connect(path);
  const waiting: (() => void)[] = [];
  const head = Buffer.from("*5\r\n$4\r\nXADD\r\n$1\r\ns\r\n$1\r\n*\r\n$1\r\nd\r\n$1024\r\n");
  const command = Buffer.concat([head, body, Buffer.from("\r\n")]);
  let newlines = 0;
  socket.on("data", (bytes: Buffer) => {
    if (bytes[0] === 45) throw new Error(`Redis refused: ${bytes.toString().slice(0, 100)}`);
    for (const byte of bytes) {
      if (byte !== 10) continue;
      newlines += 1;
      // An answer is its length and the entry's id, a line each.
      if (newlines % 2 === 0) waiting.shift()?.();
    }
  });
  return async () => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      socket.write(command);
    });
  };
}

async function produce(send: Send, from: number, latencies: Float64Array): Promise<void> {
  const each = latencies.length / Number(connections);
  let next = from * each;
  const end = next + each;
  const one = async (): Promise<void> => {
    for (let number = next++; number < end; number = next++) {
      const begun = performance.now();
      await send(number);
      latencies[number] = performance.now() - begun;
    }
  };
  await Promise.all(Array.from({ length: Number(window) }, one));
}

const sends = Array.from({ length: Number(connections) }, (_, who) =>
  side === "ours" ? oursOn(who) : redisOn(),
);
// The way is opened and the code warmed before time is taken.
const warm = new Float64Array(Number(connections) * Number(window) * 4);
await Promise.all(sends.map((send, who) => produce(send, who, warm)));
const total = Number(count) - (Number(count) % Number(connections));
const latencies = new Float64Array(total);
const begun = performance.now();
await Promise.all(sends.map((send, who) => produce(send, who, latencies)));
const seconds = (performance.now() - begun) / 1000;
latencies.sort();
const at = (share: number): number => latencies[Math.floor((total - 1) * share)] ?? 0;
process.stdout.write(`${JSON.stringify({ rate: total / seconds, p50: at(0.5), p99: at(0.99) })}\n`);
process.exit(0);
