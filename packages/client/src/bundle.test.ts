/** The client as it is given to others: one small file without anything of a platform's own. */
import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What a page is asked to load, at most. */
const GZIP_BYTES_MAX = 15_000;

const folder = await mkdtemp(join(tmpdir(), "vb-client-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function built(door: "index.ts" | "ai-sdk.ts"): Promise<string> {
  const made = await Bun.build({
    entrypoints: [join(import.meta.dir, door)],
    target: "browser",
    format: "esm",
    minify: true,
  });
  expect(made.success).toBe(true);
  const [file] = made.outputs;
  return (await file?.text()) ?? "";
}

test("each door is smaller than 15 kB, gzipped, and asks for nothing but what every platform has", async () => {
  for (const door of ["index.ts", "ai-sdk.ts"] as const) {
    const text = await built(door);
    const bytes = gzipSync(text).length;
    expect(bytes).toBeGreaterThan(500);
    expect(bytes).toBeLessThan(GZIP_BYTES_MAX);
    expect(text).not.toMatch(
      /\bimport\s*[{*"']|\brequire\s*\(|node:|\bprocess\.|\bBuffer\b|\bBun\b/,
    );
  }
});

test("Node runs it as it is: a write, a read, a feed that is broken and goes on, a queue", async () => {
  const asked: string[] = [];
  let connections = 0;
  const server = Bun.serve({
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(
        `${request.method} ${pathname} ${request.headers.get("last-event-id") ?? ""}`.trim(),
      );
      if (pathname === "/v1/live") {
        connections += 1;
        const id = connections;
        const text = `retry: 1\nid: ${id}\nevent: message\ndata: {"seq":${id}}\n\n`;
        return new Response(text, { headers: { "content-type": "text/event-stream" } });
      }
      if (request.method === "POST") {
        const { messages } = JSON.parse(await request.text());
        const receipts = [{ id: messages[0].id ?? "made", seq: 1, status: "created" }];
        return Response.json({ receipts, durability: "fsync" }, { status: 201 });
      }
      return Response.json({ code: "not_found", detail: "none" }, { status: 404 });
    },
  });
  const client = join(folder, "client.mjs");
  const program = join(folder, "program.mjs");
  await writeFile(client, await built("index.ts"));
  await writeFile(
    program,
    `import { ApiError, createClient } from "./client.mjs";
    const client = createClient({ url: ${JSON.stringify(server.url.href)} });
    const message = { session_id: "s", author: { name: "ada", role: "user" }, text: "hi" };
    const posted = await client.messages.post([message]);
    const failed = await client.sessions.get("a/b").catch((error) => error);
    const seqs = [];
    for await (const event of client.live()) if (seqs.push(event.message.seq) === 2) break;
    const outbox = await client.outbox();
    await outbox.post([message]);
    const left = await outbox.flush();
    outbox.close();
    console.log(JSON.stringify({ status: posted.receipts[0].status, isOurs: failed instanceof ApiError, code: failed.code, seqs, left }));`,
  );
  const ran = Bun.spawn(["node", program], { stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(ran.stdout).text(),
    new Response(ran.stderr).text(),
    ran.exited,
  ]);
  await server.stop(true);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toEqual({
    status: "created",
    isOurs: true,
    code: "not_found",
    seqs: [1, 2],
    left: 0,
  });
  expect(asked).toEqual([
    "POST /v1/messages",
    "GET /v1/sessions/a%2Fb",
    "GET /v1/live",
    "GET /v1/live 1",
    "POST /v1/messages",
  ]);
});
