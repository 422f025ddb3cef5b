/**
 * The parts, each with a bound on its answers (A5): whatever stands still, who
 * asked is told within seconds which part it was.
 *
 * The drivers give up by themselves and say more about why; these bounds are for
 * what gets past them. Status and the live feed bound their own questions.
 */
import { type FailureCode, type Numbers, VerbatimError } from "@verbatim/core";
import type { ApiPorts } from "./ports.ts";
import { type Breaker, LateError } from "./sessions/breaker.ts";
import { openTurns } from "./turns.ts";
import { within } from "./waiting.ts";

type Part = { readonly code: FailureCode; readonly ms: number; readonly says: string };

/** A disk that stalls comes back within seconds; our own clients wait for twenty. */
const WRITER: Part = {
  code: "ingest_unreachable",
  ms: 15_000,
  says: "the recorder gave no receipt in time; whether it recorded is not known: send the same again, with the same ids or Idempotency-Key",
};
/** A little longer than the driver waits, which knows better what was wrong. */
const POSTGRES: Part = {
  code: "postgres_unreachable",
  ms: 10_000,
  says: "Postgres gave no answer in time; recording goes on, and the archive catches up by itself",
};
/** Several answers of one moment. */
const TOGETHER: Part = { ...POSTGRES, ms: 12_000 };
const REDIS: Part = {
  code: "redis_unreachable",
  ms: 5000,
  says: "Redis gave no answer in time; recording goes on, and what waits for it catches up by itself",
};

/** The same ports, none of which keeps anybody waiting. */
export function patient(ports: ApiPorts, postgres: Breaker): ApiPorts {
  const archive = <Value>(work: () => Promise<Value>): Promise<Value> => asked(postgres, work);
  const { intake, library, jobs, queues, board, numbers } = ports;
  return {
    ...ports,
    intake: { ...intake, hand: (batch) => soon(WRITER, intake.hand(batch)) },
    library: {
      totals: () => archive(() => library.totals()),
      sessions: (filter, page) => archive(() => library.sessions(filter, page)),
      session: (id, whose) => archive(() => library.session(id, whose)),
      messages: (filter, page) => archive(() => library.messages(filter, page)),
      search: (query, filter, page) => archive(() => library.search(query, filter, page)),
      aside: (page) => archive(() => library.aside(page)),
      repeats: (firstSeq) => archive(() => library.repeats(firstSeq)),
      known: (source, ids) => archive(() => library.known(source, ids)),
    },
    jobs: {
      counts: () => soon(REDIS, jobs.counts()),
      list: (queue, state) => soon(REDIS, jobs.list(queue, state)),
      show: (queue, id) => soon(REDIS, jobs.show(queue, id)),
      retry: (queue, id) => soon(REDIS, jobs.retry(queue, id)),
      cancel: (queue, id) => soon(REDIS, jobs.cancel(queue, id)),
      addImport: (job) => soon(REDIS, jobs.addImport(job)),
      addExport: (ask) => soon(REDIS, jobs.addExport(ask)),
      addArchive: (upTo) => soon(REDIS, jobs.addArchive(upTo)),
      addRebuild: (job) => soon(REDIS, jobs.addRebuild(job)),
      addReport: (ask) => soon(REDIS, jobs.addReport(ask)),
      addCheckpoint: (label) => soon(REDIS, jobs.addCheckpoint(label)),
      addRetention: () => soon(REDIS, jobs.addRetention()),
    },
    queues: { look: () => soon(REDIS, queues.look()) },
    board: { answer: (ask) => soon(REDIS, board.answer(ask)) },
    numbers: patientNumbers(numbers),
  };
}

/** Asks Postgres by the breaker that all routes share: once it is known to be away nobody waits for it again. */
async function asked<Value>(postgres: Breaker, work: () => Promise<Value>): Promise<Value> {
  const given = await postgres.ask(work, POSTGRES.ms);
  if (given.here) return given.value;
  if (!(given.why instanceof LateError)) throw given.why;
  throw new VerbatimError(POSTGRES.code, POSTGRES.says, { cause: given.why });
}

function patientNumbers(numbers: Numbers): Numbers {
  return {
    together: (read) =>
      soon(
        TOGETHER,
        numbers.together((one) => read(patientNumbers(one))),
      ),
    counted: () => soon(POSTGRES, numbers.counted()),
    tallies: (filter) => soon(POSTGRES, numbers.tallies(filter)),
    sessions: (filter) => soon(POSTGRES, numbers.sessions(filter)),
    open: (filter, limit) => soon(POSTGRES, numbers.open(filter, limit)),
    asides: (filter) => soon(POSTGRES, numbers.asides(filter)),
    said: (filter, page) => soon(POSTGRES, numbers.said(filter, page)),
  };
}

/** The numbers for whoever asks for a great many of them: read in turns, so that it is known how many are held. */
export function inTurn(numbers: Numbers): Numbers {
  const turns = openTurns(
    "reports are being made for others; ask again in a moment, or have one made by POST /v1/reports",
  );
  const each = patientNumbers(numbers);
  return {
    ...each,
    together: (read) =>
      turns.take(
        () => numbers.together((one) => read(patientNumbers(one))),
        (under) => soon(TOGETHER, under),
      ),
  };
}

async function soon<Value>(part: Part, asked: Promise<Value>): Promise<Value> {
  const done = await within(
    part.ms,
    asked.then((value) => ({ value })),
  );
  if (done !== null) return done.value;
  throw new VerbatimError(part.code, part.says, { facts: { waited_ms: part.ms } });
}
