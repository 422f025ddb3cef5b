/** What the bus needs of the world; main.ts brings the real ones. */
import type { Frames, JournalReader, Window } from "@verbatim/core";

/** To one client of 5558: `full` when it does not read, `gone` when there is none any more. */
export type Answer = (client: Uint8Array, frames: Frames) => Promise<"sent" | "full" | "gone">;

export type BusPorts = {
  readonly window: () => Window;
  readonly journal: Pick<JournalReader, "read">;
  /** To all subscribers that fit. */
  readonly publish: (frames: Frames) => Promise<void>;
  readonly answer: Answer;
  /** Resolves when the window has something new. */
  readonly news: () => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  /** Milliseconds, for how long something took. */
  readonly now: () => number;
};
