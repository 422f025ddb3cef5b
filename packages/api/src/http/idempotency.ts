/**
 * Idempotency-Key: the same key with the same body gets the same answer, and
 * the work is done once (A4).
 *
 * Answers are remembered here, bounded, for a day. What outlives this process is
 * not the answer but the names: messages without an id are named by the key, so
 * a retry after a restart finds them known.
 */
import type { Context } from "hono";
import { problem } from "./problem.ts";

/** A client that retries does it within minutes; a day is what others promise. */
const KEPT_MS: number = 24 * 3600 * 1000;
/** Answers kept at most; a thousand receipts are about 80 KB. */
const KEPT_MAX = 10_000;
const KEPT_BYTES_MAX: number = 16 * 1024 * 1024;
const KEY_CHARS_MAX = 255;

type Kept = {
  readonly print: string;
  readonly at: number;
  /** Null while the first request with this key is under way. */
  readonly answer: {
    readonly status: number;
    readonly headers: [string, string][];
    readonly body: string;
  } | null;
};

/** What was answered under which key. */
export interface Answered {
  /** Runs `work`, or gives the answer it had. `print` is a digest of the body; the keys of each `owner` are his own. */
  once(
    context: Context,
    asked: { readonly print: string; readonly owner: string | null },
    work: () => Promise<Response>,
  ): Promise<Response>;
  /** Forgets the answers of what is done. */
  clear(): void;
}

/** An empty memory of answers. */
export function openAnswered(now: () => Date): Answered {
  const kept = new Map<string, Kept>();
  let bytes = 0;

  const forget = (name: string): void => {
    bytes -= kept.get(name)?.answer?.body.length ?? 0;
    kept.delete(name);
  };
  const forgetOld = (): void => {
    const oldest = now().getTime() - KEPT_MS;
    for (const [name, one] of kept) {
      if (one.at > oldest && kept.size <= KEPT_MAX && bytes <= KEPT_BYTES_MAX) return;
      if (one.answer !== null) forget(name);
    }
  };
  const remember = async (name: string, print: string, answer: Response): Promise<void> => {
    // What may succeed later is to be tried again, not remembered.
    if (isNotKept(answer)) return forget(name);
    const body = await answer.clone().text();
    const headers = [...answer.headers].filter(([header]) => header !== "x-request-id");
    // Until here it was under way; what is put in anew is forgotten last.
    kept.delete(name);
    kept.set(name, {
      print,
      at: now().getTime(),
      answer: { status: answer.status, headers, body },
    });
    bytes += body.length;
    forgetOld();
  };

  return {
    clear: () => {
      for (const [name, one] of kept) if (one.answer !== null) forget(name);
    },
    once: async (context, { print, owner }, work) => {
      const key = context.req.header("idempotency-key");
      if (key === undefined) return await work();
      if (key.length === 0 || key.length > KEY_CHARS_MAX)
        return problem(
          context,
          400,
          "input_invalid",
          `Idempotency-Key must have 1 to ${KEY_CHARS_MAX} characters`,
        );
      const name = JSON.stringify([owner, context.req.method, context.req.path, key]);
      const before = kept.get(name);
      if (before !== undefined) return again(context, before, print);
      kept.set(name, { print, at: now().getTime(), answer: null });
      try {
        const answer = await work();
        await remember(name, print, answer);
        return answer;
      } catch (error) {
        forget(name);
        throw error;
      }
    },
  };
}

/** What is to be asked for anew: what went wrong for now, and what holds a secret. (A31) */
function isNotKept({ status, headers }: Response): boolean {
  return status >= 500 || headers.has("retry-after") || headers.get("cache-control") === "no-store";
}

function again(context: Context, before: Kept, print: string): Response {
  if (before.print !== print)
    return problem(
      context,
      422,
      "input_invalid",
      "this Idempotency-Key was used with another body; a new request needs a new key",
    );
  if (before.answer === null)
    return problem(
      context,
      409,
      "conflict",
      "the first request with this Idempotency-Key is still under way; ask again in a moment",
      { headers: { "retry-after": "1" } },
    );
  const { status, headers, body } = before.answer;
  return new Response(body, { status, headers: [...headers, ["idempotency-replayed", "true"]] });
}
