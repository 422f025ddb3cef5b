/**
 * The bus put together from its ports: what is heard is recorded, what is asked
 * is answered, who comes late is told, and an alarm sings over all of it. No
 * sockets, no environment: main.ts brings those.
 */
import {
  type BusStatus,
  type Canary,
  type Frames,
  type JournalReader,
  type Log,
  openRecorder,
  type RecorderPorts,
  type Window,
} from "@verbatim/core";
import { openAnswering } from "./answering.ts";
import { type CanaryPorts, sing } from "./canary.ts";
import type { Config } from "./config.ts";
import { hear, roomFor } from "./hearing.ts";
import { type Prefixed, tellHistory } from "./history.ts";
import type { Answer } from "./ports.ts";
import { openRecording } from "./record.ts";
import { statusOf } from "./status.ts";

export type World = {
  readonly config: Config;
  readonly intake: RecorderPorts["intake"];
  readonly journal: Pick<JournalReader, "read">;
  /** What was published before this start. */
  readonly past: Window;
  readonly line: {
    readonly published: AsyncIterable<readonly Frames[]>;
    readonly pushed: AsyncIterable<readonly Frames[]>;
    readonly asked: AsyncIterable<Frames>;
    readonly subscriptions: AsyncIterable<Prefixed>;
    publish(frames: Frames): Promise<void>;
    readonly answer: Answer;
    tooLarge(): number;
    drain(): Promise<void>;
  };
  readonly canary: Pick<CanaryPorts, "voice" | "asker" | "newId" | "idOf">;
  /** Tells the records of this start from those of others. */
  readonly start: string;
  readonly pid: number;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly log: Log;
};

export interface Bus {
  /** Runs until a socket closes. */
  run(): Promise<void>;
  status(): BusStatus;
  /** Resolves when everything heard is recorded. */
  empty(): Promise<void>;
  /** Takes in nothing more, and resolves when everything that was taken in is recorded. */
  drain(): Promise<void>;
}

/** Followers are told so often that the bus lives, and noticed when they are gone. */
const BEAT_MS = 10_000;

/** A bus that has heard nothing yet. */
export function openBus(world: World): Bus {
  const { config, line, log } = world;
  const wait = patient(world);
  const nowMs = (): number => world.now().getTime();
  const facts: { pauses: number; subscriptions: number; canary: Canary | null } = {
    ...{ pauses: 0, subscriptions: 0, canary: null },
  };
  const recorder = openRecorder({ intake: world.intake, wait });
  const { past, start } = world;
  const recording = openRecording({
    ...{ recorder, start, journal: world.journal },
    ...{ window: past, now: nowMs },
  });
  const publish = forwarding(line.publish, log);
  const ports = {
    ...{ wait, journal: world.journal, now: nowMs },
    ...{ window: recording.window, news: recording.news },
    ...{ publish, answer: line.answer },
  };
  const started_at = world.now().toISOString();
  const status = (): BusStatus =>
    statusOf({ ...{ world, recorder, recording, answering, started_at }, ...facts });
  const answering = openAnswering(ports, recording, status);
  const paused = (): number => {
    facts.pauses += 1;
    return facts.pauses;
  };
  const hearing = { recording, recorder, log, paused };
  const answer = async (): Promise<void> => {
    for await (const frames of line.asked) {
      answering.take(frames);
      if (recorder.isFull()) await roomFor(hearing);
    }
  };
  const beat = async (): Promise<void> => {
    while (!world.signal.aborted) {
      await wait(BEAT_MS);
      answering.beat();
    }
  };
  const told = (canary: Canary): void => {
    facts.canary = canary;
    if (canary.problem !== null) log.error("canary_lost", { why: canary.problem });
  };
  return {
    run: async () => {
      await Promise.race([
        hear("pub", line.published, { ...hearing, publish: config.safe ? publish : null }),
        hear("push", line.pushed, { ...hearing, publish: null }),
        answer(),
        beat(),
        tellHistory(line.subscriptions, ports, (many) => {
          facts.subscriptions = many;
        }),
        sing({
          ...{ ...world.canary, wait, told, now: world.now },
          durable: () => recording.window().to(),
          isStopped: () => world.signal.aborted,
        }),
      ]);
    },
    status,
    empty: recorder.empty,
    drain: async () => {
      await line.drain();
      await recorder.empty();
    },
  };
}

/** Waits end at once when we stop; whoever then tries again and again must let others have their turn. */
function patient({ wait, signal }: Pick<World, "wait" | "signal">): World["wait"] {
  return async (ms) => {
    await wait(ms);
    if (signal.aborted) await new Promise((resolve) => setImmediate(resolve));
  };
}

/** Forwarding that never fails: what cannot be forwarded, because we stop, is recorded all the same. Told once. */
function forwarding(publish: World["line"]["publish"], log: Log): World["line"]["publish"] {
  let isTold = false;
  return async (frames) => {
    try {
      await publish(frames);
    } catch (error) {
      if (!isTold) log.warn("forwarding_failed", { why: String(error) });
      isTold = true;
    }
  };
}
