/**
 * How everything is doing, asked of each part with a bound, so that one that is
 * away is named and the others still answer.
 */
import { type DeepTotals, type IngestStatus, sumOf, VerbatimError } from "@verbatim/core";
import type { PartState, StatusAnswer } from "./contract.ts";
import type { ApiPorts } from "./ports.ts";

/** A part that has not answered by then is away, for whoever looks at a status. */
const PART_MS = 2500;

type Asked<Value> = { readonly value: Value | null; readonly part: PartState };

/** One consistent picture, as far as the parts answer. */
export async function statusOf(ports: ApiPorts): Promise<StatusAnswer> {
  const [ingest, totals, hot, queues, processes] = await Promise.all([
    ask(ports.intake.status()),
    ask(ports.library.totals()),
    ask(ports.live.head()),
    ask(ports.jobs.counts()),
    ports.processes(),
  ]);
  return {
    ...sums(ingest.value, totals.value),
    last_record_age_ms: ageOf(totals.value, ports.now()),
    messages: totals.value?.messages ?? null,
    sessions: totals.value?.sessions ?? null,
    repeats: totals.value?.repeats ?? null,
    indexed_to: totals.value?.indexed_to ?? null,
    hot_to: hot.value,
    parts: { ingest: ingest.part, postgres: totals.part, redis: hot.part },
    ingest: ingest.value,
    queues: queues.value,
    processes,
  };
}

type Sums = Pick<StatusAnswer, "heard" | "stored" | "aside" | "behind">;

function sums(ingest: IngestStatus | null, totals: DeepTotals | null): Sums {
  if (totals === null)
    return { heard: ingest?.heard ?? null, stored: null, aside: null, behind: null };
  return sumOf(ingest?.heard ?? totals.settled_to, totals);
}

function ageOf(totals: DeepTotals | null, now: Date): number | null {
  if (totals === null || totals.last_heard_at === null) return null;
  return Math.max(0, now.getTime() - Date.parse(totals.last_heard_at));
}

async function ask<Value>(question: Promise<Value>): Promise<Asked<Value>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PART_MS} ms`)), PART_MS);
  });
  question.catch(() => undefined);
  try {
    return { value: await Promise.race([question, late]), part: { ok: true, problem: null } };
  } catch (error) {
    return {
      value: null,
      part: { ok: false, problem: error instanceof VerbatimError ? error.message : String(error) },
    };
  } finally {
    clearTimeout(timer);
  }
}
