/** Chats of the AI SDK through a record like the server's: ids taken once, read newest first, fields in another order. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type ChatStore, chatStore, type UiMessage } from "./ai-sdk.ts";
import { createClient } from "./client.ts";

/** Messages of every kind of part that the SDK's guide names. Our own; the shapes were compared with ai 7.0.173. */
const FULL: readonly UiMessage[] = [
  { id: "m1", role: "system", parts: [{ type: "text", text: "Be kind." }] },
  {
    id: "m2",
    role: "user",
    metadata: { at: 1, tags: ["a"] },
    parts: [
      { type: "text", text: "What is the weather in Zürich? \u{1F327}" },
      {
        type: "file",
        mediaType: "image/png",
        filename: "sky.png",
        url: "data:image/png;base64,AAAA",
      },
    ],
  },
  {
    id: "m3",
    role: "assistant",
    parts: [
      { type: "step-start" },
      { type: "reasoning", text: "Look it up.", state: "done" },
      {
        type: "tool-weather",
        toolCallId: "c1",
        state: "output-available",
        input: { city: "Zürich" },
        output: { c: 7 },
      },
      {
        type: "dynamic-tool",
        toolName: "radar",
        toolCallId: "c2",
        state: "output-error",
        input: {},
        errorText: "away",
      },
      { type: "source-url", sourceId: "s1", url: "https://example.org" },
      { type: "data-chart", id: "d", data: [1, 2, null] },
      { type: "text", text: "Seven degrees.", state: "done" },
    ],
  },
] as readonly UiMessage[];

type Row = { readonly id: string; readonly seq: number; readonly raw: string } & Record<
  string,
  unknown
>;

/** The record, as far as chats need it; `lag` rows are not settled yet. */
function openRecord() {
  const rows: Row[] = [];
  const state = { lag: 0, away: false };
  const take = (item: Record<string, unknown>) => {
    const raw = JSON.stringify(item);
    const before = rows.find(({ id }) => id === item["id"]);
    if (before === undefined) {
      const seq = rows.length + 1;
      rows.push({ ...backwards(item), id: String(item["id"]), seq, raw });
      return { id: item["id"], seq, status: "created" };
    }
    if (before.raw === raw) return { id: before.id, seq: before.seq, status: "known" };
    return {
      id: before.id,
      seq: null,
      status: "error",
      error: { code: "conflict", message: "other body" },
    };
  };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (init.method === "POST")
      return Response.json(
        { receipts: JSON.parse(String(init.body)).messages.map(take) },
        { status: 201 },
      );
    if (state.away)
      return Response.json({ code: "postgres_unreachable", detail: "away" }, { status: 503 });
    const { searchParams, pathname } = new URL(url);
    const session = decodeURIComponent(pathname.split("/")[3] ?? "");
    const from = Number(searchParams.get("cursor") ?? Number.MAX_SAFE_INTEGER);
    const settled = rows.slice(0, rows.length - state.lag);
    const rest = settled
      .filter((row) => row["session_id"] === session && row.seq < from)
      .toReversed();
    const data = rest.slice(0, 2);
    const more = rest.length > data.length;
    return Response.json({
      data,
      next_cursor: more ? String(data.at(-1)?.seq) : null,
      has_more: more,
    });
  };
  return { rows, state, client: createClient({ url: "http://verbatim.test", fetch, retries: 0 }) };
}

/** The same value, its fields the other way round, as a database may give them. */
function backwards<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(backwards) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, backwards(inner)]),
  ) as Value;
}

test("R17: a chat is loaded as it was saved, part for part, also by another process", async () => {
  const { client, rows } = openRecord();
  const store = chatStore(client);
  const id = store.createChat();
  expect(await store.loadChat(id)).toEqual([]);
  await store.saveChat({ chatId: id, messages: FULL });
  expect(await store.loadChat(id)).toEqual([...FULL]);
  const other = chatStore(client);
  expect(await other.loadChat(id)).toEqual([...FULL]);
  await other.saveChat({ id, messages: await other.loadChat(id) });
  expect(rows).toHaveLength(3);
  expect(rows.map((row) => [row["author"], row["parts"]])).toMatchObject([
    [{ name: "system" }, [{ content: "Be kind." }]],
    [
      { name: "user" },
      [{ type: "text" }, { type: "file", name: "sky.png", mime_type: "image/png" }],
    ],
    [
      { name: "assistant" },
      [
        { type: "reasoning" },
        { type: "tool_call", name: "weather", arguments: { city: "Zürich" } },
        { type: "tool_call_response", id: "c1", response: { c: 7 } },
        { type: "tool_call", name: "radar" },
        { type: "tool_call_response", is_error: true, response: "away" },
        { type: "text" },
      ],
    ],
  ]);
});

test("R17: whatever is said, changed and generated again, the chat is the one saved last", async () => {
  const step = fc.record({
    keep: fc.nat(100),
    say: fc.array(fc.string({ unit: "binary", maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    change: fc.boolean(),
    restart: fc.boolean(),
    lag: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const { client, rows, state } = openRecord();
      let store: ChatStore<UiMessage> = chatStore(client);
      let chat: UiMessage[] = [];
      for (const [at, { keep, say, change, restart, lag }] of steps.entries()) {
        const kept = chat.slice(0, keep % (chat.length + 1));
        const last = kept.at(-1);
        if (change && last !== undefined) kept[kept.length - 1] = { ...last, metadata: { at } };
        const said = say.map(
          (text, n) =>
            ({
              id: `${at}.${n}`,
              role: "user",
              parts: [{ type: "text", text: text.toWellFormed() }],
            }) as const,
        );
        chat = [...kept, ...said];
        await store.saveChat({ id: "c/1", messages: chat });
        state.lag = Math.min(lag, rows.length);
        expect(await store.loadChat("c/1")).toEqual(chat);
        state.lag = 0;
        if (restart) store = chatStore(client);
        expect(await store.loadChat("c/1")).toEqual(chat);
        const before = rows.length;
        await store.saveChat({ id: "c/1", messages: backwards(chat) });
        expect(rows.length).toBe(before);
      }
    }),
    { numRuns: 60 },
  );
});

test("while the stores are away, who saved a chat still has it; who did not is told", async () => {
  const { client, state } = openRecord();
  const store = chatStore(client);
  await store.saveChat({ id: "c", messages: FULL });
  state.away = true;
  expect(await store.loadChat("c")).toEqual([...FULL]);
  const error = await chatStore(client)
    .loadChat("c")
    .catch((why: unknown) => why);
  expect(error).toMatchObject({ code: "postgres_unreachable", status: 503 });
});

test("a message that the server refuses fails the save", async () => {
  const receipts = [
    { id: "x", seq: null, status: "error", error: { code: "input_invalid", message: "no" } },
  ];
  const fetch = async (): Promise<Response> => Response.json({ receipts }, { status: 207 });
  const store = chatStore(createClient({ url: "http://verbatim.test", fetch }));
  const error = await store.saveChat({ id: "c", messages: FULL }).catch((why: unknown) => why);
  expect(error).toMatchObject({ code: "input_invalid" });
});
