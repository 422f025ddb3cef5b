/** A journal in memory with its intake: answers can be held back, and lost. */
import type { Entry, JournalReader, Offered, Receipt } from "@verbatim/core";

export type FakeJournal = Pick<JournalReader, "read"> & {
  hand(batch: readonly Offered[]): Promise<readonly Receipt[]>;
  readonly entries: Entry[];
  /** Nothing is written or answered until it is let go. */
  hold(): void;
  letGo(): void;
  /** The next batch is written, and its answer is lost. */
  loseAnswer(): void;
  /** Records with this in their key are refused. */
  refuse(part: string): void;
  /** Something of another source is heard. */
  hearOther(): void;
  /** How far receipts have been given. */
  receipted(): number;
};

const AT = "2026-11-21T02:00:00.000Z";

export function openFakeJournal(): FakeJournal {
  const entries: Entry[] = [];
  let gate = Promise.resolve();
  let open = (): void => {};
  let isLost = false;
  let refused: string | null = null;
  let receipted = 0;

  function write(one: Offered): Receipt {
    if (refused !== null && one.key.includes(refused))
      return { status: "refused", code: "too_large", message: "it is too large" };
    const known = one.once ? entries.find(({ key }) => key === one.key) : undefined;
    if (known !== undefined) {
      const status = Buffer.compare(known.raw, one.raw) === 0 ? "known" : "conflict";
      return { status, seq: known.seq };
    }
    const seq = entries.length + 1;
    entries.push({ seq, at: AT, source: one.source, key: one.key, raw: one.raw });
    return { status: "created", seq };
  }

  return {
    entries,
    read: async ({ from, to, entries: most }) =>
      entries.filter((one) => one.seq >= from && one.seq <= to).slice(0, most),
    hand: async (batch) => {
      await gate;
      const receipts = batch.map(write);
      if (isLost) {
        isLost = false;
        throw new Error("the writer is away");
      }
      receipted = entries.length;
      return receipts;
    },
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    letGo: () => open(),
    loseAnswer: () => {
      isLost = true;
    },
    refuse: (part) => {
      refused = part;
    },
    hearOther: () => {
      const seq = entries.length + 1;
      entries.push({ seq, at: AT, source: "api", key: `k-${seq}`, raw: Buffer.from("{}") });
    },
    receipted: () => receipted,
  };
}
