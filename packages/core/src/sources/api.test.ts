import { expect, test } from "bun:test";
import { anEntry } from "../testing/index.ts";
import { readApi } from "./api.ts";

const read = (item: object): ReturnType<typeof readApi> =>
  readApi(
    anEntry(1, {
      raw: new TextEncoder().encode(
        JSON.stringify({
          session_id: "s",
          author: { name: "ada", role: "user" },
          text: "so",
          ...item,
        }),
      ),
    }),
  );

test("usage may hold anything: what is of its kind is kept, and every text in it can be stored", () => {
  const usage = {
    input_tokens: 3,
    output_tokens: "12",
    cache_read_tokens: -1,
    cost_usd: null,
    call_id: 5,
    tier: "a\0b\ud800",
  };
  expect(read({ usage }).messages[0]?.usage).toEqual({
    input_tokens: 3,
    tier: "a\ufffdb\ufffd",
  } as object);
  expect(read({ usage: { call_id: "c" } }).messages[0]?.usage).toEqual({ call_id: "c" });
});

test("a year that no database has is refused", () => {
  expect(read({ said_at: "0000-01-01T00:00:00Z" })).toMatchObject({ messages: [] });
  expect(read({ said_at: "0001-01-01T00:00:00Z" }).messages[0]?.said_at).toBe(
    "0001-01-01T00:00:00.000Z",
  );
});
