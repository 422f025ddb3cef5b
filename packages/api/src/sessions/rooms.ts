/** Everything the routes of sessions and conversations work with, put together over the ports of the API. */
import { URI_SCHEME } from "@verbatim/core/sessions";
import type { ApiPorts } from "../ports.ts";
import { type Breaker, openBreaker } from "./breaker.ts";
import { type Conversing, openConversing } from "./conversing.ts";
import { openReading, type Reading } from "./reading.ts";
import { openRecent, type RecentEvents } from "./recent.ts";
import { openRecorder, type Recorder } from "./recorder.ts";
import { openSaying, type SayingDesk } from "./saying.ts";
import { openTranscript, type Transcript } from "./transcript.ts";

/** The longest anybody waits for Redis before a reply. */
const REDIS_MS = 50;
/** Postgres is asked when Redis has not got it: a long session is a long answer. */
const POSTGRES_MS = 2000;
/** A part that is away is looked for so often. */
const PAUSE_MS = 1000;

export type Sessions = {
  readonly reading: Reading;
  readonly transcript: Transcript;
  readonly desk: SayingDesk;
  readonly conversing: Conversing;
  readonly recorder: Recorder;
  readonly recent: RecentEvents;
  readonly redis: Breaker;
  readonly postgres: Breaker;
  readonly ports: ApiPorts;
  readonly scheme: string;
};

/** Sessions over the ports of the API. */
export function openSessions(ports: ApiPorts): Sessions {
  const { sessionStore: store, sessionLibrary: library, intake, entry, log, now } = ports;
  const clock = (): number => performance.now();
  const redis = openBreaker({ part: "redis", ms: REDIS_MS, pauseMs: PAUSE_MS, now: clock, log });
  const postgres = openBreaker({
    part: "postgres",
    ms: POSTGRES_MS,
    pauseMs: PAUSE_MS,
    now: clock,
    log,
  });
  const recent = openRecent();
  const recorder = openRecorder({ intake, store, entry, redis, recent, now, log });
  const readingPorts = { store, library, redis, postgres, recent, recorder };
  const reading = openReading(readingPorts);
  const { sha256, newId } = ports;
  return {
    reading,
    transcript: openTranscript(readingPorts, reading),
    desk: openSaying({ reading, recorder, sha256, now, newId }),
    conversing: openConversing({ ...readingPorts, sha256, now }),
    recorder,
    recent,
    redis,
    postgres,
    ports,
    scheme: URI_SCHEME,
  };
}
