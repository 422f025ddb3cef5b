import { expect, test } from "bun:test";
import type { KeptFile } from "@verbatim/core/files";
import fc from "fast-check";
import { Hono } from "hono";
import { sendFile } from "./sending.ts";

function fileOf(text: string, mark = "m1"): KeptFile {
  const bytes = new TextEncoder().encode(text);
  return {
    bytes: bytes.length,
    mark,
    read: async function* (from, to) {
      for (let at = from; at < to; at += 3) yield bytes.subarray(at, Math.min(to, at + 3));
    },
  };
}

function asked(text: string, headers: Record<string, string>, mark?: string): Promise<Response> {
  const app = new Hono();
  app.get("/f", (context) =>
    sendFile(context, fileOf(text, mark), { name: 'a"b\n.md', type: "text/markdown" }),
  );
  return Promise.resolve(app.request("/f", { headers }));
}

test("a file is handed out whole, under a name that ends no header, and not to be run", async () => {
  const answer = await asked("0123456789", {});
  expect([answer.status, await answer.text()]).toEqual([200, "0123456789"]);
  expect(answer.headers.get("content-length")).toBe("10");
  expect(answer.headers.get("content-disposition")).toBe('inline; filename="a_b_.md"');
  expect(answer.headers.get("content-security-policy")).toStartWith("sandbox; default-src 'none'");
});

test("A15: any part of a file is the same as that part of the whole", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1 }), fc.nat(40), fc.nat(40), async (text, a, b) => {
      const bytes = new TextEncoder().encode(text);
      const [first, last] = [Math.min(a, b), Math.max(a, b)];
      const answer = await asked(text, { range: `bytes=${first}-${last}` });
      if (first >= bytes.length) return void expect(answer.status).toBe(416);
      expect(answer.status).toBe(206);
      expect([...(await answer.bytes())]).toEqual([...bytes.subarray(first, last + 1)]);
    }),
  );
});

test("A15: a part may be the rest or the end, and what is no single part is the whole", async () => {
  const texts = ["bytes=7-", "bytes=-3", "bytes=-99", "bytes=0-1,4-5", "rows=1-2", "bytes=-"];
  const answers = await Promise.all(texts.map((range) => asked("0123456789", { range })));
  const told = await Promise.all(answers.map(async (one) => [one.status, await one.text()]));
  expect(told).toEqual([
    [206, "789"],
    [206, "789"],
    [206, "0123456789"],
    [200, "0123456789"],
    [200, "0123456789"],
    [200, "0123456789"],
  ]);
});

test("A15: who has it is told so, and one that changed meanwhile comes whole", async () => {
  const has = await asked("0123456789", { "if-none-match": '"m1"' });
  expect(has.status).toBe(304);
  const on = { range: "bytes=5-", "if-range": '"m1"' };
  expect(await (await asked("0123456789", on)).text()).toBe("56789");
  const changed = await asked("abcdefghij", on, "m2");
  expect([changed.status, await changed.text()]).toEqual([200, "abcdefghij"]);
});
