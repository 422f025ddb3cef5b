/** Stock libzmq clients of Debian's python3-zmq, run as programs of their own. */
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

const CLIENTS = join(import.meta.dir, "bus-clients.py");
/** Debian's own, which has Debian's python3-zmq. */
const PYTHON = "/usr/bin/python3";
const BOUND_MS = 60_000;

export type Line = Readonly<Record<string, unknown>>;

export type PythonClient = {
  /** Its next line; fails when it ends before. */
  line(): Promise<Line>;
  /** All lines to its end; fails when it fails. */
  rest(): Promise<readonly Line[]>;
  go(): void;
};

/** Starts a client that does one deed; see bus-clients.py for what they are. */
export function pythonClient(port: number, deed: Line): PythonClient {
  const ask = JSON.stringify({ port, bound_ms: BOUND_MS, ...deed });
  const child = Bun.spawn([PYTHON, CLIENTS, ask], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = new Response(child.stderr).text();
  const lines = createInterface({ input: Readable.from(textsOf(child.stdout)) })[
    Symbol.asyncIterator
  ]();
  const next = async (): Promise<Line | null> => {
    const { done, value } = await lines.next();
    return done === true ? null : JSON.parse(value);
  };
  return {
    line: async () => {
      const line = await next();
      if (line === null) throw new Error(`the client ended: ${await errors}`);
      return line;
    },
    rest: async () => {
      const all: Line[] = [];
      for (let line = await next(); line !== null; line = await next()) all.push(line);
      if ((await child.exited) !== 0) throw new Error(`the client failed: ${await errors}`);
      return all;
    },
    go: () => {
      child.stdin.write("go\n");
      void child.stdin.end();
    },
  };
}

/** A client from its beginning to its end. */
export async function python(port: number, deed: Line): Promise<readonly Line[]> {
  return await pythonClient(port, deed).rest();
}

async function* textsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) yield decoder.decode(bytes, { stream: true });
}

/** The first of four ports that nobody has. */
export async function freeBusPort(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([0, 1, 2, 3].map((more) => isFree(first + more)));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
