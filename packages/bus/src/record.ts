/**
 * Everything heard on the bus on its way into the recorder, and out of it, in the
 * order of the receipts, into the window of what can be replayed (feed.ts).
 */
import {
  BUS_SOURCE,
  type Frames,
  type Offered,
  openFrameEncoder,
  type Receipt,
  type Recorder,
  type Way,
  type Window,
} from "@verbatim/core";
import { type FeedPorts, openFeed } from "./feed.ts";

type Heard = Record<Way, number>;

export type Recording = {
  /** Takes a message; `done` is told what became of it, in the order of the seqs. */
  take(way: Way, frames: Frames, options?: TakeOptions): void;
  window(): Window;
  /** Resolves at the next entry. */
  news(): Promise<void>;
  heard(): Readonly<Heard>;
  bytes(): number;
};

type TakeOptions = {
  /** The client's own name: recorded once, however often it comes. */
  readonly id?: string | null;
  readonly done?: (receipt: Receipt) => void;
};

export type RecordingPorts = FeedPorts & {
  readonly recorder: Pick<Recorder, "take">;
  /** Tells the records of this start from those of others. */
  readonly start: string;
};

/** The recording of one start of the bus. */
export function openRecording(ports: RecordingPorts): Recording {
  const heard: Heard = { pub: 0, push: 0, sure: 0, mesh: 0 };
  const feed = openFeed(ports);
  const encode = openFrameEncoder();
  let bytes = 0;
  let number = 0;
  let newest = ports.window.to();

  /** What became of it: what was written although its answer was lost is new to everybody. */
  function noted({ source, key, raw }: Offered, receipt: Receipt): Receipt {
    if (receipt.status !== "created" && receipt.status !== "known") return receipt;
    const { seq } = receipt;
    const isNew = seq > newest;
    newest = Math.max(newest, seq);
    feed.hear({ seq, at: "", source, key, raw });
    return isNew ? { status: "created", seq } : receipt;
  }

  return {
    take: (way, frames, { id = null, done } = {}) => {
      heard[way] += 1;
      number += 1;
      const raw = encode(frames);
      bytes += raw.length;
      // One object a message and no copies of it: there are a hundred thousand a second.
      const message = {
        source: BUS_SOURCE,
        key: `${way}/${id ?? `${ports.start}-${number}`}`,
        raw,
        once: id !== null,
        done: (receipt: Receipt) => {
          const said = noted(message, receipt);
          done?.(said);
        },
      };
      ports.recorder.take(message);
    },
    window: feed.window,
    news: feed.news,
    heard: () => heard,
    bytes: () => bytes,
  };
}
