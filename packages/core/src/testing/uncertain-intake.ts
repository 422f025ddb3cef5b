/**
 * An intake that does what a script says, and keeps a journal as the real one
 * does: in order, and a record offered `once` is written once.
 *
 *   ok           written and answered
 *   lost         written, and the connection ends before the answer
 *   deaf         the connection ends before anything is written
 *   later        refused, because the disk is full
 *   some later   every second record is refused so
 *   short        the last receipt is missing
 *
 * When the connection ends, everything on its way fails with it. The next one is
 * there at once, or with `isSlow` after the next pause. Records whose key begins
 * with `never/` are refused for good.
 */
import type { Offered, Receipt } from "../intake/port.ts";

export type Fate = "ok" | "lost" | "deaf" | "later" | "some later" | "short";

type Written = { readonly key: string; readonly raw: Uint8Array; readonly seq: number };

export interface UncertainIntake {
  hand(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  readonly wait: () => Promise<void>;
  readonly written: readonly Written[];
}

const FULL: Receipt = { status: "refused", code: "journal_full", message: "the disk is full" };
const NEVER: Receipt = { status: "refused", code: "too_large", message: "it is too large" };

/** When the script has ended, all is well. */
export function openUncertainIntake(
  script: readonly Fate[],
  options: { readonly isSlow?: boolean } = {},
): UncertainIntake {
  const fates = [...script];
  const written: Written[] = [];
  let connection = 0;
  let isOpen = true;
  let before: Promise<unknown> = Promise.resolve();

  function write(one: Offered): Receipt {
    if (one.key.startsWith("never/")) return NEVER;
    const known = one.once ? written.find(({ key }) => key === one.key) : undefined;
    if (known !== undefined) return { status: "known", seq: known.seq };
    // Others write into the same journal.
    const seq = (written.at(-1)?.seq ?? 0) + 1 + (one.raw.length % 3);
    written.push({ key: one.key, raw: one.raw, seq });
    return { status: "created", seq };
  }

  function cut(): never {
    connection += 1;
    isOpen = options.isSlow !== true;
    throw new Error("the writer is away");
  }

  function answer(batch: readonly Offered[], mine: number): readonly Receipt[] {
    if (mine !== connection || !isOpen) throw new Error("the writer is away");
    const fate = fates.shift() ?? "ok";
    if (fate === "deaf") cut();
    if (fate === "later") return batch.map(() => FULL);
    const isRefused = (at: number): boolean => fate === "some later" && at % 2 === 0;
    const receipts = batch.map((one, at) => (isRefused(at) ? FULL : write(one)));
    if (fate === "lost") cut();
    return fate === "short" ? receipts.slice(0, -1) : receipts;
  }

  return {
    written,
    wait: async () => {
      isOpen = true;
    },
    hand: (batch) => {
      const mine = connection;
      const receipts = before.then(() => answer(batch, mine));
      before = receipts.catch(() => undefined);
      return receipts;
    },
  };
}
