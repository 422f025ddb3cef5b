/**
 * How everything is doing, asked of each part with a bound, so that one that is
 * away is named and the others still answer. A store that answers but is not
 * added to is not well either: the workers say why.
 *
 *   A8  heard = stored + aside + behind in every answer; what nobody can say now
 *       is null, never a number.
 */
import { type DeepTotals, type IngestStatus, sumOf, VerbatimError } from "@verbatim/core";
import { type CheckpointIndex, checkpointedTo } from "@verbatim/core/checkpoints";
import { alertsState } from "./alerts.ts";
import { busPart } from "./bus.ts";
import type { CheckpointsStatus, PartState, StatusAnswer } from "./contract.ts";
import type { ApiPorts } from "./ports.ts";
import { within } from "./waiting.ts";

/** A part that has not answered by then is away, for whoever looks at a status. */
const PART_MS = 2500;

type Asked<Value> = { readonly value: Value | null; readonly part: PartState };
type Sources = Pick<
  ApiPorts,
  | "intake"
  | "library"
  | "live"
  | "jobs"
  | "processes"
  | "notFound"
  | "stores"
  | "alerts"
  | "checkpoints"
  | "bus"
  | "sizes"
  | "now"
>;

const NO_CHECKPOINTS: CheckpointIndex = { journal_id: "", checkpoints: [] };

/** One consistent picture, as far as the parts answer. */
export async function statusOf(ports: Sources): Promise<StatusAnswer> {
  const [ingest, totals, hot, queues, processes, notFound, stores, note, alerts, sizes, index] =
    await Promise.all([
      ask(ports.intake.status()),
      ask(ports.library.totals()),
      ask(ports.live.head()),
      ask(ports.jobs.counts()),
      ask(ports.processes()),
      ask(ports.notFound()),
      ask(ports.stores()),
      ask(ports.bus()),
      ask(ports.alerts()),
      ask(ports.sizes()),
      ask(ports.checkpoints.index().then((found) => found ?? NO_CHECKPOINTS)),
    ]);
  const known = { processes: processes.value ?? [], status: note.value };
  const bus = await ask(
    busPart({
      ...known,
      totals: totals.value,
      known: (source, ids) => ports.library.known(source, ids),
      now: ports.now(),
    }),
  );
  return {
    ...sums(ingest.value, totals.value),
    last_record_age_ms: ageOf(totals.value, ports.now()),
    ...countsIn(totals.value),
    hot_to: hot.value,
    parts: {
      ingest: ingest.part,
      postgres: kept(totals.part, stores.value?.postgres ?? null),
      redis: kept(hot.part, stores.value?.redis ?? null),
      ...(bus.value === undefined ? {} : { bus: bus.value ?? bus.part }),
    },
    bus: note.value,
    ingest: ingest.value,
    not_found: notFound.value ?? [],
    queues: queues.value,
    processes: known.processes,
    alerts:
      alerts.value === null
        ? { firing: [], problem: alerts.part.problem }
        : alertsState(alerts.value),
    checkpoints: checkpointsOf(index, ingest.value),
    sizes: sizes.value,
  };
}

type Totals = Pick<
  StatusAnswer,
  "messages" | "said" | "sessions" | "repeats" | "indexed_to" | "counted_to"
>;

function countsIn(totals: DeepTotals | null): Totals {
  return {
    messages: totals?.messages ?? null,
    said: totals?.said ?? null,
    sessions: totals?.sessions ?? null,
    repeats: totals?.repeats ?? null,
    indexed_to: totals?.indexed_to ?? null,
    counted_to: totals?.counted_to ?? null,
  };
}

function checkpointsOf(
  index: Asked<CheckpointIndex>,
  ingest: IngestStatus | null,
): CheckpointsStatus {
  const { problem } = index.part;
  if (index.value === null) return { last: null, made_at: null, to: 0, since: null, problem };
  const newest = index.value.checkpoints.at(-1);
  const to = checkpointedTo(index.value);
  const since = ingest === null ? null : Math.max(0, ingest.heard - to);
  return { last: newest?.id ?? null, made_at: newest?.made_at ?? null, to, since, problem };
}

function kept(part: PartState, problem: string | null): PartState {
  return part.ok && problem !== null ? { ok: false, state: "held", problem } : part;
}

type Sums = Pick<StatusAnswer, "heard" | "stored" | "aside" | "behind">;

/** Without ingest nobody knows what is heard beyond what is settled: then `behind` is not known either. */
function sums(ingest: IngestStatus | null, totals: DeepTotals | null): Sums {
  const heard = ingest?.heard ?? null;
  if (totals === null) return { heard, stored: null, aside: null, behind: null };
  if (heard === null) {
    const { stored, aside } = totals;
    return { heard, stored, aside, behind: null };
  }
  return sumOf(heard, totals);
}

function ageOf(totals: DeepTotals | null, now: Date): number | null {
  if (totals === null || totals.last_heard_at === null) return null;
  return Math.max(0, now.getTime() - Date.parse(totals.last_heard_at));
}

async function ask<Value>(question: Promise<Value>): Promise<Asked<Value>> {
  try {
    const value = await within(PART_MS, question);
    return value === null
      ? { value, part: { ok: false, state: "away", problem: `no answer within ${PART_MS} ms` } }
      : { value, part: { ok: true, state: "ok", problem: null } };
  } catch (error) {
    const problem = error instanceof VerbatimError ? error.message : String(error);
    return { value: null, part: { ok: false, state: "away", problem } };
  }
}
