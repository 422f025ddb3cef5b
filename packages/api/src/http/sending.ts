/**
 * Handing out a file: whole, or the part that was asked for, in pieces, so that
 * its size costs no memory.
 *
 *   A15  A download that was cut off goes on where it was (Range, If-Range), and
 *        who has the file already is told so (If-None-Match).
 */
import type { KeptFile } from "@verbatim/core/files";
import type { Context } from "hono";
import { problem } from "./problem.ts";

/** What a file is called and what is in it. */
export type Named = {
  readonly name: string;
  readonly type: string;
  /** To be saved rather than shown. */
  readonly saved?: true;
};

/** The answer with the file. */
export function sendFile(context: Context, file: KeptFile, named: Named): Response {
  const etag = `"${file.mark}"`;
  const headers: Record<string, string> = {
    "content-type": named.type,
    "content-disposition": `${named.saved === true ? "attachment" : "inline"}; filename="${named.name.replaceAll(/[^\w.-]/g, "_")}"`,
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
    // What others wrote is shown, never run, also when it is opened from here.
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    etag,
  };
  if (context.req.header("if-none-match")?.includes(etag) === true)
    return new Response(null, { status: 304, headers: { etag } });
  const part = partOf(context, etag, file.bytes);
  if (part === "outside")
    return problem(
      context,
      416,
      "input_invalid",
      `the file has ${file.bytes} bytes; ask for a range within it, or for the whole file without Range`,
      { headers: { "content-range": `bytes */${file.bytes}` } },
    );
  const { from, to } = part ?? { from: 0, to: file.bytes };
  headers["content-length"] = String(to - from);
  if (part !== null) headers["content-range"] = `bytes ${from}-${to - 1}/${file.bytes}`;
  return new Response(flowing(file.read(from, to)), { status: part === null ? 200 : 206, headers });
}

type Span = { readonly from: number; readonly to: number };

/** The one range that was asked for; several at once are answered with the whole file, as the standard allows. */
function partOf(context: Context, etag: string, bytes: number): Span | "outside" | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(context.req.header("range") ?? "");
  const condition = context.req.header("if-range");
  if (found === null || (condition !== undefined && condition !== etag)) return null;
  const [, first = "", last = ""] = found;
  if (first === "" && last === "") return null;
  const from = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === "" || last === "" ? bytes : Math.min(bytes, Number(last) + 1);
  return from < to ? { from, to } : "outside";
}

/** Pieces as they are taken: nothing is read that nobody waits for. */
export function flowing(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const each = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await each.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      await each.return?.();
    },
  });
}
