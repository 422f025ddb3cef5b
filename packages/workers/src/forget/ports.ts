/** What forgetting needs of the world; wire/forgets.ts brings the real ones. */
import type { Intake, JournalReader, Log, Settled, Sha256 } from "@verbatim/core";
import type {
  ForgetPlan,
  ForgetStep,
  Grave,
  Range,
  Receipt,
  Reworded,
} from "@verbatim/core/forget";
import type { SessionName } from "@verbatim/core/sessions";

/** How far a step is. */
export type Told = { readonly step: ForgetStep; readonly done: number; readonly total: number };

/** What a step came to. */
export type StepDone = {
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  /** When it found more that belongs. */
  readonly plan?: ForgetPlan;
};

export type ForgetPorts = {
  readonly journal: Pick<JournalReader, "read" | "last">;
  readonly intake: Pick<Intake, "rotate" | "erased">;
  /** Erases sealed entries; what it says counts only what was not erased yet. */
  readonly erase: (
    ask: {
      readonly ranges: readonly Range[];
      readonly grave: Grave;
      readonly reworded: readonly Reworded[];
    },
    onProgress: (done: number, total: number) => void,
  ) => Promise<{ readonly segments: number; readonly entries: number; readonly damaged: number }>;
  readonly deep: {
    part(
      erased: readonly Settled[],
      rest: {
        readonly isGone: (seq: number) => boolean;
        readonly settle: (seqs: readonly number[]) => Promise<readonly Settled[]>;
        readonly reworded?: readonly number[];
      },
    ): Promise<Readonly<Record<"messages" | "events" | "sessions", number>>>;
    finish(places: readonly Range[]): Promise<void>;
    wipe(): Promise<boolean>;
  };
  readonly hot: {
    messages(ranges: readonly Range[]): Promise<number>;
    sessions(named: ForgetPlan["sessions"]): Promise<void>;
    conversation(owner: string, conversationId: string): Promise<void>;
    /** How many messages the window holds. */
    held(): Promise<number>;
    /** Empties it, to be filled again from the journal. */
    again(): Promise<void>;
    wipe(): Promise<boolean>;
  };
  readonly dropSession: (name: SessionName) => Promise<void>;
  /** Entries as they are in the journal, settled. */
  readonly settle: (seqs: readonly number[]) => Promise<readonly Settled[]>;
  /** Files of this home that hold what was said: each named, with how many of them it changed or took away. */
  readonly files: (
    plan: ForgetPlan,
    receipt: Receipt,
    signal: AbortSignal,
  ) => Promise<{
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
  }>;
  /** Writes into the journal that this is asked for; the place it has there. */
  readonly recordAsk: (ask: Pick<Receipt, "receipt_id" | "what" | "reason">) => Promise<number>;
  readonly recordDone: (
    receiptId: string,
    counts: Readonly<Record<string, number>>,
  ) => Promise<void>;
  readonly shelf: {
    save(receipt: Receipt): Promise<void>;
    plan(id: string): Promise<ForgetPlan | null>;
    savePlan(plan: ForgetPlan): Promise<void>;
    removePlan(id: string): Promise<void>;
  };
  readonly sha256: Sha256;
  readonly now: () => string;
  readonly log: Log;
};
