/** What a call fails with: one class, with the code to branch on and what the server said. */

/** RFC 9457, as the server sends it. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  /** What is wrong in what was sent, each with its place. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
};

type Facts = {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly problem: Problem | null;
  /** As the server asked with Retry-After. */
  readonly retryAfterMs: number | null;
  /** How often it was tried. */
  readonly attempts: number;
  readonly cause?: unknown;
};

/**
 * A call that did not succeed. `code` is the server's (`not_found`, `conflict`,
 * `input_invalid`, …), or one of ours: `network` and `timeout` (no answer),
 * `http_502` and the like (an answer, but not of Verbatim), `unreadable` (an
 * answer that breaks off or is no JSON), `usage` (nothing was sent).
 */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly code: string;
  readonly status: number;
  readonly problem: Problem | null;
  readonly retryAfterMs: number | null;
  readonly attempts: number;

  constructor(code: string, message: string, facts: Partial<Facts> = {}) {
    super(message, { cause: facts.cause });
    this.code = code;
    this.status = facts.status ?? 0;
    this.problem = facts.problem ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.attempts = facts.attempts ?? 0;
  }
}

const LATER: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);

/** Whether the same call may succeed later without being changed. */
export function isForLater(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code === "usage") return false;
  // A conflict that says when to come again: the first call with this key is still under way.
  return LATER.has(error.status) || (error.status === 409 && error.retryAfterMs !== null);
}
