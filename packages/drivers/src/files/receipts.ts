/**
 * `<home>/receipts/`: what was asked to be forgotten, and what became of it.
 *
 *     <id>.json        the receipt: kept for ever, names nobody
 *     <id>.plan.json   what belongs to it, with names; taken away at the end
 *     again.json       there while all of them are to be gone through again
 *     seen.json        how far the journal was looked through for more of them
 *
 *   V43  What is noted to be gone through again is, whoever dies after the note:
 *        it goes when every receipt that was done waits again, and not before
 *        those that waited already are done, whose plans are from before.
 *
 * All of it but the plan of one under way can be made again from the journal.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type ForgetPlan,
  isReceiptId,
  planFrom,
  type Receipt,
  receiptFrom,
} from "@verbatim/core/forget";
import { sweepBeside } from "../process/leftovers.ts";
import { writeWhole } from "../process/write-whole.ts";

export interface ReceiptShelf {
  /** All that can be read, the newest first. */
  list(): Promise<readonly Receipt[]>;
  read(id: string): Promise<Receipt | null>;
  save(receipt: Receipt): Promise<void>;
  plan(id: string): Promise<ForgetPlan | null>;
  savePlan(plan: ForgetPlan): Promise<void>;
  removePlan(id: string): Promise<void>;
  /** Notes that everything is to be gone through again: something may come back. */
  noteAgain(): Promise<void>;
  isNoted(): Promise<boolean>;
  /** Lets all that was done wait again, where that was noted; how many. (V43) */
  goAgain(): Promise<number>;
  /** The place of the journal up to which every one asked for is here. */
  seen(): Promise<number>;
  saw(seq: number): Promise<void>;
}

const AGAIN = "again.json";

/** The receipts in a folder, which is made when the first is saved. */
export function openReceiptShelf(dir: string): ReceiptShelf {
  const read = async (name: string): Promise<string | null> =>
    await readFile(join(dir, name), "utf8").catch(() => null);
  const write = async (name: string, what: unknown): Promise<void> => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeWhole(join(dir, name), `${JSON.stringify(what, null, 2)}\n`);
  };
  const receipt = async (id: string): Promise<Receipt | null> =>
    isReceiptId(id) ? receiptFrom(await read(`${id}.json`)) : null;
  const list = async (): Promise<readonly Receipt[]> => {
    const names = await readdir(dir).catch((): string[] => []);
    const ids = names.map((name) => name.replace(/[.]json$/, "")).filter(isReceiptId);
    const found = await Promise.all(ids.map(receipt));
    return found.filter((one) => one !== null).toSorted((a, b) => b.seq - a.seq);
  };
  return {
    list,
    noteAgain: () => write(AGAIN, true),
    isNoted: async () => (await read(AGAIN)) !== null,
    goAgain: async () => {
      if ((await read(AGAIN)) === null) return 0;
      const all = await list();
      if (all.some(({ state }) => state === "pending")) return 0;
      for (const one of all)
        await write(`${one.receipt_id}.json`, {
          ...one,
          ...{ state: "pending", step: "planning", done_at: null },
        });
      await rm(join(dir, AGAIN), { force: true });
      return all.length;
    },
    read: receipt,
    save: (one) => write(`${one.receipt_id}.json`, one),
    plan: async (id) => (isReceiptId(id) ? planFrom(await read(`${id}.plan.json`)) : null),
    savePlan: (one) => write(`${one.receipt_id}.plan.json`, one),
    removePlan: async (id) => {
      if (!isReceiptId(id)) return;
      // Also a half of it that somebody who was killed left.
      await sweepBeside(join(dir, `${id}.plan.json`));
      await rm(join(dir, `${id}.plan.json`), { force: true });
    },
    seen: async () => Number((await read("seen.json")) ?? 0) || 0,
    saw: (seq) => write("seen.json", seq),
  };
}
