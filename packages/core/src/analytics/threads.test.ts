import { expect, test } from "bun:test";
import fc from "fast-check";
import type { EnrichedMessage } from "../message/message.ts";
import { aMessage, type MessageOver } from "../testing/memory-numbers.ts";
import { type ThreadOptions, threadsOf, windowsOf } from "./threads.ts";

const by = (name: string): MessageOver => ({ author: { name, role: "agent" } });
const at = (minute: number): string =>
  new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
const tagged = (seq: number, tags: readonly string[], over: MessageOver = {}): EnrichedMessage =>
  aMessage(seq, { ...over, enrichment: { shl_tags: tags, dialogue_acts: [] } });
/** A row of an old log that names no context. */
const row = (seq: number, minute: number, over: MessageOver = {}): EnrichedMessage =>
  aMessage(seq, {
    source: "recorder",
    session_id: "recorder:log.jsonl",
    said_at: at(minute),
    ...over,
  });

const some: fc.Arbitrary<readonly EnrichedMessage[]> = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 300 }),
      place: fc.constantFrom<MessageOver>(
        { session_id: "s" },
        { session_id: "s", meta: { stream: "agent-1" } },
        { session_id: "t" },
        { source: "recorder", session_id: "recorder:log.jsonl" },
        { source: "recorder", session_id: "context-7" },
        { source: "bus", session_id: "ada~boat", receiver: "boat" },
        { source: "bus", session_id: "bus" },
      ),
      name: fc.constantFrom("ada", "bob", "unknown"),
      role: fc.constantFrom("agent" as const, "tool" as const),
      kind: fc.constantFrom("message" as const, "record" as const),
    }),
    { maxLength: 60 },
  )
  .map((rows) =>
    rows.map(({ minute, place, name, role, kind }, seq) =>
      aMessage(seq + 1, { said_at: at(minute), author: { name, role }, kind, ...place }),
    ),
  );

test("N5: every message is in exactly one thread and one window of it, whatever the pauses", () => {
  fc.assert(
    fc.property(
      some,
      fc.integer({ min: 0, max: 90 }),
      fc.integer({ min: 1, max: 90 }),
      (all, gap_minutes, window_minutes) => {
        const expected = all.map(({ seq }) => seq).toSorted((a, b) => a - b);
        const threads = threadsOf(all, { gap_minutes });
        const windows = windowsOf(all, { gap_minutes, window_minutes });
        for (const groups of [threads, windows]) {
          const seqs = groups.flatMap(({ messages }) => messages.map(({ seq }) => seq));
          expect(seqs.toSorted((a, b) => a - b)).toEqual(expected);
          for (const { messages, message_count } of groups)
            expect(messages).toHaveLength(message_count);
        }
        expect(new Set(threads.map(({ thread_id }) => thread_id)).size).toBe(threads.length);
        const ids = new Set(threads.map(({ thread_id }) => thread_id));
        expect(windows.every(({ thread_id }) => ids.has(thread_id))).toBe(true);
      },
    ),
  );
});

test("N5: in whatever order messages come, the threads are the same", () => {
  fc.assert(
    fc.property(some, (all) => {
      expect(threadsOf(all.toReversed())).toEqual(threadsOf(all));
    }),
  );
});

test("messages of one context are one thread, however long the pause; streams are threads of their own", () => {
  const threads = threadsOf([
    aMessage(1, { said_at: at(0) }),
    aMessage(2, { said_at: at(5000) }),
    aMessage(3, { said_at: at(1), meta: { stream: "agent-1" } }),
  ]);
  expect(threads.map(({ thread_id, message_count }) => [thread_id, message_count])).toEqual([
    ["s", 2],
    ["s/agent-1", 1],
  ]);
  expect(threads[0]).toMatchObject({
    duration_seconds: 300_000,
    start_time: at(0),
    end_time: at(5000),
  });
});

test("without a context a pause of more than five minutes divides, or of as many as asked for", () => {
  const rows = [row(1, 0), row(2, 5), row(3, 10.1), row(4, 90)];
  const ids = (options?: ThreadOptions): readonly (readonly number[])[] =>
    threadsOf(rows, options).map(({ messages }) => messages.map(({ seq }) => seq));
  expect(ids()).toEqual([[1, 2], [3], [4]]);
  expect(ids({ gap_minutes: 60 })).toEqual([[1, 2, 3], [4]]);
  expect(threadsOf(rows)[2]?.thread_id).toBe(`recorder:log.jsonl@${at(90)}`);
});

