/**
 * Writers of acknowledged 200-byte messages to a rival of the bus, in a process of
 * their own: `bus-writer.ts redis|nats ADDRESS CONNECTIONS WINDOW COUNT`. Each
 * connection keeps WINDOW messages on their way. Prints one JSON line.
 *
 * Both are spoken to in their own protocol, without a client library between: the
 * leanest rivals there are.
 */
import { connect, type Socket } from "node:net";

const CRLF = "\r\n";
const STREAM = "bench";
const [side = "redis", address = "", connections = "1", window = "64", count = "1000"] =
  process.argv.slice(2);
const body = JSON.stringify({ sender_id: "ada", content: "x".repeat(166) });

const latencies: number[] = [];

/** Sends one message; resolves when it is acknowledged. */
type Send = () => Promise<void>;

type Wire = {
  /** Called with each line that comes back. */
  onLine: (line: string) => void;
  write(text: string): void;
};

async function wireTo(where: string): Promise<Wire> {
  const [host = "", port = ""] = where.split(":");
  const socket: Socket = port === "" ? connect(where) : connect(Number(port), host);
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", reject);
  });
  let rest = "";
  let waiting = "";
  const wire: Wire = {
    onLine: () => {},
    write: (text) => {
      if (waiting === "") setImmediate(flush);
      waiting += text;
    },
  };
  // What is sent in one turn goes out in one write, as the libraries do.
  function flush(): void {
    socket.write(waiting, "latin1");
    waiting = "";
  }
  socket.on("data", (bytes: Buffer) => {
    const lines = (rest + bytes.toString("latin1")).split(CRLF);
    rest = lines.pop() ?? "";
    for (const line of lines) wire.onLine(line);
  });
  return wire;
}

async function redisAt(where: string): Promise<Send> {
  const wire = await wireTo(where);
  const waiting: (() => void)[] = [];
  const fields = ["XADD", STREAM, "*", "d", body];
  const command = [`*${fields.length}`, ...fields.flatMap((one) => [`$${one.length}`, one]), ""];
  const text = command.join(CRLF);
  wire.onLine = (line) => {
    if (line.startsWith("-")) throw new Error(`Redis refused: ${line}`);
    // An answer is its length and the entry's id, a line each.
    if (!line.startsWith("$")) waiting.shift()?.();
  };
  return async () => {
    const acknowledged = Promise.withResolvers<void>();
    waiting.push(acknowledged.resolve);
    wire.write(text);
    await acknowledged.promise;
  };
}

/** JetStream: a publish with an inbox to answer to; the answer says where it lies in the stream. */
async function natsAt(where: string): Promise<Send> {
  const wire = await wireTo(where);
  const inbox = `_INBOX.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const waiting = new Map<string, () => void>();
  let asked = 0;
  let answering = "";
  wire.onLine = (line) => {
    if (line === "PING") wire.write(`PONG${CRLF}`);
    else if (line.startsWith("-ERR")) throw new Error(`NATS refused: ${line}`);
    else if (line.startsWith("MSG ")) answering = line.split(" ")[1] ?? "";
    else if (line.startsWith("{")) {
      if (line.includes('"error"')) throw new Error(`JetStream refused: ${line}`);
      waiting.get(answering)?.();
      waiting.delete(answering);
    }
  };
  const ask = async (subject: string, said: string): Promise<void> => {
    asked += 1;
    const answer = `${inbox}.${asked}`;
    const acknowledged = Promise.withResolvers<void>();
    waiting.set(answer, acknowledged.resolve);
    wire.write(`PUB ${subject} ${answer} ${said.length}${CRLF}${said}${CRLF}`);
    await acknowledged.promise;
  };
  wire.write(`CONNECT {"verbose":false,"pedantic":false}${CRLF}SUB ${inbox}.* 1${CRLF}`);
  const stream = { name: STREAM, subjects: [STREAM], storage: "file", retention: "limits" };
  await ask(`$JS.API.STREAM.CREATE.${STREAM}`, JSON.stringify(stream));
  return () => ask(STREAM, body);
}

async function produce(send: Send, many: number): Promise<void> {
  let left = many;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const at = performance.now();
      await send();
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: Number(window) }, one));
}

const open = side === "redis" ? redisAt : natsAt;
const sends: Send[] = [];
for (let one = 0; one < Number(connections); one += 1) sends.push(await open(address));
const each = Math.floor(Number(count) / sends.length);
// The way is opened and the code warmed before time is taken.
await Promise.all(sends.map((send) => produce(send, Math.ceil(each / 10))));
latencies.length = 0;
const begun = performance.now();
await Promise.all(sends.map((send) => produce(send, each)));
const seconds = (performance.now() - begun) / 1000;
const sorted = latencies.toSorted((a, b) => a - b);
const share = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
const rate = (each * sends.length) / seconds;
process.stdout.write(`${JSON.stringify({ rate, p50: share(0.5), p99: share(0.99) })}\n`);
process.exit(0);
