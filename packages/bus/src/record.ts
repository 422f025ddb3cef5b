/**
 * Everything heard on the bus on its way into the recorder, and out of it into
 * the window of what can be replayed.
 *
 * The window takes the entries in the order of their receipts. Soon after a start
 * the writer may still be taking in what an earlier bus had handed it before it
 * died: a hole in the seqs then makes the window begin anew, and what lies before
 * is read from the journal.
 */
import {
  BUS_SOURCE,
  type Frames,
  type Offered,
  openFrameEncoder,
  openWindow,
  type Receipt,
  type Recorder,
  type Way,
  type Window,
} from "@verbatim/core";

/** What an earlier bus handed over is taken in within this time, or its connection is cut. */
const YOUNG_MS = 60_000;

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

export type RecordingPorts = {
  readonly recorder: Pick<Recorder, "take">;
  /** What was published before this start. */
  readonly window: Window;
  /** Tells the records of this start from those of others. */
  readonly start: string;
  readonly now: () => number;
};

/** The recording of one start of the bus. */
export function openRecording(ports: RecordingPorts): Recording {
  const heard: Heard = { pub: 0, push: 0, sure: 0, mesh: 0 };
  const youngUntil = ports.now() + YOUNG_MS;
  let bytes = 0;
  let number = 0;
  const encode = openFrameEncoder();
  let { window } = ports;
  let wakes: (() => void)[] = [];

  /** What became of it: what was written although its answer was lost is new to everybody. */
  function noted(offered: Offered, receipt: Receipt): Receipt {
    if (receipt.status !== "created" && receipt.status !== "known") return receipt;
    const { seq } = receipt;
    const isNew = seq > window.to();
    const isHole = seq > window.to() + 1 && ports.now() < youngUntil;
    if (isHole) window = openWindow(seq - 1);
    window.hear({ seq, at: "", source: offered.source, key: offered.key, raw: offered.raw });
    const woken = wakes;
    wakes = [];
    for (const wake of woken) wake();
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
    window: () => window,
    news: () => new Promise((resolve) => wakes.push(resolve)),
    heard: () => heard,
    bytes: () => bytes,
  };
}
