/** Following, over connections that break wherever they like. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Fetch, openCaller } from "./calling.ts";
import { type LiveAsk, type LiveEvent, openLive } from "./live.ts";
import { problemOf } from "./testing/server.ts";

type Connection = {
  readonly lastId: string | null;
  readonly url: string;
  readonly signal: AbortSignal;
};

/** What one connection gives before it breaks; `ends` closes it, `hangs` leaves it open and silent. */
type Script = {
  readonly bytes: readonly Uint8Array[];
  readonly ending: "breaks" | "ends" | "hangs";
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A feed of messages `from`..`to` as the server writes it. */
function feedOf(from: number, to: number): string {
  const events = Array.from({ length: to - from + 1 }, (_, at) => {
    const seq = from + at;
    return `event: message\nid: ${seq}\ndata: {"seq":${seq},"text":"é${seq}"}\n\n`;
  });
  return `retry: 0\nid: ${from - 1}\n: following\n\n${events.join("")}`;
}

function streamOf({ bytes, ending }: Script): ReadableStream<Uint8Array> {
  const rest = [...bytes];
  return new ReadableStream({
    pull: (controller) => {
      const piece = rest.shift();
      if (piece !== undefined) return controller.enqueue(piece);
      if (ending === "ends") return controller.close();
      if (ending === "breaks") return controller.error(new Error("reset"));
      return new Promise<void>(() => {});
    },
  });
}

function follow(
  connect: (connection: Connection, count: number) => Script | Response | Error,
  ask: LiveAsk = {},
): { live: ReturnType<typeof openLive>; connections: Connection[] } {
  const connections: Connection[] = [];
  const fetch: Fetch = async (url, init) => {
    const lastId = new Headers(init.headers).get("last-event-id");
    const connection = { lastId, url, signal: init.signal as AbortSignal };
    const given = connect(connection, connections.push(connection));
    if (given instanceof Error) throw given;
    return given instanceof Response ? given : new Response(streamOf(given));
  };
  const caller = openCaller({ url: "http://verbatim.test", fetch });
  return { live: openLive(caller, { retryWaitMs: 1, ...ask }, () => 0), connections };
}

async function firstOf(
  live: AsyncIterable<LiveEvent>,
  count: number,
): Promise<readonly LiveEvent[]> {
  const found: LiveEvent[] = [];
  for await (const event of live) if (found.push(event) === count) break;
  return found;
}

const seqOf = (event: LiveEvent): number => (event.kind === "message" ? event.message.seq : -1);

test("R13: wherever connections break, everything comes once and in order", async () => {
  const breaks = fc.array(fc.tuple(fc.nat(600), fc.constantFrom("breaks", "ends")), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(breaks, fc.nat(7), async (cuts, width) => {
      const { live } = follow(({ lastId }, count) => {
        const from = Number(lastId ?? 0) + 1;
        const whole = bytesOf(feedOf(from, 12));
        const [length, ending] = cuts[count - 1] ?? [whole.length, "hangs"];
        const given = whole.subarray(0, length);
        const pieces = Math.ceil(given.length / (width + 1));
        const bytes = Array.from({ length: pieces }, (_, at) =>
          given.subarray(at * (width + 1), (at + 1) * (width + 1)),
        );
        return { bytes, ending } as Script;
      });
      const found = await firstOf(live, 12);
      expect(found.map(seqOf)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
      expect(live.place).toBe("12");
    }),
    { numRuns: 60 },
  );
});

test("R13: the place also moves by events that are not shown, and a gap is told", async () => {
  const quiet = `retry: 0\nid: 5\n: following\n\n: ping\nid: 40\n\n`;
  const gap = `event: gap\nid: 60.32767\ndata: {"from":41,"to":60}\n\n`;
  const { live, connections } = follow((_, count) =>
    count === 1
      ? { bytes: [bytesOf(quiet)], ending: "breaks" }
      : { bytes: [bytesOf(gap + feedOf(61, 61))], ending: "hangs" },
  );
  expect(await firstOf(live, 2)).toMatchObject([
    { kind: "gap", from: 41, to: 60, id: "60.32767" },
    { kind: "message", id: "61" },
  ]);
  expect(connections.map(({ lastId }) => lastId)).toEqual([null, "40"]);
});

test("it begins where it is told to, and asks for what it is told to", async () => {
  const { live, connections } = follow(
    () => ({ bytes: [bytesOf(feedOf(8, 8))], ending: "hangs" }),
    {
      after: "7",
      session: "telegram:1 2",
    },
  );
  await firstOf(live, 1);
  expect(connections[0]?.lastId).toBe("7");
  expect(new URL(connections[0]?.url ?? "").searchParams.get("session")).toBe("telegram:1 2");
});

test("a refused connection, a busy server and silence are breaks; it tells them and comes again", async () => {
  const told: string[] = [];
  const busy = problemOf(503);
  const { live } = follow(
    (_, count) => {
      if (count === 1) return new Error("refused");
      if (count === 2) return new Response("{}", { status: busy === "broken" ? 500 : 503 });
      return count === 3
        ? { bytes: [bytesOf("retry: 1\n\n")], ending: "hangs" }
        : { bytes: [bytesOf(feedOf(1, 1))], ending: "hangs" };
    },
    { silentMs: 30, onBreak: (why) => told.push(String(why)) },
  );
  expect((await firstOf(live, 1)).map(seqOf)).toEqual([1]);
  expect(told).toEqual([
    "Error: refused",
    "ApiError: HTTP 503 from something that is not Verbatim",
    "ApiError: nothing came for 30 ms",
  ]);
}, 20_000);

test("a refusal is thrown, not tried again for ever", async () => {
  const problem = { code: "unauthorized", detail: "the key is wrong" };
  const { live, connections } = follow(() => Response.json(problem, { status: 401 }));
  const error = await firstOf(live, 1).catch((why: unknown) => why);
  expect(error).toMatchObject({ code: "unauthorized", status: 401 });
  expect(connections).toHaveLength(1);
});

test("an abort ends it without an error, and closes the connection; so does stopping to listen", async () => {
  const stop = new AbortController();
  const script: Script = { bytes: [bytesOf(feedOf(1, 1))], ending: "hangs" };
  const { live, connections } = follow(() => script, { signal: stop.signal });
  const found: number[] = [];
  for await (const event of live) {
    found.push(seqOf(event));
    stop.abort();
  }
  expect(found).toEqual([1]);
  expect(connections.map(({ signal }) => signal.aborted)).toEqual([true]);
  const other = follow(() => script);
  await firstOf(other.live, 1);
  expect(other.connections.map(({ signal }) => signal.aborted)).toEqual([true]);
});
