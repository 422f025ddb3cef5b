/** How the bus is doing, put together from its parts. */
import type { BusStatus, Canary, Recorder } from "@verbatim/core";
import type { Answering } from "./answering.ts";
import type { Config } from "./config.ts";
import type { Recording } from "./record.ts";

type Parts = {
  readonly world: {
    readonly config: Config;
    readonly line: { tooLarge(): number };
    readonly pid: number;
    readonly now: () => Date;
  };
  readonly recorder: Recorder;
  readonly recording: Recording;
  readonly answering: Answering;
  readonly started_at: string;
  readonly pauses: number;
  readonly subscriptions: number;
  readonly canary: Canary | null;
};

/** The status now. */
export function statusOf(parts: Parts): BusStatus {
  const { world, recorder, recording, answering } = parts;
  const { host, ports, safe, curve } = world.config;
  const { recorded, refused, waiting, waiting_bytes, problem } = recorder.counts();
  // They were heard, and forwarded; no journal will ever hold them.
  const tooLarge = world.line.tooLarge();
  const heard = recording.heard();
  const window = recording.window();
  return {
    ...{ pid: world.pid, started_at: parts.started_at, written_at: world.now().toISOString() },
    ...{ host, ports, safe, curve },
    ...{ heard: { ...heard, pub: heard.pub + tooLarge }, bytes: recording.bytes() },
    ...{ recorded, refused: refused + tooLarge, waiting, waiting_bytes },
    ...{ pauses: parts.pauses, subscriptions: parts.subscriptions, canary: parts.canary },
    ...{ replays: answering.replays(), followers: answering.followers() },
    ...{ dropped_answers: answering.dropped(), durable: recorder.durable() },
    ...{ window: window.count(), window_from: window.from() },
    problem: problem ?? tooLargeText(tooLarge),
  };
}

function tooLargeText(many: number): string | null {
  if (many === 0) return null;
  return `${many} messages since the start were larger than any record may be (64 MB), and are not on record`;
}
