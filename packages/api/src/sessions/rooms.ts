/** Everything the routes of sessions and conversations work with, put together over the ports of the API. */

import type { Happened } from "@verbatim/core/sessions";
import { isConversationGone, isHappenedShown } from "../forgets/hiding.ts";
import type { ApiPorts } from "../ports.ts";
import { type Acknowledged, openAcknowledged } from "./acknowledged.ts";
import { type Breaker, openBreaker } from "./breaker.ts";
import { type Conversing, openConversing } from "./conversing.ts";
import { openReading, type Reading } from "./reading.ts";
import { openRecent, type RecentEvents } from "./recent.ts";
import { openRecorder, type Recorder } from "./recorder.ts";
import { openRemembered } from "./remembered.ts";
import { openRequested } from "./requested.ts";
import { openRestoring } from "./restoring.ts";
import { openSaying, type SayingDesk } from "./saying.ts";
import { type JournalTail, openTail } from "./tail.ts";
import { openTranscript, type Transcript } from "./transcript.ts";
import { openTurns, type Turns } from "./turns.ts";

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
  readonly turns: Turns;
  readonly acknowledged: Acknowledged;
  readonly recorder: Recorder;
  readonly recent: RecentEvents;
  readonly tail: JournalTail;
  readonly redis: Breaker;
  readonly postgres: Breaker;
  readonly ports: ApiPorts;
  readonly scheme: string;
};

/** The stores, each behind the one breaker that all routes share. */
export type Parts = { readonly redis: Breaker; readonly postgres: Breaker };

/** Breakers for the stores. */
export function openParts({ sessionLibrary, log }: ApiPorts): Parts {
  const settings = { pauseMs: PAUSE_MS, now: () => performance.now(), log };
  const look = () => sessionLibrary.settledTo();
  return {
    redis: openBreaker({ ...settings, part: "redis", ms: REDIS_MS }),
    postgres: openBreaker({ ...settings, part: "postgres", ms: POSTGRES_MS, look }),
  };
}

/** Sessions over the ports of the API; `scheme` is that of the URIs they give. */
export function openSessions(
  ports: ApiPorts,
  { redis, postgres }: Parts,
  scheme: string,
): Sessions {
  const { sessionStore: store, sessionLibrary: library, intake, entry, log, now } = ports;
  const { forgets } = ports;
  const isGone = (one: Happened): boolean => !isHappenedShown(one, forgets);
  const recent = openRecent(undefined, undefined, isGone);
  const remembered = openRemembered(undefined, (one) => isConversationGone(one, forgets));
  const acknowledged = openAcknowledged({
    heard: ports.heard,
    entries: ports.entries,
    settledTo: () => library.settledTo(),
    postgres,
    note: (happened) => {
      recent.note(happened);
      remembered.hear(happened);
    },
    skipTo: recent.skipTo,
    log,
  });
  const recorder = openRecorder({ intake, store, entry, redis, recent, now, log });
  const tail = openTail({ heard: ports.heard, entries: ports.entries }, isGone);
  const restoring = openRestoring({ store, library, redis, tail, log });
  const floor = floorOf(tail, recent);
  const readingPorts = {
    ...{ store, library, redis, postgres, recent, recorder },
    ...{ tail, restoring, floor },
  };
  const reading = openReading(readingPorts);
  const { sha256, newId } = ports;
  const turns = openTurns();
  const requested = openRequested({ entry, recorder });
  return {
    reading,
    transcript: openTranscript(readingPorts, reading),
    desk: openSaying({ reading, recorder, sha256, now, newId, turns, recent }),
    conversing: openConversing({
      ...readingPorts,
      acknowledged,
      remembered,
      requested,
      sha256,
      now,
    }),
    turns,
    acknowledged,
    recorder,
    recent,
    tail,
    redis,
    postgres,
    ports,
    scheme,
  };
}

/** Where the journal was when this process began, or what it has forgotten since. */
function floorOf(tail: JournalTail, recent: RecentEvents): () => Promise<number> {
  let begun: Promise<number> | null = null;
  const look = (): Promise<number> => {
    begun ??= tail.heard().then(({ seq }) => seq);
    begun.catch(() => {
      begun = null;
    });
    return begun;
  };
  look().catch(() => undefined);
  return async () => Math.max(await look(), recent.forgotten());
}
