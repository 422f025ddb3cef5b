/**
 * How the bus is doing, as it writes it down every second in `run/bus.json` for
 * whoever wants to know: the API's health, `verbatim bus stats`, the dashboard.
 */
import { z } from "zod";
import { msOf } from "../message/time.ts";

const count = z.number().int().nonnegative();

/** What the alarm last saw: a message published like any other, looked for in the record. */
export type Canary = {
  readonly id: string;
  readonly published_at: string;
  /** Its place in the journal, once 5558 has confirmed it. */
  readonly seq: number | null;
  /** Why it did not come through, or null. */
  readonly problem: string | null;
};

export type BusStatus = {
  readonly pid: number;
  readonly started_at: string;
  readonly written_at: string;
  readonly host: string;
  readonly ports: {
    readonly publish: number;
    readonly subscribe: number;
    readonly push: number;
    readonly confirm: number;
  };
  readonly safe: boolean;
  readonly curve: boolean;
  /** Messages heard since the start, by the way they came. */
  readonly heard: {
    readonly pub: number;
    readonly push: number;
    readonly sure: number;
    readonly mesh: number;
  };
  readonly bytes: number;
  /** Of those heard: in the journal, refused, on their way. Together they are all. */
  readonly recorded: number;
  readonly refused: number;
  readonly waiting: number;
  readonly waiting_bytes: number;
  /** Times reading was stopped because too much was waiting. */
  readonly pauses: number;
  readonly replays: number;
  readonly followers: number;
  /** Answers that a client did not take although many were kept for it. */
  readonly dropped_answers: number;
  readonly subscriptions: number;
  /** Messages held in memory for who comes back soon, and the seq behind which they lie. */
  readonly window: number;
  readonly window_from: number;
  readonly durable: number;
  readonly problem: string | null;
  readonly canary: Canary | null;
};

const canarySchema: z.ZodType<Canary> = z.object({
  id: z.string(),
  published_at: z.string(),
  seq: count.nullable(),
  problem: z.string().nullable(),
});
/** A status, as it is checked where it is read. */
export const busStatusSchema: z.ZodType<BusStatus> = z.object({
  pid: count,
  started_at: z.string(),
  written_at: z.string(),
  host: z.string(),
  ports: z.object({ publish: count, subscribe: count, push: count, confirm: count }),
  safe: z.boolean(),
  curve: z.boolean(),
  heard: z.object({ pub: count, push: count, sure: count, mesh: count }),
  bytes: count,
  recorded: count,
  refused: count,
  waiting: count,
  waiting_bytes: count,
  pauses: count,
  replays: count,
  followers: count,
  dropped_answers: count,
  subscriptions: count,
  window: count,
  window_from: count,
  durable: count,
  problem: z.string().nullable(),
  canary: canarySchema.nullable(),
});

/** Written every second; a note older than this was left by a bus that is stuck or dead. */
const NOTE_MS_MAX = 5000;
/** The canary sings every minute, and may need some seconds. */
const CANARY_MS_MAX = 90_000;

/** The status in a note, or null when it is none. */
export function busStatusOf(note: string): BusStatus | null {
  try {
    return busStatusSchema.safeParse(JSON.parse(note)).data ?? null;
  } catch {
    return null;
  }
}

/** Why what is on the bus may not be on the record, or null when all is well. */
export function busProblem(status: BusStatus, nowMs: number): string | null {
  const age = nowMs - msOf(status.written_at);
  if (age > NOTE_MS_MAX) return `the bus has not been heard of for ${Math.round(age / 1000)} s`;
  if (status.problem !== null) return status.problem;
  const heard = Object.values(status.heard).reduce((sum, one) => sum + one, 0);
  const known = status.recorded + status.refused + status.waiting;
  if (heard !== known) return `${heard} messages were heard and ${known} accounted for`;
  return canaryProblem(status, nowMs);
}

function canaryProblem({ canary, started_at }: BusStatus, nowMs: number): string | null {
  const since = nowMs - msOf(canary?.published_at ?? started_at);
  if (canary !== null && canary.problem !== null) return canary.problem;
  if (since <= CANARY_MS_MAX) return null;
  return `the last canary was published ${Math.round(since / 1000)} s ago`;
}
