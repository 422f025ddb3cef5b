/** Reading a socket: each message into the recording, and no further while the recorder is full. */
import type { Frames, Log, Recorder, Way } from "@verbatim/core";
import type { Recording } from "./record.ts";

export type HearingPorts = {
  readonly recording: Recording;
  readonly recorder: Pick<Recorder, "isFull" | "room" | "counts">;
  readonly log: Log;
  /** Called when reading stops because too much is waiting; gives how often that was. */
  readonly paused: () => number;
  /** With `safe`: what is in the journal is published by us. */
  readonly publish: ((frames: Frames) => Promise<void>) | null;
};

/** Hears until the socket closes. */
export async function hear(
  way: Way,
  messages: AsyncIterable<readonly Frames[]>,
  ports: HearingPorts,
): Promise<void> {
  const { publish, recording } = ports;
  const done =
    publish === null
      ? () => ({})
      : (frames: Frames) => ({
          done: (receipt: { readonly status: string }) => {
            if (receipt.status === "created") void publish(frames);
          },
        });
  for await (const some of messages) {
    for (const frames of some) recording.take(way, frames, done(frames));
    if (ports.recorder.isFull()) await roomFor(ports);
  }
}

/** Waits until the recorder has room; those who send are made to wait meanwhile. */
export async function roomFor({
  recorder,
  paused,
  log,
}: Omit<HearingPorts, "publish" | "recording">): Promise<void> {
  const times = paused();
  const { waiting, problem } = recorder.counts();
  // The first time, and ever more rarely: a writer that is just too slow stops us many times a second.
  if (Number.isInteger(Math.log2(times)))
    log.warn("reading_stopped", { times, waiting, why: problem ?? "the recorder is behind" });
  await recorder.room();
}
