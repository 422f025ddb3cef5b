import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { enricherOf } from "../enrich/enricher.ts";
import { STANDARD_TAXONOMY } from "../enrich/taxonomy.ts";
import type { Sha256 } from "../settle/port.ts";
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

test("an empty text beside parts that say something is what these say, and told apart by it", () => {
  const sha256: Sha256 = (data) => createHash("sha256").update(data).digest("hex");
  const enrich = enricherOf(STANDARD_TAXONOMY);
  const said = (content: string, text?: string): ReturnType<typeof read>["messages"][number] => {
    const [message] = read({ text, parts: [{ type: "text", content }] }).messages;
    if (message === undefined) throw new Error("no message");
    return message;
  };
  const hashOf = (...of: Parameters<typeof said>): string =>
    enrich(said(...of), sha256).normal_hash;
  for (const text of ["", " \n"]) {
    expect(said("The hull is done.", text).text).toBe("The hull is done.");
    expect(hashOf("The hull is done.", text)).toBe(hashOf("The hull is done."));
    expect(hashOf("The hull is done.", text)).not.toBe(hashOf("The mast is up.", text));
  }
  expect(said("The hull is done.", "In short: done.").text).toBe("In short: done.");
  expect(read({ text: "" }).messages[0]).toMatchObject({
    text: "",
    parts: [{ type: "text", content: "" }],
  });
});
