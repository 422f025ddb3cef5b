/**
 * Every failure this system has a name for.
 *
 * There are two kinds, and they never mix:
 *
 *   expected   Bad input, a busy store, a full disk. Thrown as `VerbatimError` with
 *              a code from FAILURES. Callers branch on `code`, never on text.
 *   broken     A promise inside our own code did not hold. Thrown by
 *              `invariant()`. Nobody catches it: the process ends and the
 *              journal, which is always whole, is read again at the next start.
 *
 * FAILURES is the only table of its kind. Workers read `retry` from it, the API
 * reads `status`, the CLI reads `exit` (sysexits numbers). A new failure is one
 * new row.
 */

export type FailureCode =
  | "usage"
  | "config_invalid"
  | "input_invalid"
  | "not_found"
  | "conflict"
  | "unauthorized"
  | "too_large"
  | "busy"
  | "source_unreadable"
  | "output_failed"
  | "journal_busy"
  | "journal_corrupt"
  | "journal_full"
  | "journal_failed"
  | "journal_foreign"
  | "store_ahead"
  | "ingest_unreachable"
  | "redis_unreachable"
  | "redis_unfit"
  | "postgres_unreachable"
  | "postgres_unfit"
  | "postgres_rejected"
  | "api_unreachable"
  | "service_missing"
  | "already_running"
  | "verify_failed"
  | "alert_undelivered"
  | "alert_refused"
  | "cancelled";

type Failure = {
  readonly retry: "later" | "never";
  readonly status: number;
  readonly exit: number;
};

const FAILURES: Readonly<Record<FailureCode, Failure>> = {
  usage: { retry: "never", status: 400, exit: 64 },
  config_invalid: { retry: "never", status: 500, exit: 78 },
  input_invalid: { retry: "never", status: 422, exit: 65 },
  not_found: { retry: "never", status: 404, exit: 66 },
  conflict: { retry: "never", status: 409, exit: 65 },
  unauthorized: { retry: "never", status: 401, exit: 77 },
  too_large: { retry: "never", status: 413, exit: 65 },
  busy: { retry: "later", status: 503, exit: 75 },
  source_unreadable: { retry: "later", status: 500, exit: 66 },
  output_failed: { retry: "later", status: 507, exit: 74 },
  journal_busy: { retry: "later", status: 503, exit: 75 },
  journal_corrupt: { retry: "never", status: 500, exit: 74 },
  journal_full: { retry: "later", status: 507, exit: 74 },
  journal_failed: { retry: "later", status: 503, exit: 74 },
  journal_foreign: { retry: "never", status: 500, exit: 78 },
  store_ahead: { retry: "never", status: 500, exit: 78 },
  ingest_unreachable: { retry: "later", status: 503, exit: 75 },
  redis_unreachable: { retry: "later", status: 503, exit: 75 },
  redis_unfit: { retry: "never", status: 503, exit: 78 },
  postgres_unreachable: { retry: "later", status: 503, exit: 75 },
  postgres_unfit: { retry: "never", status: 503, exit: 78 },
  postgres_rejected: { retry: "never", status: 500, exit: 70 },
  api_unreachable: { retry: "later", status: 503, exit: 69 },
  service_missing: { retry: "never", status: 503, exit: 69 },
  already_running: { retry: "never", status: 409, exit: 75 },
  verify_failed: { retry: "never", status: 500, exit: 1 },
  alert_undelivered: { retry: "later", status: 503, exit: 75 },
  alert_refused: { retry: "never", status: 500, exit: 65 },
  cancelled: { retry: "never", status: 409, exit: 130 },
};

/** An expected failure. `facts` are the ids and sizes an operator will want, never message text. */
export class VerbatimError extends Error {
  override readonly name: string = "VerbatimError";
  readonly code: FailureCode;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    code: FailureCode,
    message: string,
    options: { cause?: unknown; facts?: Record<string, string | number> } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** What is to be done about a failure: retried or not, and how it is shown. */
export function failureOf(code: FailureCode): Failure {
  return FAILURES[code];
}

/** Whether a text from elsewhere (another process of ours) is the code of a failure. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}

/** States what must be true here. A false one is a bug, so it is never caught. */
export function invariant(held: boolean, promise: string): asserts held {
  if (!held) throw new Error(`invariant broken: ${promise}`);
}