test("two who talk on the bus, a topic and an old log are no context; a named one is", () => {
  const hasPause = (over: MessageOver): boolean =>
    threadsOf([row(1, 0, over), row(2, 60, over)]).length === 2;
  const bus = { source: "bus", author: { name: "ada", role: "agent" } } as const;
  expect(hasPause({ ...bus, session_id: "ada~bob", receiver: "bob" })).toBe(true);
  expect(hasPause({ ...bus, session_id: "boat~ada", receiver: "ada", topic: "boat" })).toBe(false);
  expect(hasPause({ ...bus, session_id: "ada~boat", receiver: "bob", topic: "boat" })).toBe(true);
  expect(hasPause({ ...bus, session_id: "boat", topic: "boat", receiver: "boat" })).toBe(true);
  expect(hasPause({ ...bus, session_id: "bus" })).toBe(true);
  expect(hasPause({ ...bus, session_id: "handshake_test", receiver: "bob" })).toBe(false);
  expect(hasPause({ source: "broker-log", session_id: "ada~boat", topic: "boat" })).toBe(true);
  expect(hasPause({ source: "broker-log", session_id: "ctx", topic: "boat" })).toBe(false);
  expect(hasPause({ source: "claude-code", session_id: "ada" })).toBe(false);
});

test("time decides the order, not the text of the record nor its place in the journal", () => {
  const [thread] = threadsOf([row(1, 4), row(2, 1), row(3, 4), row(4, 2)]);
  expect(thread?.messages.map(({ seq }) => seq)).toEqual([2, 4, 1, 3]);
  expect([thread?.start_time, thread?.end_time]).toEqual([at(1), at(4)]);
});

test("only a filter that is asked for leaves threads out", () => {
  const all = [aMessage(1, { session_id: "a" }), aMessage(2), aMessage(3)];
  expect(threadsOf(all)).toHaveLength(2);
  expect(threadsOf(all, { min_messages: 2 }).map(({ thread_id }) => thread_id)).toEqual(["s"]);
  expect(threadsOf(all, { min_duration_seconds: 60 })).toHaveLength(1);
  expect(threadsOf(all, { min_duration_seconds: 61 })).toHaveLength(0);
});

test("how a thread ends is what was said last and not taken up", () => {
  const ends = (...messages: readonly EnrichedMessage[]): unknown =>
    threadsOf(messages)[0]?.final_status;
  const blocked = tagged(1, ["@Status-Blocked"]);
  const asks = tagged(2, ["@Question-Open"]);
  expect(ends(aMessage(1))).toBe("Ended");
  expect(ends(blocked, aMessage(5))).toBe("Blocked");
  expect(ends(blocked, asks)).toBe("Blocked");
  expect(ends(blocked, tagged(3, ["@Decision-Made"], by("bob")))).toBe("Ended");
  expect(ends(blocked, tagged(3, ["@Status-Ready"], by("bob")))).toBe("Ready");
  expect(ends(tagged(1, ["@Status-Ready"]), blocked)).toBe("Blocked");
  expect(ends(asks)).toBe("Open");
  expect(ends(asks, aMessage(3, by("bob")))).toBe("Ended");
  expect(ends(asks, tagged(3, ["@Status-Ready"]))).toBe("Ready");
  expect(ends(tagged(1, ["@Status-Ready"]), asks)).toBe("Open");
  expect(ends(tagged(1, ["@Status-Ready", "@Question-Open"]))).toBe("Open");
  expect(ends(tagged(1, ["@Status-Blocked"], by("unknown")))).toBe("Ended");
});

test("a change of domain that lasts is said with the first message of it", () => {
  const about = ["a", "b", "a", "unclassified", "b", "unclassified", "b", "b", "b"];
  const messages = about.map((chain_type, seq) =>
    aMessage(seq + 10, { enrichment: { chain_type } }),
  );
  expect(threadsOf(messages)[0]?.context_shifts).toEqual([
    { from_topic: "a", to_topic: "b", seq: 14 },
  ]);
  expect(threadsOf(messages.slice(0, 7))[0]?.context_shifts).toEqual([]);
});

test("who takes part are those who said something, not tools", () => {
  const [thread] = threadsOf([
    aMessage(1, by("bob")),
    aMessage(2, { author: { name: "Bash", role: "tool" } }),
    aMessage(3),
    aMessage(4, by("bob")),
  ]);
  expect(thread?.participants).toEqual(["bob", "ada"]);
  expect(thread?.messages).toContainEqual({ seq: 2, sub: 0, id: "m-2" });
});

test("a window is an hour from its first message, and names its words", () => {
  const words = (...keywords: string[]): MessageOver => ({ enrichment: { keywords } });
  const all = [
    row(1, 0, words("mast", "sail")),
    row(2, 59.9, words("sail")),
    row(3, 60),
    row(4, 119),
  ];
  const windows = windowsOf(all, { gap_minutes: 1000 });
  expect(windows.map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(windows[0]?.keywords).toEqual([
    ["sail", 2],
    ["mast", 1],
  ]);
  expect(windowsOf(all, { gap_minutes: 1000, window_minutes: 300 })).toHaveLength(1);
});
